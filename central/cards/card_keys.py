"""What the centre computes with the keys of cards: whole operations, so that no key ever leaves what holds it.

Each card has its own keys, derived from a root by what the centre's own register says of the card, never by what a
kiosk says: 部 → 省 → 市 → 卡 (LD/T 32), with a factor of eight bytes for each step.
"""

from typing import Any, Literal, NamedTuple, Protocol, get_args

from msgspec import Struct
from sqlalchemy import Row

Role = Literal["internal", "holder-read", "pin-unblock"]
Algorithm = Literal["3des", "sm4"]
ROOT_NAMES: dict[Role, str] = {"internal": "IRK", "holder-read": "RKSSSE", "pin-unblock": "PUK"}
"""What the card's standard calls the root of each key."""
Session = Literal["A", "B"]
"""How a 3DES card makes a session's key of the challenge: A, a DES key; B, two halves like any key of a card."""
FACTOR = 8
"""Bytes of a factor."""
RESET_HEADER, RESET_MAC = bytes.fromhex("84240001"), 4
"""What the MAC of a PIN reset begins with, and its bytes."""


class CardKey(Struct, frozen=True):
    """Which of a card's keys: ``generation`` counts the roots of a role, an issuer may have several in use."""

    role: Role
    generation: int
    algorithm: Algorithm

    @property
    def root(self) -> str:
        """The name of its root, in a file or in a security module."""
        return f"{ROOT_NAMES[self.role]}-{self.generation}"


class Factors(NamedTuple):
    """What leads from a root to one card's key, step by step; eight bytes each."""

    province: bytes
    city: bytes
    card: bytes


class CardKeyMissingError(Exception):
    """There is no such key here, or not for this algorithm; the message names the root."""


class CardKeys(Protocol):
    """Computes with the keys of all cards, and gives none away.

    ``process`` and ``source`` are the two halves of a challenge, eight bytes each. Everything may raise
    ``CardKeyMissingError``.
    """

    def internal(self, key: CardKey, factors: Factors, process: bytes, source: bytes) -> bytes:
        """Return the 8 bytes that the card must answer to INTERNAL AUTHENTICATE."""

    def external(self, key: CardKey, factors: Factors, process: bytes, source: bytes) -> bytes:
        """Return the 16 bytes for EXTERNAL AUTHENTICATE: result and source; ``process`` is the card's challenge."""

    def pin_reset(self, key: CardKey, factors: Factors, process: bytes, pin: str) -> bytes:
        """Return the enciphered new PIN and its MAC: 12 bytes with 3DES, 20 with SM4; ``process`` as above."""


def key_and_factors(card: Row[Any], role: Role) -> tuple[CardKey, Factors] | None:
    """Return one of the keys of a card of the register; None: what it is made with is not on file."""
    reset = bytes.fromhex(card.reset_information or "")
    if card.algorithm not in get_args(Algorithm) or len(reset) < FACTOR:
        return None
    return CardKey(role, card.key_generation, card.algorithm), factors(card.identity, reset)


def factors(identity: str, reset_information: bytes) -> Factors:
    """Return the factors of a card, from its 卡的识别码 and its 复位信息 (historical bytes).

    Source: what two public programs for the standard's HSM interface do; the text of LD/T 32.5 §7.4 is not public.
    """
    place = identity[:6]
    return Factors(f"{place[:2]}0000sh".encode(), f"{place}sx".encode(), reset_information[-FACTOR:])


def pin_reset_plain(pin: str, block: int) -> bytes:
    """Return a PIN as a card wants it before it is enciphered: its length, its digits packed, filled up."""
    packed = bytes.fromhex(pin + "F" * (len(pin) % 2))
    return padded(bytes([len(packed)]) + packed, block)


def padded(data: bytes, block: int) -> bytes:
    """Return ``data`` with 80 and zeros up to whole blocks (ISO/IEC 9797-1 method 2)."""
    return data + b"\x80" + bytes(-(len(data) + 1) % block)


def complement(data: bytes) -> bytes:
    """Return ``data`` with every bit turned over."""
    return bytes(byte ^ 0xFF for byte in data)
