"""Documents from a person's contributions."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise, takewhile
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from central.certificates.agencies import agency
from central.certificates.content import Content, about
from central.people.holder import holder_of, insurances_of, pension_of
from central.store.refusals import RefusedError
from central.store.tables import accounts, contributions
from sync.protocol.certificates import IssueRequest
from sync.protocol.documents import AnnualRecord, Contributions, Participation, TransferVoucher
from sync.protocol.messages import Month
from sync.protocol.month_ranges import follows
from sync.protocol.refusals import PeriodDetails, YearDetails

MOST_MONTHS = 48
"""A 缴费证明 that names no period shows so many months."""


def participation(tx: Connection, request: IssueRequest, at: datetime) -> Content:
    """Return the 参保证明: insurances and the last months of contribution."""
    holder = holder_of(tx, request, at)
    months = _last_months(tx, holder, request.months)
    total = _count(tx, holder)
    return about(
        holder,
        Participation,
        total,
        months[-1].month,
        insurances=insurances_of(tx, holder),
        months=months,
        span=request.months,
        months_with_employer=_months_with_employer(_last_months(tx, holder, total)),
        total_months=total,
    )


def contributions_of(tx: Connection, request: IssueRequest, at: datetime) -> Content:
    """Return the 缴费证明 of the period that was asked for, or of the last four years of contribution."""
    holder = holder_of(tx, request, at)
    if request.first and request.last:
        months = _months(tx, holder, _between(request.first, request.last))
        if not months:
            raise _without_months(tx, holder, PeriodDetails(request.first, request.last))
    else:
        months = _last_months(tx, holder, MOST_MONTHS)
    earliest = _last_months(tx, holder, _count(tx, holder))[0].month
    return about(
        holder,
        Contributions,
        len(months),
        months[-1].month,
        first=max(request.first or months[0].month, earliest),
        last=request.last or months[-1].month,
        insurances=insurances_of(tx, holder),
        months=months,
        total_months=_count(tx, holder),
    )


def transfer_voucher(tx: Connection, request: IssueRequest, at: datetime) -> Content:
    """Return the 参保缴费凭证: when and how long was paid here, and what is in the account."""
    holder = holder_of(tx, request, at)
    if pension_of(tx, holder):
        raise RefusedError("pension-already")
    months = _last_months(tx, holder, _count(tx, holder))
    mine = select(accounts).where(accounts.c.id_number == holder.id_number)
    account = tx.execute(mine.order_by(accounts.c.year.desc()).limit(1)).one_or_none()
    if account is None:
        raise RefusedError("no-account")
    office = agency(holder.agency)
    return about(
        holder,
        TransferVoucher,
        len(months),
        months[-1].month,
        personal_number=holder.personal_number,
        hukou=holder.hukou,
        first=months[0].month,
        last=months[-1].month,
        total_months=len(months),
        account_balance=account.balance,
        balance_on=f"{account.year}-12",
        agency_phone=office.phone,
        agency_address=office.address,
        agency_postcode=office.postcode,
    )


def annual_record(tx: Connection, request: IssueRequest, at: datetime) -> Content:
    """Return the 权益记录单 of one year: its months, and the account from its beginning to its end."""
    holder = holder_of(tx, request, at)
    year = f"{request.year}"
    mine = (accounts.c.id_number == holder.id_number) & (accounts.c.year == request.year)
    account = tx.execute(select(accounts).where(mine)).one_or_none()
    if account is None:
        asked = YearDetails(request.year) if request.year else None
        raise RefusedError("no-record-of-year", details=asked)
    months = _months(tx, holder, _between(f"{year}-01", f"{year}-12"))
    total = _count(tx, holder, contributions.c.month <= f"{year}-12")
    return about(
        holder,
        AnnualRecord,
        total,
        f"{year}-12",
        personal_number=holder.personal_number,
        year=request.year,
        insurances=insurances_of(tx, holder),
        months=months,
        total_months=total,
        opening=account.balance - account.credited - account.interest,
        credited=account.credited,
        interest=account.interest,
        closing=account.balance,
    )


def _without_months(tx: Connection, holder: Row[Any], asked: PeriodDetails) -> RefusedError:
    """Return the refusal of a period without a contribution."""
    if _count(tx, holder):
        return RefusedError("no-record-in-period", details=asked)
    return RefusedError("no-record")


def _last_months(tx: Connection, holder: Row[Any], count: int) -> list[Month]:
    """Return the last ``count`` months of contribution, oldest first.

    :raises Refused: there is none.
    """
    mine = contributions.c.id_number == holder.id_number
    newest = select(contributions).where(mine).order_by(contributions.c.month.desc()).limit(count)
    months = [_month(row) for row in tx.execute(newest)]
    if not months:
        raise RefusedError("no-record")
    return months[::-1]


def _months(tx: Connection, holder: Row[Any], when: ColumnElement[bool]) -> list[Month]:
    mine = select(contributions).where(contributions.c.id_number == holder.id_number, when)
    return [_month(row) for row in tx.execute(mine.order_by(contributions.c.month))]


def _between(first: str, last: str) -> ColumnElement[bool]:
    return contributions.c.month.between(first, last)


def _count(tx: Connection, holder: Row[Any], *when: ColumnElement[bool]) -> int:
    mine = contributions.c.id_number == holder.id_number
    return tx.execute(select(func.count()).select_from(contributions).where(mine, *when)).scalar_one()


def _month(row: Row[Any]) -> Month:
    return Month(row.month, row.employer, row.base, row.personal, row.status)


def _months_with_employer(months: Sequence[Month]) -> int:
    """Count the months in a row, up to the last one, at the last one's employer."""

    def goes_on(pair: tuple[Month, Month]) -> bool:
        later, earlier = pair
        return earlier.employer == later.employer and follows(earlier.month, later.month)

    return 1 + sum(1 for _ in takewhile(goes_on, pairwise(reversed(months))))
