"""Scans in a stream of bytes: where each one ends, which are no tokens, and which were seen just now."""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Iterator

from hardware.once import wipe
from hardware.scanner.symbology import LONGEST_WRAPPING, unwrap
from hardware.scanner.token import LIFETIME

LONGEST = 512
"""Bytes of a token; a longer scan is none."""

GAP = 0.05
"""Seconds of silence that end a scan, for scanners that send no line end."""

SEEN_AGAIN_WITHIN = 3.0
"""Seconds after it was last seen in which the same code is the same scan: it is still held before the scanner."""

MOST_IN_VIEW = 32
"""Codes that are known again; with more of them before the scanner, the one seen longest ago is forgotten."""

_MOST_RAW = 2 * LONGEST + LONGEST_WRAPPING  # each byte may be a backslash, which is sent twice
_ENDS = b"\r\n"
_PRINTABLE = range(0x20, 0x7F)


class Scans:
    """Puts scans together from the bytes as they arrive. Times are in seconds of any clock that only goes forward.

    A scanner that has ended one code with a line end ends all of them so: a pause, however long, is then none of its
    ends, and half a code is never a token. What is not whole when its beginning is as old as a token may get is passed
    over, up to its line end.
    """

    def __init__(self) -> None:
        self._scan = bytearray()
        self._spoilt = False
        self._ends_lines = False
        self._began = 0.0
        self._in_view = InView()
        self.refused = 0
        """Scans that were no tokens: too long, not printable, or interrupted."""

    @property
    def under_way(self) -> bool:
        """Whether a scan began that a pause would end."""
        return not self._ends_lines and (bool(self._scan) or self._spoilt)

    def feed(self, data: bytes, now: float) -> Iterator[bytearray]:
        """Take bytes that arrived, and yield each token that ended in them."""
        self._pass_over(now)
        for byte in data:
            if byte in _ENDS:
                self._ends_lines = True
                yield from self._finish(now)
            else:
                self._add(byte, now)

    def end(self, now: float) -> Iterator[bytearray]:
        """Take note of a silence of :data:`GAP` or more, and yield the token that it ended, if any."""
        if self._ends_lines:
            self._pass_over(now)
        else:
            yield from self._finish(now)

    def _pass_over(self, now: float) -> None:
        if self._ends_lines and self._scan and now - self._began >= LIFETIME:
            self._spoil()

    def _add(self, byte: int, now: float) -> None:
        if not self._scan:
            self._began = now
        if byte not in _PRINTABLE or len(self._scan) >= _MOST_RAW:
            self._spoil()
        elif not self._spoilt:
            self._scan.append(byte)

    def _spoil(self) -> None:
        self._spoilt = True
        wipe(self._scan)

    def _finish(self, now: float) -> Iterator[bytearray]:
        unwrap(self._scan)
        if len(self._scan) > LONGEST:
            self._spoil()
        scan, spoilt = self._scan, self._spoilt
        self._scan, self._spoilt = bytearray(), False
        self.refused += spoilt
        if scan and not self._in_view.see(scan, now):
            yield scan
        else:
            wipe(scan)


class InView:
    """The codes that were before the scanner just now."""

    def __init__(self) -> None:
        self._last_seen: OrderedDict[bytes, float] = OrderedDict()
        self._key = secrets.token_bytes(32)

    def see(self, scan: bytearray, now: float) -> bool:
        """Note that the code is seen, and return whether it was seen within :data:`SEEN_AGAIN_WITHIN` before."""
        # Only a keyed digest is kept, which nobody can turn into the token again.
        digest = hashlib.blake2b(scan, key=self._key).digest()
        before = self._last_seen.pop(digest, None)
        self._last_seen[digest] = now
        if len(self._last_seen) > MOST_IN_VIEW:
            self._last_seen.popitem(last=False)
        return before is not None and now - before < SEEN_AGAIN_WITHIN
