"""An alarm when the centre's clock and the machine's are suddenly far from where they were."""

import structlog

from sync.protocol.events import ClockJumped
from sync.store import Store
from sync.store.alarms import raise_alarm

LARGEST_JUMP = 3600.0
"""Seconds."""

log = structlog.get_logger(__name__)


def watch(store: Store, before: float | None, ahead: float | None) -> None:
    """Raise the alarm if the centre's clock is ``ahead`` by much more, or less, than ``before`` (None: not known)."""
    if ahead is None or abs(ahead - (before or 0.0)) <= LARGEST_JUMP:
        return
    jump = ClockJumped(ahead=round(ahead, 1), before=round(before or 0.0, 1))
    log.error("clock_jumped", ahead=jump.ahead, before=jump.before, advice="compare both clocks with a watch")
    with store.transaction() as tx:
        raise_alarm(tx, jump)
