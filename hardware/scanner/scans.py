"""Scans in a stream of bytes: where each one ends, which are no tokens, and which were seen just now."""

import hashlib
import secrets
from collections.abc import Iterator

from hardware.scanner.token import wipe

LONGEST = 512
"""Bytes of a token; a longer scan is none."""

GAP = 0.05
"""Seconds of silence that end a scan, for scanners that send no line end."""

SEEN_AGAIN_WITHIN = 3.0
"""Seconds after it was last seen in which the same code is the same scan: it is still held before the scanner."""

_ENDS = b"\r\n"
_PRINTABLE = range(0x20, 0x7F)


class Scans:
    """Puts scans together from the bytes as they arrive. Times are in seconds of any clock that only goes forward."""

    def __init__(self) -> None:
        self._scan = bytearray()
        self._spoilt = False
        self._last: tuple[bytes, float] | None = None
        self._key = secrets.token_bytes(32)
        self.refused = 0
        """Scans that were no tokens: too long, or not printable."""

    @property
    def under_way(self) -> bool:
        """Whether a scan began and did not end."""
        return bool(self._scan) or self._spoilt

    def feed(self, data: bytes, now: float) -> Iterator[bytearray]:
        """Take bytes that arrived, and yield each token that ended in them."""
        for byte in data:
            if byte in _ENDS:
                yield from self.end(now)
            else:
                self._add(byte)

    def _add(self, byte: int) -> None:
        if byte not in _PRINTABLE or len(self._scan) >= LONGEST:
            self._spoilt = True
            wipe(self._scan)
        elif not self._spoilt:
            self._scan.append(byte)

    def end(self, now: float) -> Iterator[bytearray]:
        """End the scan that is under way, as after :data:`GAP`, and yield it if it is a new token."""
        scan, spoilt = self._scan, self._spoilt
        self._scan, self._spoilt = bytearray(), False
        self.refused += spoilt
        if scan and not self._seen_just_now(scan, now):
            yield scan
        else:
            wipe(scan)

    def _seen_just_now(self, scan: bytearray, now: float) -> bool:
        # Only a keyed digest is kept, which nobody can turn into the token again.
        digest = hashlib.blake2b(scan, key=self._key).digest()
        before, self._last = self._last, (digest, now)
        return before is not None and before[0] == digest and now - before[1] < SEEN_AGAIN_WITHIN
