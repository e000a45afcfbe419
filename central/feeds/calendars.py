"""The calendars that were published, used by the centre itself."""

import msgspec
from sqlalchemy import Connection, select

from central.feeds.tables import feed_rows
from kiosk.rules import working_days
from sync.protocol.feeds import CALENDAR


def use_published(tx: Connection) -> None:
    """Count working days by the calendars that were published last: in every worker."""
    c = feed_rows.c
    rows = tx.execute(select(c.value).where(c.feed == CALENDAR, c.value.is_not(None))).scalars()
    published = {one.year: one for one in (working_days.read(msgspec.json.decode(value)) for value in rows)}
    if published != working_days.handed():
        working_days.use(published.values())
