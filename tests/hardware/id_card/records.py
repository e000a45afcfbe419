"""Records, frames and cards put together by hand from the protocol's documents, without the product's code."""

from dataclasses import fields
from datetime import date
from functools import reduce
from operator import xor

from hardware.card.items import Sex
from hardware.id_card.card import IdCard, PermanentResidentCard, ResidencePermit, ResidentIdCard
from tests import people

# 王建国 as a module sends him: every character is two bytes, the low one first.
WANG_TEXT = bytes.fromhex(
    "8B73FA5EFD56" + "2000" * 12  # 姓名
    + "3100"  # 性别
    + "30003100"  # 民族
    + "31003900370035003000330031003700"  # 出生日期
    + "55967F890177DC94DD5D025E" + "2000" * 29  # 住址
    + "390039003900390039003900" "31003900370035003000330031003700" "3000360031003900"  # 号码
    + "6C51895B405C" + "2000" * 12  # 签发机关
    + "32003000310038003000360030003500"  # 有效期起
    + "32003000330038003000360030003500"  # 有效期止
    + "2000" * 18  # 预留
)  # fmt: skip
WANG = ResidentIdCard(
    name="王建国",
    number=people.WANG.id_number,
    sex=Sex.MALE,
    birth=date(1975, 3, 17),
    valid_from=date(2018, 6, 5),
    valid_until=date(2038, 6, 5),
    nation="01",
    address="陕西省铜川市",
    issuer="公安局",
)


def wide(text: str, size: int) -> bytes:
    """UTF-16LE, filled up with spaces to ``size`` bytes."""
    data = text.encode("utf-16-le")
    assert len(data) <= size
    return data + b"\x20\x00" * ((size - len(data)) // 2)


def record(*items: tuple[str, int]) -> bytes:
    data = b"".join(wide(text, size) for text, size in items)
    assert len(data) == 256
    return data


def resident_text(**changes: str) -> bytes:
    """The record of 李秀英, whose card is for life, with some items changed."""
    items = {
        "name": "李秀英",
        "sex": "2",
        "nation": "01",
        "birth": "19480906",
        "address": "陕西省铜川市印台区同官路3号院1单元201室",
        "number": people.LI.id_number,
        "issuer": "铜川市公安局印台分局",
        "valid_from": "20090114",
        "valid_until": "长期",
        "reserved": "",
        "letter": "",
        "rest": "",
    } | changes
    sizes = (30, 2, 4, 16, 70, 36, 30, 16, 16, 28, 2, 6)
    return record(*zip(items.values(), sizes, strict=True))


LI = ResidentIdCard(
    name="李秀英",
    number=people.LI.id_number,
    sex=Sex.FEMALE,
    birth=date(1948, 9, 6),
    valid_from=date(2009, 1, 14),
    valid_until=None,
    nation="01",
    address="陕西省铜川市印台区同官路3号院1单元201室",
    issuer="铜川市公安局印台分局",
)

PERMIT_TEXT = record(
    ("梁嘉欣", 30),
    ("2", 2),
    ("", 4),
    ("18910412", 16),
    ("陕西省铜川市新区长虹北路1号", 70),
    ("810000189104120043", 36),
    ("铜川市公安局新区分局", 30),
    ("20230301", 16),
    ("20280301", 16),
    ("H99999999", 18),
    ("01", 4),
    ("", 6),
    ("J", 2),
    ("", 6),
)
PERMIT = ResidencePermit(
    name="梁嘉欣",
    number="810000189104120043",
    sex=Sex.FEMALE,
    birth=date(1891, 4, 12),
    valid_from=date(2023, 3, 1),
    valid_until=date(2028, 3, 1),
    address="陕西省铜川市新区长虹北路1号",
    issuer="铜川市公安局新区分局",
    pass_number="H99999999",
    times_issued="01",
)

PERMANENT_2017_TEXT = record(
    ("EXAMPLE, ANNA MARIA", 120),
    ("2", 2),
    ("XXA999976022900", 30),
    ("XXA", 6),
    ("安娜", 30),
    ("20190520", 16),
    ("20290519", 16),
    ("19760229", 16),
    ("01", 4),
    ("9999", 8),
    ("I", 2),
    ("", 6),
)
PERMANENT_2017 = PermanentResidentCard(
    name="EXAMPLE, ANNA MARIA",
    number="XXA999976022900",
    sex=Sex.FEMALE,
    birth=date(1976, 2, 29),
    valid_from=date(2019, 5, 20),
    valid_until=date(2029, 5, 19),
    chinese_name="安娜",
    nationality="XXA",
)

PERMANENT_2023_TEXT = record(
    ("", 30),
    ("1", 2),
    ("00", 4),
    ("19910730", 16),
    ("INVENTED-EXAMPLE, JONATHAN MAXIMILI", 70),
    ("961999199107301054", 36),
    ("", 30),
    ("20240115", 16),
    ("20340114", 16),
    ("AN LEOPOLD", 22),
    ("XXA", 6),
    ("Y", 2),
    ("902", 6),
)
PERMANENT_2023 = PermanentResidentCard(
    name="INVENTED-EXAMPLE, JONATHAN MAXIMILIAN LEOPOLD",
    number="961999199107301054",
    sex=Sex.MALE,
    birth=date(1991, 7, 30),
    valid_from=date(2024, 1, 15),
    valid_until=date(2034, 1, 14),
    chinese_name="",
    nationality="XXA",
)

FOUND = bytes.fromhex("AAAAAA9669 0008 00009F 00000000 97")
NOT_FOUND = bytes.fromhex("AAAAAA9669 0004 000080 84")
SELECTED = bytes.fromhex("AAAAAA9669 000C 000090 0000000000000000 9C")


def answer_to_read(text: bytes, photo: bytes = bytes(range(256)) * 4) -> bytes:
    counted = bytes.fromhex("0508 000090 0100 0400") + text + photo
    return bytes.fromhex("AAAAAA9669") + counted + bytes([reduce(xor, counted)])


def same(one: IdCard, other: IdCard) -> bool:
    """Whether both are the same; a failing test prints them masked."""
    return type(one) is type(other) and all(
        getattr(one, field.name) == getattr(other, field.name) for field in fields(one)
    )
