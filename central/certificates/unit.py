"""Documents about an employer."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from central.certificates.content import Content, UnitRequest
from central.store.refusals import RefusedError
from central.store.tables import unit_contributions, unit_insurances, units
from sync.protocol.documents import Issued, UnitContributions, UnitInsurance, UnitMonth, UnitParticipation

MOST_MONTHS = 24
"""A 单位缴费证明 that names no period shows so many months."""


def participation(tx: Connection, request: UnitRequest, _at: datetime) -> Content:
    """Return the 单位参保证明: each insurance, since when and for how many people."""
    unit = _unit(tx, request)
    mine = select(unit_insurances).where(unit_insurances.c.credit_code == unit.credit_code)
    insurances = [
        UnitInsurance(row.name, row.status, row.since, row.people)
        for row in tx.execute(mine.order_by(unit_insurances.c.place))
    ]
    if not insurances:
        raise RefusedError("unit-no-record")
    return _about(unit, UnitParticipation, 0, "", insurances=insurances)


def contributions(tx: Connection, request: UnitRequest, _at: datetime) -> Content:
    """Return the 单位缴费证明 of the period that was asked for, or of the last two years."""
    unit = _unit(tx, request)
    column = unit_contributions.c
    mine = select(unit_contributions).where(column.credit_code == unit.credit_code)
    if request.first and request.last:
        mine = mine.where(column.month.between(request.first, request.last))
    rows = tx.execute(mine.order_by(column.month.desc()).limit(None if request.first else MOST_MONTHS))
    months = [UnitMonth(row.month, row.people, row.base, row.unit, row.personal, row.status) for row in rows][
        ::-1
    ]
    if not months:
        raise RefusedError("unit-no-record")
    first, last = request.first or months[0].month, request.last or months[-1].month
    return _about(
        unit, UnitContributions, len(months), months[-1].month, first=first, last=last, months=months
    )


def _unit(tx: Connection, request: UnitRequest) -> Row[Any]:
    wanted = (units.c.credit_code == request.credit_code) & (units.c.region == request.region)
    unit = tx.execute(select(units).where(wanted)).one_or_none()
    if unit is None:
        raise RefusedError("unit-unknown")
    return unit


def _about(
    unit: Row[Any], message: type[Issued], months: int, last_month: str, /, **fields: object
) -> Content:
    return Content(
        message=message,
        fields={"unit_name": unit.name, "credit_code": unit.credit_code} | fields,
        subject=unit.credit_code,
        name=unit.name,
        region=unit.region,
        agency=unit.agency,
        months=months,
        last_month=last_month,
    )
