"""What the centre publishes to kiosks: named feeds, each a gapless sequence of changes to rows with a key.

``GET /v1/feeds/key``                          the public key of the manifest's signature now: base64, as JSON
``GET /v1/feeds/keys``                         all public keys of manifests, each vouched for by the one before
``GET /v1/feeds``                              the signed manifest (conditional: ``ETag``, 304)
``GET /v1/feeds/{feed}/{epoch}/{after}-{upto}``  one page of changes, msgpack in zstd, immutable
``GET /v1/snapshots/{sha256}``                 a whole reference file, or a card status list (``Range``)

A cursor of another epoch, before ``min_seq`` or beyond ``seq`` is answered with 409 ``must-refetch``.
"""

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from xxhash import xxh3_64_intdigest

from sync.protocol.centre_keys import CentreKey, Octets
from sync.protocol.messages import TEXT_LENGTH, AwareTime, Identifier
from sync.protocol.published import PUBLISHED_ROWS

REGIONS = "regions"
CALENDAR = "calendar"
"""The arrangements of holidays (放假安排), one row a year: JSON as ``kiosk.rules.working_days.Calendar`` has it."""
REFERENCE_FEEDS = (REGIONS, *PUBLISHED_ROWS, CALENDAR)
"""Feeds that a reference snapshot holds. An older kiosk passes over those that it does not know."""
CARD_STATUS = "card-status"
COMMANDS = "commands"
"""Commands to one kiosk; every kiosk sees its own feed under this name."""

ROWS_PER_PAGE = 5_000
PAGE_SIZES = (ROWS_PER_PAGE, 1_000, 100)
"""Pages begin at a multiple of their size, so that kiosks with different cursors ask for the same ones."""
SCHEMA_VERSION = 2
"""What rows, pages and checksums look like: a kiosk follows no feed of another version, and keeps what it has."""
MUST_REFETCH = "must-refetch"

REFERENCE_SCHEMA = """
CREATE TABLE row (
    feed TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (feed, key)
) WITHOUT ROWID;
CREATE TABLE card_status (hash INTEGER PRIMARY KEY, status INTEGER NOT NULL);
CREATE TABLE feed (
    name TEXT PRIMARY KEY, epoch TEXT NOT NULL, seq INTEGER NOT NULL, rows INTEGER NOT NULL, checksum TEXT NOT NULL
) WITHOUT ROWID;
"""
"""The tables of a reference file, as the snapshot builder writes them and the kiosk keeps them."""

Sequence = Annotated[int, Meta(ge=0, le=2**53)]
Digest = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]

Reason = Annotated[str, Meta(max_length=TEXT_LENGTH, pattern=r"\A[^\x00-\x1f\x7f]*\Z")]
"""Shown to people."""
Hash = Annotated[str, Meta(pattern=r"\A[0-9a-f]{16}\Z")]
RowKey = Annotated[str, Meta(max_length=200)]
RowValue = Annotated[str, Meta(max_length=1_000_000)]
MOST_KEYS = 600
"""Public keys of the centre: both roles have numbers for 255."""
MOST_FEEDS = 100
Verb = Annotated[str, Meta(pattern=r"\A[a-z][a-z-]{0,39}\Z")]


class Command(Struct, frozen=True, forbid_unknown_fields=True):
    """A row of ``commands`` as the centre publishes it; ``reason`` is shown to people."""

    verb: Verb
    reason: Reason = ""


class Change(Struct, frozen=True, array_like=True, gc=False):
    """One row as it is since ``seq``; a ``value`` (JSON) of None takes the row away."""

    seq: Sequence
    key: RowKey
    value: RowValue | None


class Page(Struct, frozen=True, array_like=True):
    """The changes of ``feed`` with ``after < seq <= upto``, the last of each key only, in the order of their keys."""

    feed: Identifier
    epoch: Identifier
    after: Sequence
    upto: Sequence
    changes: Annotated[list[Change], Meta(max_length=ROWS_PER_PAGE)]


class Snapshot(Struct, frozen=True):
    """A file to start from: its address is its SHA-256. ``bytes`` is its size on the wire, as zstd."""

    sha256: Digest
    bytes: int


class FeedHead(Struct, frozen=True, kw_only=True):
    """How far one feed is.

    :param min_seq: a cursor before it needs a snapshot, because the log does not reach back so far.
    :param checksum: of all rows at ``seq``, see ``checksum``.
    :param max_age: seconds; a kiosk that has not confirmed this feed for longer stops what depends on it.
    :param snapshot_seq: the ``seq`` that the feed has in its snapshot.
    """

    name: Identifier
    epoch: Identifier
    seq: Sequence
    min_seq: Sequence
    rows: int
    checksum: Hash
    schema_version: int = SCHEMA_VERSION
    max_age: int
    snapshot: Snapshot | None = None
    snapshot_seq: Sequence = 0


class Manifest(Struct, frozen=True, kw_only=True):
    """The heads of all feeds that one kiosk follows. ``number`` never goes down: an older one is a replay.

    :param ask_again: seconds until the centre expects the next poll.
    :param card_key: the key of the hashes in the feed ``card-status``, in hexadecimal.
    :param keys: the centre's public keys, old ones and those to come.
    """

    number: int
    kiosk_id: Identifier
    issued_at: AwareTime
    ask_again: int
    card_key: Annotated[str, Meta(pattern=r"\A[0-9a-f]{0,128}\Z")] = ""
    keys: Annotated[list[CentreKey], Meta(max_length=MOST_KEYS)] = []
    feeds: Annotated[list[FeedHead], Meta(max_length=MOST_FEEDS)]


class SignedManifest(Struct, frozen=True):
    """A manifest as it was signed: ``manifest`` is the JSON text that ``signature`` (base64) covers."""

    algorithm: Identifier
    key_id: Identifier
    manifest: Annotated[str, Meta(max_length=400_000)]
    signature: Octets


def counted_seq(feed: str, seq: int) -> int:
    """Return the ``seq`` that a row's hash is made with: 0 in the card status list, which keeps none."""
    return 0 if feed == CARD_STATUS else seq


def row_hash(key: str, seq: int, value: str) -> int:
    """Return what a row adds to its feed's checksum: 64 bits. For ``seq`` see ``counted_seq``."""
    return xxh3_64_intdigest(value.encode(), xxh3_64_intdigest(key.encode(), seq))


def sum_of_hashes(feed: str, changes: Iterable[Change]) -> int:
    """Return what ``changes`` add to the checksum of ``feed``; rows taken away add nothing."""
    return sum(
        [
            row_hash(each.key, counted_seq(feed, each.seq), each.value)
            for each in changes
            if each.value is not None
        ]
    )


def checksum(hashes: Iterable[int]) -> str:
    """Return the checksum of a feed: the sum of its rows' hashes modulo 2**64, as 16 hexadecimal digits.

    It finds what was lost or spoilt by mistake; against forgers there are the manifest's signature and TLS.
    A sum does not depend on the order of the rows, and a change of one row changes it by a subtraction and an addition.
    """
    return f"{sum(hashes) % 2**64:016x}"


def page_path(feed: str, epoch: str, after: int, upto: int) -> str:
    """Return the path of one page."""
    return f"/v1/feeds/{feed}/{epoch}/{after}-{upto}"


def manifest_of(signed: SignedManifest) -> Manifest:
    """Return the manifest inside; the caller has verified the signature.

    :raises msgspec.DecodeError: it is none.
    """
    return msgspec.json.decode(signed.manifest, type=Manifest)
