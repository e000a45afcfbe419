"""The citizen's ID number (公民身份号码): shape, date, check digit. Abolished address codes are accepted."""

import re
from datetime import date
from typing import Literal

import msgspec

from kiosk.rules.stated import Answer, answer, cite
from kiosk.rules.topic import Field, Topic, any_text

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"

Problem = Literal["length", "characters", "date", "checksum"]


class IdNumber(msgspec.Struct, frozen=True):
    """What an ID number says; sex and birth only of a valid one."""

    valid: bool
    sex: Literal["male", "female"] | None
    birth: date | None
    problem: Problem | None


def id_number(number: str) -> Answer[IdNumber]:
    """Check an ID number and read sex and date of birth from it."""
    problem = _problem(number)
    if problem:
        result = IdNumber(False, None, None, problem)
    else:
        result = IdNumber(True, "male" if int(number[16]) % 2 else "female", birth_of(number), None)
    basis = (cite("id-number", "号码的结构"), cite("regulation", "第六条"))
    return answer(result, basis, f"id-number.{problem or 'valid'}")


def birth_of(number: str) -> date | None:
    """Return the date of birth in an 18-character number, or None if there is no such day.

    >>> str(birth_of("99999919480229001X"))
    '1948-02-29'
    >>> birth_of("99999919490229001X") is None
    True
    """
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def check_digit(digits: str) -> str:
    """Return the eighteenth character that belongs to the first seventeen digits.

    >>> check_digit("99999919480101001")
    '1'
    """
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return CHECK_DIGITS[total % 11]


def _problem(number: str) -> Problem | None:
    if len(number) != 18:
        return "length"
    if not re.fullmatch(r"[0-9]{17}[0-9Xx]", number):
        return "characters"
    if birth_of(number) is None:
        return "date"
    return None if check_digit(number[:17]) == number[17].upper() else "checksum"


TOPICS = (
    Topic(
        "id-number",
        "Check a citizen's ID number (公民身份号码)",
        (Field("number", any_text, "the number as it was typed or read"),),
        IdNumber,
        id_number,
        {"number": "11010519491231002X"},
    ),
)
