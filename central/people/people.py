"""The holders' records: who they are, their cards, what was paid for them and what is paid to them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Table, insert, select, update

from central.store import tables as models
from sync.protocol.messages import Insurance, card_partition, clean_id_number
from sync.protocol.words import SocialState

ACCOUNT_SHARE = Decimal("0.08")
"""How much of the base goes into the individual account."""
ACCOUNT_INTEREST = Decimal("0.03")
"""The yearly interest of the invented accounts; the real rate is announced again each year."""

DEMO_PEOPLE = Path(__file__).with_name("demo_people.toml")
ROWS_AT_ONCE = 5000


class Employment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Months in a row with one employer; without ``last`` it goes on. ``base`` in yuan a month."""

    employer: str
    first: str
    last: str | None = None
    base: Decimal
    personal_percent: int = 8
    status: str = "正常缴费"


class Rate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Months in a row with the same pension; without ``last`` it goes on. ``amount`` in yuan a month."""

    first: str
    last: str | None = None
    amount: Decimal


class Pension(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pension that is paid; ``rates`` are what the records still hold of it."""

    insurance: str
    category: str
    since: str
    status: str
    paid_to: str
    rates: list[Rate]


class Person(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One holder's record."""

    name: str
    sex: str
    id_number: str
    card_number: str
    card_identity: str
    card_status: SocialState = "normal"
    card_reset_information: str | None = None
    card_algorithm: str | None = None
    region: str
    agency: str
    insurances: list[Insurance]
    employment: list[Employment]
    personal_number: str = ""
    hukou: str = ""
    pension: Pension | None = None

    def __post_init__(self) -> None:
        clean_id_number(self)


class _DemoPeople(Struct):
    people: list[Person]


def demo_people() -> list[Person]:
    """Return the citizens that the simulated cards belong to."""
    return msgspec.toml.decode(DEMO_PEOPLE.read_bytes(), type=_DemoPeople).people


def add(tx: Connection, people: Iterable[Person], last_month: str) -> int:
    """Add the people who are not there yet; return how many.

    :param last_month: YYYY-MM, how far the contributions go of those who are still employed.
    """
    people = list(people)
    known = models.people.c.id_number
    there = set(tx.execute(select(known).where(known.in_([person.id_number for person in people]))).scalars())
    new = [person for person in people if person.id_number not in there]
    _insert(tx, models.people, (_person(each) for each in new))
    _insert(tx, models.cards, (_card(each) for each in new))
    for each in people:
        _complete_card(tx, each)
    _insert(tx, models.insurances, (row for each in new for row in _insurances(each)))
    _insert(tx, models.contributions, (row for each in new for row in _contributions(each, last_month)))
    _insert(tx, models.accounts, (row for each in new for row in _accounts(each, last_month)))
    _insert(tx, models.pensions, (row for each in new for row in _pension(each)))
    _insert(tx, models.pension_payments, (row for each in new for row in _payments(each, last_month)))
    return len(new)


def months(first: str, last: str) -> Iterator[str]:
    """Yield the months from ``first`` to ``last``, both included, all YYYY-MM."""
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    for number in range(start, end + 1):
        yield f"{number // 12:04}-{number % 12 + 1:02}"


def _insert(tx: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    waiting = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == ROWS_AT_ONCE:
            tx.execute(insert(table), waiting)
            waiting = []
    if waiting:
        tx.execute(insert(table), waiting)


def _person(person: Person) -> dict[str, Any]:
    columns = ("id_number", "name", "sex", "region", "agency", "personal_number", "hukou")
    return {column: getattr(person, column) for column in columns}


def _card(person: Person) -> dict[str, Any]:
    return {
        "identity": person.card_identity,
        "number": person.card_number,
        "id_number": person.id_number,
        "status": person.card_status,
        "partition": card_partition(person.card_identity),
        "reset_information": person.card_reset_information,
        "algorithm": person.card_algorithm,
    }


def _complete_card(tx: Connection, person: Person) -> None:
    """Add what a card's keys are made with to one that was on record before the register knew it."""
    missing = (models.cards.c.identity == person.card_identity) & models.cards.c.reset_information.is_(None)
    known = {"reset_information": person.card_reset_information, "algorithm": person.card_algorithm}
    tx.execute(update(models.cards).where(missing).values(known))


def _insurances(person: Person) -> Iterator[dict[str, Any]]:
    for place, insurance in enumerate(person.insurances):
        yield {"id_number": person.id_number, "place": place, **msgspec.structs.asdict(insurance)}


def _contributions(person: Person, last_month: str) -> Iterator[dict[str, Any]]:
    for job in person.employment:
        for month in months(job.first, min(job.last or last_month, last_month)):
            yield {
                "id_number": person.id_number,
                "month": month,
                "employer": job.employer,
                "base": job.base,
                "personal": job.base * job.personal_percent / 100,
                "status": job.status,
            }


def _accounts(person: Person, last_month: str) -> Iterator[dict[str, Any]]:
    """Yield the account of each closed year, until the pension begins."""
    credited = _credited_by_year(person, last_month)
    end = int((person.pension.since if person.pension else last_month)[:4])
    balance = Decimal(0)
    for year in range(min(credited, default=end), end):
        interest = _fen((balance + credited[year] / 2) * ACCOUNT_INTEREST)
        balance += credited[year] + interest
        yield {
            "id_number": person.id_number,
            "year": year,
            "credited": credited[year],
            "interest": interest,
            "balance": balance,
        }


def _credited_by_year(person: Person, last_month: str) -> Mapping[int, Decimal]:
    credited: defaultdict[int, Decimal] = defaultdict(Decimal)
    for row in _contributions(person, last_month):
        credited[int(row["month"][:4])] += _fen(row["base"] * ACCOUNT_SHARE)
    return credited


def _fen(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _pension(person: Person) -> Iterator[dict[str, Any]]:
    if pension := person.pension:
        columns = ("insurance", "category", "since", "status", "paid_to")
        yield {"id_number": person.id_number, **{column: getattr(pension, column) for column in columns}}


def _payments(person: Person, last_month: str) -> Iterator[dict[str, Any]]:
    for rate in person.pension.rates if person.pension else ():
        for month in months(rate.first, min(rate.last or last_month, last_month)):
            yield {
                "id_number": person.id_number,
                "month": month,
                "amount": rate.amount,
                "status": "已发放",
            }
