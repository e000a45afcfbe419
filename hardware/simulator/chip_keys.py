"""The keys in a simulated card's chip, and what it computes with them; written on its own, without the centre's code.

The roots are published, for simulated cards only. A key is 部 → 省 → 市 → 卡: in each step the one before enciphers a
factor and its complement. LD/T 32-2015 part 5 has the commands; the derivation is that of two public programs.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Literal

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

ROOT = "published: good for simulated cards only"
IRK, RKSSSE, PUK = "IRK", "RKSSSE", "PUK"
Session = Literal["A", "B"]


@dataclass(frozen=True)
class ChipKey:
    """One key of a chip. ``session`` is how a 3DES chip makes a session's key: eight bytes (A) or sixteen (B)."""

    value: bytes = field(repr=False)
    sm4: bool = False
    session: Session = "A"

    def proof(self, challenge: bytes, source: bytes) -> bytes:
        """Return the 8 bytes that prove this key for a challenge."""
        session = self._for(challenge)
        if not self.sm4:
            return session.block(source)
        sixteen = session.block(source + b"\0" * 8)
        return (int.from_bytes(sixteen[:8]) ^ int.from_bytes(sixteen[8:])).to_bytes(8)

    def accepts(self, proof: bytes, challenge: bytes) -> bool:
        """Return whether EXTERNAL AUTHENTICATE's 16 bytes prove that somebody else holds this key."""
        result, source = proof[:8], proof[8:]
        right = len(proof) == 16 and len(challenge) == 8
        return right and hmac.compare_digest(result, self.proof(challenge, source))

    def is_unblocking(self, mac: bytes, challenge: bytes) -> bool:
        """Return whether PIN UNBLOCK's 4 bytes are right."""
        return hmac.compare_digest(mac, self._for(challenge).mac(bytes.fromhex("84240000")))

    def new_pin(self, message: bytes, challenge: bytes) -> bytes | None:
        """Return the packed PIN of a PIN CHANGE/UNBLOCK message, None when it is not right."""
        session = self._for(challenge)
        enciphered, mac = message[:-4], message[-4:]
        if len(enciphered) != session.size:
            return None
        if not hmac.compare_digest(mac, session.mac(bytes.fromhex("84240001") + enciphered)):
            return None
        plain = session.open(enciphered)
        return plain[1 : 1 + plain[0]]

    def reset_message(self, challenge: bytes, pin: str) -> bytes:
        """Return what sets a chip's PIN to ``pin``: for tests of the chip alone."""
        session = self._for(challenge)
        digits = bytes.fromhex(pin + "F" * (len(pin) % 2))
        plain = bytes([len(digits)]) + digits + b"\x80"
        enciphered = session.block(plain.ljust(session.size, b"\0"))
        return enciphered + session.mac(bytes.fromhex("84240001") + enciphered)

    def unblock_message(self, challenge: bytes) -> bytes:
        """Return the 4 bytes that give a chip's PIN its tries back: for tests of the chip alone."""
        return self._for(challenge).mac(bytes.fromhex("84240000"))

    def _for(self, challenge: bytes) -> "Algorithm":
        own = Algorithm(self.value, self.sm4)
        if self.sm4 or self.session == "B":
            return Algorithm(own.halves(challenge), self.sm4)
        return Algorithm(own.block(challenge), self.sm4)


@dataclass(frozen=True)
class Algorithm:
    """A cipher with its key; SM4 has blocks of 16 bytes, 3DES of 8. A key of 8 bytes makes it DES."""

    key: bytes = field(repr=False)
    sm4: bool

    @property
    def size(self) -> int:
        """The bytes of a block."""
        return 16 if self.sm4 else 8

    def block(self, plain: bytes) -> bytes:
        """Encipher one block, or each of several."""
        return Cipher(self._keyed(), modes.ECB()).encryptor().update(plain)  # noqa: S305 the chip's own mode

    def open(self, enciphered: bytes) -> bytes:
        """Decipher one block."""
        return Cipher(self._keyed(), modes.ECB()).decryptor().update(enciphered)  # noqa: S305 the chip's own mode

    def halves(self, value: bytes) -> bytes:
        """Encipher eight bytes and their complement: a key of the next step."""
        return self.block(value + bytes(255 - each for each in value))

    def mac(self, message: bytes) -> bytes:
        """Return the first four bytes of the last block of a chain over the message, filled up."""
        filled = message + b"\x80"
        filled += b"\0" * (-len(filled) % self.size)
        link = bytes(self.size)
        for at in range(0, len(filled), self.size):
            link = self.block(bytes(a ^ b for a, b in zip(link, filled[at : at + self.size], strict=True)))
        return link[:4]

    def _keyed(self) -> SM4 | TripleDES:
        if self.sm4:
            return SM4(self.key)
        return TripleDES(self.key * 3 if len(self.key) == 8 else self.key + self.key[:8])


def published(root: str) -> bytes:
    """Return a root of the simulated cards, 16 bytes."""
    return hashlib.sha256(f"{ROOT}/{root}".encode()).digest()[:16]


def derived(root: bytes, identity: str, historical: bytes, *, sm4: bool) -> bytes:
    """Return the key that a card with this 卡的识别码 and these historical bytes gets from a root."""
    province, city = identity[:2] + "0000", identity[:6]
    key = root
    for factor in (f"{province}sh".encode(), f"{city}sx".encode(), historical[-8:]):
        key = Algorithm(key, sm4).halves(factor)
    return key
