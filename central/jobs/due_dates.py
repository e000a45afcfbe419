"""Due dates wait for calendars: what is due on a day that nobody could know yet is dated once the year is published."""

from datetime import datetime

from sqlalchemy import Connection, Engine, select, update

from central.cases.applications import due_of
from central.feeds.calendars import use_published
from central.store.acts import job, record
from central.store.alarms import raise_alarm
from central.store.tables import applications
from kiosk.rules import working_days
from kiosk.rules.periods import BEIJING

AT_ONCE = 500
"""How many are looked at in one transaction."""


def watch_calendars(tx: Connection, at: datetime) -> None:
    """Raise an alarm as long as the arrangement of a year is missing that is about to begin."""
    use_published(tx)
    if year := working_days.missing(at.astimezone(BEIJING).date()):
        note = f"{year}年放假安排还没有录入，跨年的期限算不出来；录入后用 feeds publish calendar 发布"
        raise_alarm(tx, at, "calendar-missing", str(year), note)


def date_pending(engine: Engine, at: datetime) -> None:
    """Date the open applications whose day could not be known when they came, where it can be now."""
    last: str | None = ""
    while last is not None:
        with engine.begin() as tx:
            last = _date_some(tx, at, last)


def _date_some(tx: Connection, at: datetime, after: str) -> str | None:
    """Look at some that come ``after`` a number; return the number of the last, None when there are no more."""
    use_published(tx)
    a = applications.c
    pending = select(a.number, a.item, a.received_at).where(
        a.due.is_(None), a.status == "accepted", a.number > after
    )
    rows = tx.execute(pending.order_by(a.number).limit(AT_ONCE)).all()
    for row in rows:
        if due := due_of(row.item, row.received_at.astimezone(BEIJING).date()):
            tx.execute(update(applications).where(a.number == row.number).values(due=due))
            by = job("calendar-published", at)
            record(tx, by, "application-dated", row.number, kind=row.item, after=str(due))
    return rows[-1].number if rows else None
