"""What happened that a person at the centre must look into. Nothing stops for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, Row, insert, select, update

from central.store.tables import alarms

MOST_SHOWN = 200
NOTE_LENGTH = 200

log = structlog.get_logger(__name__)


def raise_alarm(tx: Connection, at: datetime, alarm: str, subject: str, note: str = "") -> None:
    """Raise an alarm, once as long as nobody has seen to the same one.

    :param alarm: what is wrong, in one word; ``subject``: with which kiosk, card or chain.
    """
    a = alarms.c
    same = (a.alarm == alarm) & (a.subject == subject) & (a.note == note[:NOTE_LENGTH]) & a.seen_at.is_(None)
    if tx.execute(select(a.id).where(same).limit(1)).first() is None:
        tx.execute(insert(alarms).values(at=at, alarm=alarm, subject=subject, note=note[:NOTE_LENGTH]))
        log.error("alarm", alarm=alarm, subject=subject, note=note)


def find_alarms(connection: Connection, *, seen: bool = False) -> Sequence[Row[Any]]:
    """Return the newest alarms, at most ``MOST_SHOWN``, the oldest of them first.

    :param seen: also those that somebody has seen to.
    """
    newest = select(alarms).order_by(alarms.c.id.desc()).limit(MOST_SHOWN)
    return connection.execute(newest if seen else newest.where(alarms.c.seen_at.is_(None))).all()[::-1]


def mark_seen(tx: Connection, alarm_id: int, by: str, at: datetime) -> str | None:
    """Note that somebody has seen to an alarm; return what it is about, or None where there is no such open one."""
    this = update(alarms).where(alarms.c.id == alarm_id, alarms.c.seen_at.is_(None))
    subject: str | None = tx.execute(
        this.values(seen_at=at, seen_by=by).returning(alarms.c.subject)
    ).scalar_one_or_none()
    return subject
