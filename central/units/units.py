"""The employers' records: their insurances, and what they paid month by month."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, insert, select

from central.people.people import months
from central.store import tables as models
from sync.protocol.documents import CreditCode, UnitInsurance

DEMO_UNITS = Path(__file__).with_name("demo_units.toml")


class Period(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Months in a row with the same sums in yuan; without ``last`` it goes on."""

    first: str
    last: str | None = None
    people: int
    base: Decimal
    unit: Decimal
    personal: Decimal
    status: str = "已到账"


class Employer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One employer's record."""

    credit_code: CreditCode
    name: str
    region: str
    agency: str
    insurances: list[UnitInsurance]
    contributions: list[Period]


class _DemoUnits(Struct):
    units: list[Employer]


def demo_units() -> list[Employer]:
    """Return the invented employers of the demonstration."""
    return msgspec.toml.decode(DEMO_UNITS.read_bytes(), type=_DemoUnits).units


def add(tx: Connection, employers: Iterable[Employer], last_month: str) -> None:
    """Add the employers who are not there yet, with contributions until ``last_month`` (YYYY-MM)."""
    there = set(tx.execute(select(models.units.c.credit_code)).scalars())
    for employer in employers:
        if employer.credit_code not in there:
            _add(tx, employer, last_month)


def _add(tx: Connection, employer: Employer, last_month: str) -> None:
    code = {"credit_code": employer.credit_code}
    head = code | {name: getattr(employer, name) for name in ("name", "region", "agency")}
    tx.execute(insert(models.units).values(head))
    for place, insurance in enumerate(employer.insurances):
        row = code | {"place": place} | msgspec.structs.asdict(insurance)
        tx.execute(insert(models.unit_insurances).values(row))
    for period in employer.contributions:
        sums = {name: getattr(period, name) for name in ("people", "base", "unit", "personal", "status")}
        for month in months(period.first, min(period.last or last_month, last_month)):
            tx.execute(insert(models.unit_contributions).values(code | sums | {"month": month}))
