"""The audit chain: every row of the history is bound to all rows before it, and a signed head says how far it is.

``h_n = SHA-256("audit1\\0" ‖ h_{n−1} ‖ n as 8 bytes, big-endian ‖ body)``; before the first row stand 32 zero bytes.
The hashes alone find nothing that was rewritten to the end: a head must be kept where the history is not.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from sync.protocol.messages import Head, Seal

BEGINNING = bytes(32)
TAG = b"audit1\0"
MOST_FAULTS = 100
"""How many faults of a chain are told one by one."""

Sign = Callable[[bytes], Seal]
IsOwn = Callable[[Seal, bytes], bool]
"""Tells whether this side made a seal over a text."""


def link(before: bytes, n: int, body: bytes) -> bytes:
    """Return the hash of row ``n``, which stands after a row with the hash ``before``."""
    return hashlib.sha256(TAG + before + n.to_bytes(8, "big") + body).digest()


def head_text(chain: str, epoch: str, since: int, n: int, h: str, time: datetime) -> bytes:
    """Return what the seal of a head signs: seven lines."""
    at = time.astimezone(UTC).isoformat(timespec="microseconds")
    return "\n".join(["audit-head1", chain, epoch, str(since), str(n), h, at]).encode("ascii")


def signed_text(head: Head) -> bytes:
    """Return what the seal of ``head`` signs."""
    return head_text(head.chain, head.epoch, head.since, head.n, head.h, head.time)


def make_head(chain: str, epoch: str, since: int, n: int, h: bytes, time: datetime, sign: Sign) -> Head:
    """Return a signed head."""
    return Head(chain, epoch, since, n, h.hex(), time, sign(head_text(chain, epoch, since, n, h.hex(), time)))


class HeadFault(StrEnum):
    """What is wrong with a head, compared with one that was kept before."""

    NOT_SIGNED = "not-signed"
    WENT_BACK = "went-back"
    DIFFERS = "differs"
    NEW_EPOCH = "new-epoch"


def compare(kept: Head | None, new: Head, former: Iterable[str] = ()) -> HeadFault | None:
    """Return what is wrong with ``new`` where ``kept`` was the last, or None.

    :param former: the epochs before that of ``kept``: none of them comes back.
    """
    if kept is None:
        return None
    if new.epoch != kept.epoch:
        return HeadFault.WENT_BACK if new.epoch in former else HeadFault.NEW_EPOCH
    if new.n < kept.n:
        return HeadFault.WENT_BACK
    if new.n == kept.n and (new.h, new.since) != (kept.h, kept.since):
        return HeadFault.DIFFERS
    return None


def lost_rows(kept: Head, new: Head) -> int:
    """Return how many rows that ``kept`` spoke for are not in the epoch that ``new`` began."""
    return max(0, kept.n - new.since)


class Link(NamedTuple):
    """A row of a chain as it was found: its number, what it says now, and the hash that it was given."""

    n: int
    body: bytes
    h: bytes


class Epoch(Struct, frozen=True):
    """An epoch of a chain: it goes on after row ``since``."""

    epoch: str
    since: int


class Fault(Struct, frozen=True):
    """Something that is not as it was written: at which row, and what.

    ``changed``: the row differs from what was written. ``removed``: rows are missing before it.
    ``end-removed``: a head speaks for rows that are not there. ``rewritten``: a head has another hash for it.
    ``epoch-unknown``: a head is of an epoch that this history knows nothing of. ``not-chained``: the row has no place.
    """

    n: int
    fault: str
    detail: str = ""


class Lost(Struct, frozen=True):
    """Rows after ``since`` up to ``until``, of which a head speaks, were lost when ``epoch`` ended; it is declared."""

    epoch: str
    since: int
    until: int


class Verified(Struct, frozen=True):
    """What was found in a chain: ``faults`` are at most ``MOST_FAULTS``, ``count`` is how many there are."""

    chain: str
    first: int
    last: int
    rows: int
    h: str
    heads: int
    waiting: int
    count: int
    faults: list[Fault]
    lost: list[Lost]

    @property
    def whole(self) -> bool:
        """Return whether all is as it was written."""
        return not self.count


class Verifier:
    """Reads a chain through, row by row.

    :param start: the number and hash of the row before the first.
    :param epochs: those of the chain, in their order.
    :param heads: what is kept elsewhere about this chain.
    """

    def __init__(
        self,
        chain: str,
        start: tuple[int, bytes] = (0, BEGINNING),
        epochs: Sequence[Epoch] = (),
        heads: Iterable[Head] = (),
    ) -> None:
        self._chain, self._start, self._epochs = chain, start, epochs
        self._n, self._h = start
        self._rows = self._count = self._heads = 0
        self._faults: list[Fault] = []
        self._lost: list[Lost] = []
        self._kept = self._comparable(heads)

    def read(self, links: Iterable[Link]) -> Iterator[int]:
        """Read on; yield how many rows were read, now and then."""
        for n, body, h in links:
            follows = n == self._n + 1
            if not follows:
                self._fault(n, "removed", f"rows {self._n + 1} to {n - 1} are missing")
            elif link(self._h, n, body) != h:
                self._fault(n, "changed")
            self._n, self._h = n, h
            self._rows += 1
            if n in self._kept:
                self._compare(n, h.hex())
            if not self._rows % 10_000:
                yield self._rows

    def require_sealed(self, head: Head | None, is_own: IsOwn) -> None:
        """Note a head that this side keeps of its own chain, and that does not bear its seal."""
        if head and not is_own(head.seal, signed_text(head)):
            self._fault(head.n, "not-signed", "a head that is kept beside the chain")

    def fault(self, n: int, fault: str, detail: str = "") -> None:
        """Note what somebody else found at row ``n``."""
        self._fault(n, fault, detail)

    def verified(self, waiting: int = 0) -> Verified:
        """Return what was found, when all was read.

        :param waiting: how many rows wait for their place.
        """
        for n, heads in self._kept.items():
            for head in heads:
                self._missing(n, head)
        first = self._start[0] + 1
        return Verified(
            self._chain,
            first,
            self._n,
            self._rows,
            self._h.hex(),
            self._heads,
            waiting,
            self._count,
            self._faults,
            self._lost,
        )

    def _comparable(self, heads: Iterable[Head]) -> dict[int, list[Head]]:
        """Return the heads that speak of rows that should be here, by these rows; note the others."""
        ends = _ends(self._epochs)
        found: dict[int, list[Head]] = {}
        for head in heads:
            if head.chain != self._chain:
                continue
            self._heads += 1
            end = ends.get(head.epoch)
            if head.epoch not in ends:
                self._fault(head.n, "epoch-unknown", f"a head of {head.time.isoformat()} is of {head.epoch}")
            elif end is not None and head.n > end:
                self._lost.append(Lost(head.epoch, end, head.n))
            else:
                found.setdefault(head.n, []).append(head)
        return found

    def _compare(self, n: int, h: str) -> None:
        for head in self._kept.pop(n):
            if head.h != h:
                self._fault(n, "rewritten", f"a head of {head.time.isoformat()} has another hash")

    def _missing(self, n: int, head: Head) -> None:
        """Judge a head whose row was not read."""
        told = f"a head of {head.time.isoformat()} speaks for {n} rows"
        if n == self._start[0]:
            if head.h != self._start[1].hex():
                self._fault(n, "rewritten", told)
        elif n > self._n:
            self._fault(self._n, "end-removed", told)

    def _fault(self, n: int, fault: str, detail: str = "") -> None:
        self._count += 1
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(Fault(n, fault, detail))


def disagreement(
    head: Head, epochs: Sequence[Epoch], last: int, hash_of: Callable[[int], bytes | None]
) -> str:
    """Return what a head that is held elsewhere says against a chain, as a ``Fault`` calls it; '' if nothing.

    :param last: the number of the chain's last row.
    :param hash_of: returns the hash of a row, or None where it was cut off.
    """
    ends = _ends(epochs)
    if head.epoch not in ends:
        return "epoch-unknown"
    end = ends[head.epoch]
    if end is not None and head.n > end:
        return ""  # lost, and declared when the next epoch began
    if head.n > last:
        return "end-removed"
    h = hash_of(head.n)
    return "rewritten" if h is not None and h.hex() != head.h else ""


def _ends(epochs: Sequence[Epoch]) -> Mapping[str, int | None]:
    """Return the last row of each epoch; None of the one that goes on."""
    following = [*(each.since for each in epochs[1:]), None]
    return {each.epoch: end for each, end in zip(epochs, following, strict=False)}
