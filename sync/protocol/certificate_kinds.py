"""The kinds of document that the centre issues, by their names and numbers, and how long each holds."""

from calendar import monthrange
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sync.protocol.document_kinds import VALID_MONTHS, DocumentKind
from sync.protocol.documents import ISSUED

CHINA = ZoneInfo("Asia/Shanghai")
KINDS: dict[str, DocumentKind] = {kind.name: kind for kind in ISSUED}


def kind_numbered(number: int) -> str | None:
    """Return the kind that a QR code means by ``number``; None for one that is newer than this program."""
    return next((name for name, kind in KINDS.items() if kind.number == number), None)


def valid_until(issued: date, months: int = VALID_MONTHS) -> date:
    """Return the last day of a document: so many calendar months on, or that month's last day."""
    year, month = divmod(issued.year * 12 + issued.month - 1 + months, 12)
    return date(year, month + 1, min(issued.day, monthrange(year, month + 1)[1]))


def last_day(kind: str, issued_at: datetime) -> date | None:
    """Return the last day on which a document of ``kind`` holds; None when it has no end."""
    months = KINDS[kind].valid_months
    return None if months is None else valid_until(issued_at.astimezone(CHINA).date(), months)
