"""Waiting after failures."""

import random

LONGEST_WAIT = 60.0
"""Seconds."""
LONGEST_ASKED = 600.0
"""Seconds: the caller us to wait longer is mistaken."""


class Backoff:
    """How long to wait after failures: doubling, bounded, with jitter so that kiosks do not retry simultaneously."""

    def __init__(self, first: float = 0.5, longest: float = LONGEST_WAIT) -> None:
        self._first, self._longest, self._failures = first, longest, 0

    def after_failure(self, at_least: float | None = None) -> float:
        """Return the seconds to wait now; a wait that the centre asked for is jittered too."""
        step = min(self._first * 2**self._failures, self._longest)
        self._failures = min(self._failures + 1, 16)
        asked = min(at_least or 0.0, LONGEST_ASKED) * random.uniform(1, 1.25)  # noqa: S311 jitter is no secret
        return max(random.uniform(step / 2, step), asked)  # noqa: S311

    def reset(self) -> None:
        """Start from the first step again."""
        self._failures = 0
