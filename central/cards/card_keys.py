"""What the centre's security module computes for a card: a stand-in with keys of a demonstration.

Each card has its own keys, derived from the master key and the card's identity; neither master nor card key ever
leaves the centre. The messages have the lengths and the order of the real ones; the ciphers are the simulated
card's, because the real derivation is the issuer's secret.
"""

import hashlib
import hmac
from pathlib import Path
from typing import Literal

import structlog
from msgspec import Struct

from sync.protocol import secret_file

Key = Literal["holder-read", "pin-unblock"]
FILE = "card-master.key"
DEMONSTRATION = hashlib.sha256(b"published: good for simulated cards only").digest()
"""The master key of the simulated cards, for everybody to read. ``kiosk-central seed`` puts it in its file."""
KEY_SOURCE = bytes(8)
log = structlog.get_logger(__name__)


class CardKeys(Struct, frozen=True):
    """The keys of all cards, by their master key."""

    master: bytes

    def __repr__(self) -> str:
        return "CardKeys()"

    def of_card(self, identity: str, key: Key) -> bytes:
        """Derive one of a card's keys: 16 bytes."""
        return _mac(self.master, f"{key} {identity}".encode(), 16)

    def cryptogram(self, identity: str, key: Key, challenge: bytes) -> bytes:
        """Return the 16 bytes of EXTERNAL AUTHENTICATE: result and source of the key."""
        return _mac(self.of_card(identity, key), challenge + KEY_SOURCE, 8) + KEY_SOURCE

    def reset_message(self, identity: str, challenge: bytes, pin: str, block: int) -> bytes:
        """Return the enciphered new PIN and its MAC; ``block`` is the cipher's, in bytes."""
        key = self.of_card(identity, "pin-unblock")
        packed = bytes.fromhex(pin + "F" * (len(pin) % 2))
        plain = (bytes([len(packed)]) + packed + b"\x80").ljust(block, b"\0")
        stream = _mac(key, b"stream" + challenge, len(plain))
        enciphered = bytes(a ^ b for a, b in zip(plain, stream, strict=True))
        return enciphered + _mac(key, bytes.fromhex("84240001") + challenge + enciphered, 4)


def open_card_keys(data: Path, *, create: bool = True) -> CardKeys:
    """Return the keys whose master is kept in the folder ``data``; with ``create`` make one on first use.

    :raises SecretFileError: there is none, others can read it, or its file is not whole.
    """
    path = data / FILE
    log.warning("card_master_key_in_file", path=str(path), advice="for demonstrations; use a crypto module")
    return CardKeys(secret_file.opened(path, create=create))


def keep_demonstration_key(data: Path) -> None:
    """Let the centre in ``data`` know the simulated cards; a master key that is there stays."""
    secret_file.keep(data / FILE, DEMONSTRATION)


def _mac(key: bytes, message: bytes, length: int) -> bytes:
    return hmac.digest(key, message, hashlib.sha256)[:length]
