"""Invented citizens, the same ones every time; address code 999999 makes their ID numbers nobody's.

Each is worked out from a number alone, and written past SQLAlchemy's statements, because a province is large.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    Update,
    func,
    literal,
    select,
    update,
)

from central.people.people import ACCOUNT_INTEREST, ACCOUNT_SHARE, demo_people, months
from central.store import tables as models
from sync.protocol.messages import card_partition
from text.id_number import check_digit

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "安宁晓明玉兰海燕文静志强春雨秋月国庆小红子涵思远雅琴长青一帆若水佳怡天佑"
EMPLOYERS = (
    "铜川市城关商贸有限公司",
    "铜川市北岭运输有限公司",
    "铜川市川口建材有限公司",
    "铜川市漆水食品有限公司",
)
INSURANCES = ("企业职工基本养老保险", "失业保险", "工伤保险")
REGION, AGENCY = "610200", "铜川市社会保险事业服务中心"
FIRST_BIRTH = date(1967, 1, 1)
DAYS_OF_BIRTH = 365 * 38
FIRST_ORDER, ORDERS = 10, 990
"""The orders below are for those whose ID number a citizen of the demonstration has already."""
LAST_FIRST_BIRTH = date(1891, 1, 1)
"""When all numbers of one span of births are given, the span before it begins, down to this one."""
FIRST_CARD = 0x100  # the numbers below are the demonstration's own
CARD_NUMBER = "B{:08}"
CARD_COLUMNS = "identity number id_number status partition reset_information algorithm"
CHIP = "00814E43238697"
"""How the reset information of the invented cards begins; the place and the card's own number follow."""
SPANS = range(0, (FIRST_BIRTH - LAST_FIRST_BIRTH).days + 1, DAYS_OF_BIRTH)
MOST = len(SPANS) * DAYS_OF_BIRTH * ORDERS
"""So many people can be told apart by ID numbers with address code 999999 and a sensible year of birth."""
HISTORY = range(12, 37)
"""How many months of contribution somebody has."""
AT_ONCE = 10_000
SHARE_PERCENT, INTEREST_PERCENT = int(ACCOUNT_SHARE * 100), int(ACCOUNT_INTEREST * 100)
PLACEHOLDER = {"sqlite": "?", "postgresql": "%s"}

staging = MetaData()
staged = Table(
    "staged",
    staging,
    Column("id_number", String(18)),
    Column("employer", String(80)),
    Column("base", BigInteger),
    Column("personal", BigInteger),
    Column("months", Integer),
    prefixes=["TEMPORARY"],
)
months_ago = Table(
    "months_ago", staging, Column("month", String(7)), Column("ago", Integer), prefixes=["TEMPORARY"]
)

Rows = list[tuple[Any, ...]]


class Citizen(Struct, frozen=True):
    """One invented citizen. ``base`` is in fen a month; ``months`` counts back from the last one."""

    number: int
    name: str
    sex: str
    id_number: str
    card_number: str
    card_identity: str
    employer: str
    base: int
    months: int


def invent(first: int, end: int) -> Iterator[Citizen]:
    """Yield the citizens numbered from ``first`` up to but not with ``end``."""
    return map(_citizen, range(first, end))


def add(engine: Engine, count: int, last_month: str, told: Callable[[int], None] = lambda _: None) -> int:
    """Add the citizens from 0 up to ``count`` that are not there yet; return how many.

    :param last_month: YYYY-MM, how far their contributions go.
    :param told: is told how many there are now; what was told stays if the rest is interrupted.
    """
    with engine.begin() as tx:
        there = tx.execute(_how_many()).scalar_one()
        tx.execute(_complete_cards())
    for first in range(there, count, AT_ONCE):
        citizens = sorted(invent(first, min(first + AT_ONCE, count)), key=lambda each: each.id_number)
        with engine.begin() as tx:
            _write(tx, citizens, last_month)
        told(first + len(citizens))
    return max(count - there, 0)


def _how_many() -> Select[int]:
    return select(func.count()).where(_is_invented())


def _is_invented() -> ColumnElement[bool]:
    return models.cards.c.number.between(CARD_NUMBER.format(0), CARD_NUMBER.format(10**8 - 1))


def _complete_cards() -> Update:
    """Return what adds to cards what their keys are made with, where they were invented before the register knew it."""
    cards = models.cards.c
    reset = literal(CHIP) + func.substr(cards.identity, 1, 4) + func.substr(cards.identity, 17, 8)
    missing = _is_invented() & cards.reset_information.is_(None)
    return update(models.cards).where(missing).values(reset_information=reset, algorithm="3des")


def _citizen(number: int) -> Citizen:
    birth, order = _birth_and_order(number)
    digits = _digits(birth, order)
    chance = _mixed(number)
    given = GIVEN[chance % len(GIVEN)] + GIVEN[(chance >> 8) % len(GIVEN)] * (chance >> 6 & 1)
    return Citizen(
        number=number,
        name=SURNAMES[(chance >> 16) % len(SURNAMES)] + given,
        sex="男" if order % 2 else "女",
        id_number=digits + check_digit(digits),
        card_number=CARD_NUMBER.format(number),
        card_identity=f"610200D156000005{FIRST_CARD + number:08X}{chance & 0xFFFFFFFF:08X}",
        employer=EMPLOYERS[(chance >> 32) % len(EMPLOYERS)],
        base=(3900 + (chance >> 34) % 5900) * 100,
        months=HISTORY[(chance >> 50) % len(HISTORY)],
    )


def _birth_and_order(number: int) -> tuple[date, int]:
    """Return what together is this person's alone, so that no two have one ID number."""
    span, place = divmod(number, DAYS_OF_BIRTH * ORDERS)
    half, turn = divmod(place // DAYS_OF_BIRTH, ORDERS // 2)
    birth = FIRST_BIRTH + timedelta(days=number * 7919 % DAYS_OF_BIRTH - SPANS[span])
    order = FIRST_ORDER + 2 * turn + (number + half) % 2
    if _digits(birth, order) in _taken():
        order %= 2
    return birth, order


def _digits(birth: date, order: int) -> str:
    return f"999999{birth:%Y%m%d}{order:03}"


@functools.cache
def _taken() -> frozenset[str]:
    return frozenset(person.id_number[:17] for person in demo_people())


def _mixed(number: int) -> int:
    """Return 64 bits that look like chance: the finalizer of SplitMix64."""
    mask = 2**64 - 1
    z = (number + 1) * 0x9E3779B97F4A7C15 & mask
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & mask
    z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
    return z ^ z >> 31


def _write(tx: Connection, citizens: Sequence[Citizen], last_month: str) -> None:
    first = f"{int(last_month[:4]) - HISTORY.stop // 12}{last_month[4:]}"
    past = list(months(first, last_month))[-HISTORY.stop + 1 :]
    closed = {length: _closed_years(past[-length:]) for length in HISTORY}
    _insert(tx, models.people, "id_number name sex region agency personal_number", map(_person, citizens))
    _insert(tx, models.cards, CARD_COLUMNS, map(_card, citizens))
    _insert(tx, models.insurances, "id_number place name status", _each(citizens, _insurances))
    accounts = _each(citizens, lambda each: _accounts(each, closed[each.months]))
    _insert(tx, models.accounts, "id_number year credited interest balance", accounts)
    staging.create_all(tx)
    _insert(tx, staged, "id_number employer base personal months", map(_staged, citizens))
    _insert(tx, months_ago, "month ago", ((month, len(past) - place) for place, month in enumerate(past)))
    tx.execute(models.contributions.insert().from_select(*_contributions()))
    staging.drop_all(tx)


def _insert(tx: Connection, table: Table, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    names = columns.split()
    values = ", ".join([PLACEHOLDER[tx.dialect.name]] * len(names))
    tx.exec_driver_sql(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({values})", list(rows))  # noqa: S608


def _contributions() -> tuple[list[str], Select[Any]]:
    """Return the columns of the contributions and where they come from: the database multiplies, not Python."""
    columns = (staged.c.id_number, months_ago.c.month, staged.c.employer, staged.c.base, staged.c.personal)
    every_month = select(*columns, literal("正常缴费").label("status")).join_from(
        staged, months_ago, months_ago.c.ago <= staged.c.months
    )
    return [column.name for column in every_month.selected_columns], every_month


def _each(citizens: Iterable[Citizen], rows: Callable[[Citizen], Rows]) -> Iterator[tuple[Any, ...]]:
    return (row for citizen in citizens for row in rows(citizen))


def _person(each: Citizen) -> tuple[Any, ...]:
    return each.id_number, each.name, each.sex, REGION, AGENCY, f"6102{each.number:09}"


def _card(each: Citizen) -> tuple[Any, ...]:
    partition = card_partition(each.card_identity)
    reset = f"{CHIP}{each.card_identity[:4]}{each.card_identity[16:24]}"
    return each.card_identity, each.card_number, each.id_number, "normal", partition, reset, "3des"


def _insurances(each: Citizen) -> Rows:
    return [(each.id_number, place, name, "正常参保") for place, name in enumerate(INSURANCES)]


def _staged(each: Citizen) -> tuple[Any, ...]:
    return each.id_number, each.employer, each.base, each.base * SHARE_PERCENT // 100, each.months


def _closed_years(history: Sequence[str]) -> list[tuple[int, int]]:
    """Return how many months there are in each year that is over."""
    years = [int(month[:4]) for month in history]
    return [(year, years.count(year)) for year in sorted(set(years)) if year < years[-1]]


def _accounts(each: Citizen, closed: Iterable[tuple[int, int]]) -> Rows:
    rows: Rows = []
    balance = 0
    for year, paid in closed:
        credited = paid * each.base * SHARE_PERCENT // 100
        interest = ((2 * balance + credited) * INTEREST_PERCENT + 100) // 200
        balance += credited + interest
        rows.append((each.id_number, year, credited, interest, balance))
    return rows
