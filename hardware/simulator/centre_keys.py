"""What the centre's security module computes for a simulated card.

A stand-in: the real derivation is the issuer's secret. It has the real messages' lengths and order (challenge
up, cryptogram down), so that a demonstration and the tests can go through all of it.
"""

import hashlib
import hmac

KEY_SOURCE = bytes(8)
"""The second half of a proof, which names the source of the key."""


def proof(key: bytes, challenge: bytes) -> bytes:
    """Return the 16 bytes of EXTERNAL AUTHENTICATE: result and source."""
    return _mac(key, challenge + KEY_SOURCE, 8) + KEY_SOURCE


def unblock_message(key: bytes, challenge: bytes) -> bytes:
    """Return the 4 byte MAC that gives a PIN its tries back."""
    return _mac(key, bytes.fromhex("84240000") + challenge, 4)


def reset_message(key: bytes, challenge: bytes, pin: str, block: int = 8) -> bytes:
    """Return the enciphered new PIN and its MAC; ``block`` is 8 for 3DES cards and 16 for SM4 cards."""
    packed = bytes.fromhex(pin + "F" * (len(pin) % 2))
    plain = (bytes([len(packed)]) + packed + b"\x80").ljust(block, b"\0")
    enciphered = _mask(key, challenge, plain)
    return enciphered + _mac(key, bytes.fromhex("84240001") + challenge + enciphered, 4)


def open_reset_message(key: bytes, challenge: bytes, message: bytes) -> bytes | None:
    """Return the packed new PIN of a reset message, None when its MAC is wrong."""
    enciphered, mac = message[:-4], message[-4:]
    if not hmac.compare_digest(mac, _mac(key, bytes.fromhex("84240001") + challenge + enciphered, 4)):
        return None
    plain = _mask(key, challenge, enciphered)
    return plain[1 : 1 + plain[0]]


def _mac(key: bytes, message: bytes, length: int) -> bytes:
    return hmac.digest(key, message, hashlib.sha256)[:length]


def _mask(key: bytes, challenge: bytes, data: bytes) -> bytes:
    stream = _mac(key, b"stream" + challenge, len(data))
    return bytes(a ^ b for a, b in zip(data, stream, strict=True))
