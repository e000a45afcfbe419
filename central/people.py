"""The holders' records: who they are, their cards, and what was paid for them month by month."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Table, insert, select

from central import models
from sync.protocol.messages import Insurance, SocialState, card_partition

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


class Person(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One holder's record."""

    name: str
    sex: str
    id_number: str
    card_number: str
    card_identity: str
    card_status: SocialState = "normal"
    region: str
    agency: str
    insurances: list[Insurance]
    employment: list[Employment]


class _DemoPeople(Struct):
    people: list[Person]


def demo_people() -> list[Person]:
    """Return the citizens that the simulated cards belong to."""
    return msgspec.toml.decode(DEMO_PEOPLE.read_bytes(), type=_DemoPeople).people


def add(tx: Connection, people: Iterable[Person], last_month: str) -> int:
    """Add the people who are not there yet; return how many.

    :param last_month: YYYY-MM, how far the contributions go of those who are still employed.
    """
    there = set(tx.execute(select(models.people.c.id_number)).scalars())
    new = [person for person in people if person.id_number not in there]
    _insert(tx, models.people, (_person(each) for each in new))
    _insert(tx, models.cards, (_card(each) for each in new))
    _insert(tx, models.insurances, (row for each in new for row in _insurances(each)))
    _insert(tx, models.contributions, (row for each in new for row in _contributions(each, last_month)))
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
    return {key: getattr(person, key) for key in ("id_number", "name", "sex", "region", "agency")}


def _card(person: Person) -> dict[str, Any]:
    return {
        "identity": person.card_identity,
        "number": person.card_number,
        "id_number": person.id_number,
        "status": person.card_status,
        "partition": card_partition(person.card_identity),
    }


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
