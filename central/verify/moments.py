"""Times on the public page."""

from datetime import datetime, time, timedelta

from sync.protocol.certificate_kinds import CHINA


def in_china(at: datetime) -> str:
    """Return a time as people in China write it; a day ends at its 24:00."""
    there = at.astimezone(CHINA)
    if there.time() == time():
        return f"{there - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{there:%Y-%m-%d %H:%M}"
