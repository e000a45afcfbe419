"""Limits of rate, connections and memory: refuse who asks too often or holds too much, and tell when to retry."""

import math
import random
import threading
import time
from collections import Counter
from collections.abc import Callable

from msgspec import Struct

from central.access.proxy import PROXIES
from central.store.refusals import RefusedError

PER_SECOND, BURST = 20.0, 200.0
CONNECTIONS = 100
"""Of one address, in each worker."""
BYTES_IN_HAND = 128_000_000
KNOWN = 20_000
"""Names whose buckets are remembered; of more, the one that was quiet for longest is forgotten."""


class Bucket(Struct):
    """How many requests somebody may still make, as of ``at``."""

    left: float
    at: float


class RateLimiter:
    """A token bucket for each name: ``burst`` requests at once, ``per_second`` in the long run."""

    def __init__(
        self,
        per_second: float = PER_SECOND,
        burst: float = BURST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_second, self._burst, self._clock = per_second, burst, clock
        self._buckets: dict[str, Bucket] = {}
        self._lock = threading.Lock()

    def take(self, name: str) -> None:
        """Count one request.

        :raises Refused: it is one too many.
        """
        with self._lock:
            bucket = self._filled(name)
            self._require_some(bucket)
            bucket.left -= 1

    def look(self, name: str) -> None:
        """Count nothing.

        :raises Refused: the next one would be one too many.
        """
        with self._lock:
            if name in self._buckets:
                self._require_some(self._filled(name))

    def _filled(self, name: str) -> Bucket:
        """Return the bucket of ``name`` with what has flowed in, as the last one used."""
        now = self._clock()
        bucket = self._buckets.pop(name, None) or Bucket(self._burst, now)
        bucket.left = min(self._burst, bucket.left + (now - bucket.at) * self._per_second)
        bucket.at = now
        self._buckets[name] = bucket
        if len(self._buckets) > KNOWN:
            del self._buckets[next(iter(self._buckets))]
        return bucket

    def _require_some(self, bucket: Bucket) -> None:
        if bucket.left < 1:
            raise RefusedError("too-often", retry_after=math.ceil((1 - bucket.left) / self._per_second))


class ConnectionLimiter:
    """How many connections an address has; ``most`` at once. The proxy's are its clients': it limits those itself."""

    def __init__(self, most: int = CONNECTIONS) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        """Count a connection; return whether it is not one too many."""
        if address in PROXIES:
            return True
        self._open[address] += 1
        return self._open[address] <= self._most

    def leave(self, address: str) -> None:
        """Count one no more that was counted."""
        if address in PROXIES:
            return
        self._open[address] -= 1
        if not self._open[address]:
            del self._open[address]


class MemoryLimiter:
    """How many bytes of bodies that are still on their way a worker holds, beyond the first of each."""

    def __init__(self, most: int = BYTES_IN_HAND) -> None:
        self._left = most

    def take(self, size: int) -> None:
        """Count bytes that have come.

        :raises Refused: they are too many; then they are not counted.
        """
        if size > self._left:
            raise busy()
        self._left -= size

    def give_back(self, size: int) -> None:
        """Count bytes no more."""
        self._left += size


def busy() -> RefusedError:
    """Return the 503 refusal with a randomised retry time."""
    return RefusedError("busy", retry_after=random.randint(1, 5))  # noqa: S311 jitter is no secret


def database_away() -> RefusedError:
    """Return the refusal while the database does not answer, or not in time."""
    return RefusedError("database-away", retry_after=random.randint(2, 8))  # noqa: S311 jitter is no secret
