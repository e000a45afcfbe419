"""The card status list: which cards are lost or cancelled, told without telling any card's number.

A card is known by a keyed hash of 40 bits, so a card that is not listed is taken for a listed one once in a million:
the list may close a service until the centre is asked, and never opens one. On the wire, before zstd: a line of JSON
(``ListHeader``), then the distances from each hash to the next one, byte by byte the lowest first (all lowest bytes,
then all second ones …), then a byte of status for each. Compressed, that is 2.9 bytes a card.
"""

import hashlib
import sys
from array import array
from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import accumulate, chain
from operator import sub
from typing import Literal

import msgspec
from msgspec import Struct

from sync.protocol.feeds import Hash
from sync.protocol.feeds import Sequence as Seq
from sync.protocol.messages import Identifier
from sync.protocol.words import SocialState

HASH_BITS = 40
HASH_BYTES = HASH_BITS // 8
WORD = 8  # bytes of array("Q")


class Listed(IntEnum):
    """Why a card is on the list: the value of its row, and its byte on the wire."""

    PROVISIONALLY_LOST = 1
    LOST = 2
    CANCELLED = 3


LISTED: dict[SocialState, Listed] = {
    "lost-oral": Listed.PROVISIONALLY_LOST,
    "lost-temporary": Listed.PROVISIONALLY_LOST,
    "lost-phone": Listed.PROVISIONALLY_LOST,
    "lost-written": Listed.LOST,
    "lost-formal": Listed.LOST,
    "cancelled": Listed.CANCELLED,
}
"""The states of a card that put it on the list."""


class CardStatusListError(Exception):
    """The bytes are no card status list; the message says why."""


class ListHeader(Struct, frozen=True, kw_only=True):
    """Which state of the feed the list is; ``checksum`` is the feed's at ``seq``."""

    version: Literal[1] = 1
    hash_bits: Literal[40] = 40
    epoch: Identifier
    seq: Seq
    rows: Seq
    checksum: Hash


def card_hash(card_key: bytes, card_identity: str) -> int:
    """Return what a card (卡的识别码, 32 hexadecimal digits) is known by in the list."""
    return int.from_bytes(
        hashlib.blake2b(card_identity.encode(), digest_size=HASH_BYTES, key=card_key).digest()
    )


def row_key(card: int) -> str:
    """Return the key of a card's row in the feed: as text it sorts like the hash."""
    return f"{card:0{2 * HASH_BYTES}x}"


def encode(header: ListHeader, hashes: Sequence[int], statuses: bytes) -> bytes:
    """Return the list, not yet compressed. ``hashes`` ascend; ``statuses`` has a byte for each."""
    words = array("Q", map(sub, hashes, chain((0,), hashes)))
    if sys.byteorder == "big":
        words.byteswap()
    distances = words.tobytes()
    planes = [distances[place::WORD] for place in range(HASH_BYTES)]
    return b"".join([msgspec.json.encode(header), b"\n", *planes, statuses])


def read_header(plain: bytes) -> ListHeader:
    """Return which state of the feed the list is.

    :raises CardStatusListError: it is none.
    """
    try:
        return msgspec.json.decode(plain[: plain.index(b"\n")], type=ListHeader)
    except (ValueError, msgspec.DecodeError) as error:
        raise CardStatusListError(f"no header: {error}") from error


def decode(plain: bytes) -> tuple[ListHeader, Iterator[tuple[int, int]]]:
    """Return the header, and (hash, status) of each card in ascending order.

    :raises CardStatusListError: it is no list, not whole, or not in order.
    """
    header = read_header(plain)
    start, rows = plain.index(b"\n") + 1, header.rows
    if len(plain) - start != rows * (HASH_BYTES + 1):
        raise CardStatusListError(f"{len(plain) - start} bytes are not {rows} cards")
    words = bytearray(rows * WORD)
    for place in range(HASH_BYTES):
        words[place::WORD] = plain[start + place * rows : start + (place + 1) * rows]
    distances = array("Q", bytes(words))
    if sys.byteorder == "big":
        distances.byteswap()
    statuses = plain[start + HASH_BYTES * rows :]
    _require_order(distances, statuses)
    return header, zip(accumulate(distances), statuses, strict=True)


def _require_order(distances: "array[int]", statuses: bytes) -> None:
    if 0 in distances[1:] or sum(distances) >> HASH_BITS:
        raise CardStatusListError("the hashes are not in order")
    if not set(statuses) <= set(Listed):
        raise CardStatusListError("a status is not known")
