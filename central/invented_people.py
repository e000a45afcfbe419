"""Invented citizens, the same ones every time; address code 999999 makes their ID numbers nobody's."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from central.people import Employment, Person
from sync.protocol.messages import Insurance

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "安宁晓明玉兰海燕文静志强春雨秋月国庆小红子涵思远雅琴长青一帆若水佳怡天佑"
EMPLOYERS = (
    "城关商贸有限公司",
    "北岭运输有限公司",
    "川口建材有限公司",
    "漆水食品有限公司",
)
FIRST_BIRTH = date(1950, 1, 1)
DAYS_OF_BIRTH = 365 * 54
FIRST_CARD = 0x100  # the numbers below are the demonstration's own


def invent(count: int) -> Iterator[Person]:
    """Yield ``count`` people."""
    chance = random.Random(20260101)  # noqa: S311 the same people every time is the point
    for number in range(count):
        yield _person(number, chance)


def id_number(birth: date, order: int) -> str:
    """Return an ID number of address 999999 (GB 11643; an even ``order`` is a woman's)."""
    digits = f"999999{birth:%Y%m%d}{order:03}"
    weighted = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(digits))
    return digits + "10X98765432"[weighted % 11]


def _person(number: int, chance: random.Random) -> Person:
    # Day and order together are this person's alone, so that no two have one ID number.
    birth = FIRST_BIRTH + timedelta(days=number * 7919 % DAYS_OF_BIRTH)
    order = 10 + number // DAYS_OF_BIRTH * 2 + number % 2
    return Person(
        name=chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.choice((1, 2)))),
        sex="男" if order % 2 else "女",
        id_number=id_number(birth, order),
        card_number=f"B{number:08}",
        card_identity=f"610200D156000005{FIRST_CARD + number:08X}{chance.getrandbits(32):08X}",
        region="610200",
        agency="铜川市社会保险事业服务中心",
        insurances=[
            Insurance("企业职工基本养老保险", "正常参保"),
            Insurance("失业保险", "正常参保"),
            Insurance("工伤保险", "正常参保"),
        ],
        employment=[
            Employment(
                employer="铜川市" + chance.choice(EMPLOYERS),
                first=f"{birth.year + chance.randint(19, 21)}-{chance.randint(1, 12):02}",
                base=Decimal(chance.randint(3900, 9800)),
            )
        ],
    )
