"""The kinds of document that the centre issues: how each is called, numbered in the QR code, and how long it holds."""

from calendar import monthrange
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

CHINA = ZoneInfo("Asia/Shanghai")
VALID_MONTHS = 3  # 本证明自打印三个月内有效


class Kind(Struct, frozen=True):
    """A kind of document. ``number`` is its byte in the QR code; ``valid_months`` is None where it never ends."""

    number: int
    title: str
    valid_months: int | None = VALID_MONTHS


KINDS = {
    "participation": Kind(1, "社会保险参保证明（个人专用）"),
    "contributions": Kind(2, "社会保险缴费证明（个人专用）"),
    "transfer-voucher": Kind(3, "基本养老保险参保缴费凭证", None),
    "annual-record": Kind(4, "社会保险个人权益记录单", None),
    "pension-receipt": Kind(5, "养老保险待遇领取证明（个人专用）"),
    "unit-participation": Kind(6, "社会保险单位参保证明"),
    "unit-contributions": Kind(7, "社会保险单位缴费证明"),
    "business-receipt": Kind(8, "社会保障卡业务回执", None),
    "loss-receipt": Kind(9, "社会保障卡挂失回执", None),
    "acceptance-receipt": Kind(10, "社会保险业务受理回执", None),
}


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
