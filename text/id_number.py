"""The number by which offices know a person: the forms that there are, and what each says of birth and sex.

Sources: GB 11643-1999 (公民身份号码, also that of a 港澳台居民居住证:
国办发〔2018〕81号 §3); 人社部令第16号 §10 and the
《外国人社会保障号码编制规则》; 人社部、国家医保局令第41号 §3; 外国人永久居留身份证 of 2017 and of 2023
(新版外国人永久居留身份证机读信息规则).
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from text.clean import clean_number

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"

Problem = Literal["length", "characters", "date", "checksum"]
Sex = Literal["male", "female"]

SHAPE = "[0-9]{17}[0-9Xx]|[A-Za-z]{3}[0-9][0-9A-Za-z]{1,14}|(?=[A-Za-z]*[0-9])[0-9A-Za-z]{5,9}"
"""What every one of them looks like as it may be written, a passport's number alone among them."""
_DIGITS_18 = re.compile("[0-9]{17}[0-9X]")
_BY_AGENCY = re.compile("(?:HKG|MAC|TWN)[0-9]{9}")
_FOREIGNER = re.compile("(?!HKG|MAC|TWN)[A-Z]{3}[0-9][A-Z0-9]{1,14}")
_PERMANENT_2017 = re.compile("[A-Z]{3}[0-9]{12}")
# First of all 9, then a province of the mainland: 99, as in the numbers of invented people, is none.
_PERMANENT_2023 = re.compile("9(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])")
_RESIDENCE_PERMIT = re.compile("8[123]0000")
# No longer than the machine readable zone of a passport holds (ICAO Doc 9303-4).
_PASSPORT = re.compile("(?=[A-Z]*[0-9])[A-Z0-9]{5,9}")


class NumberForm(StrEnum):
    """Whose number it is, by its form."""

    CITIZEN = "citizen"
    RESIDENCE_PERMIT = "residence-permit"
    PERMANENT_RESIDENT = "permanent-resident"
    HONG_KONG_MACAU_TAIWAN = "hong-kong-macau-taiwan"
    FOREIGNER = "foreigner"
    PASSPORT = "passport"


class IdNumberError(ValueError):
    """The number is of no form that is published; ``problem`` says why, the message never the number."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem: Problem = problem


@dataclass(frozen=True, slots=True, repr=False)
class IdNumber:
    """A number as it is kept, and what it says; ``birth`` and ``sex`` are None where it says nothing."""

    number: str
    form: NumberForm
    birth: date | None = None
    sex: Sex | None = None


def read_id_number(written: str, *, passports: bool = False) -> IdNumber:
    """Make sense of a number, in whichever case it was written.

    :param passports: a passport's number alone counts too, as some regions have it.
    :raises IdNumberError: it is of no published form. TextError: as :func:`text.clean.clean_text`.
    """
    number = clean_number(written)
    if _DIGITS_18.fullmatch(number):
        return _of_digits(number)
    if _BY_AGENCY.fullmatch(number):
        return IdNumber(number, NumberForm.HONG_KONG_MACAU_TAIWAN)
    if _FOREIGNER.fullmatch(number):
        return IdNumber(number, _form_of_letters(number))
    if passports and _PASSPORT.fullmatch(number):
        return IdNumber(number, NumberForm.PASSPORT)
    raise IdNumberError(_problem(number))


def birth_said(number: str) -> date | None:
    """Return the date of birth that a number says; None for a number that says none, or is none."""
    try:
        return read_id_number(number, passports=True).birth
    except ValueError:
        return None


def birth_of(number: str) -> date | None:
    """Return the date at its place in a number of 18 digits, or None if there is no such day.

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
    """Return the eighteenth character that belongs to the first seventeen digits (GB 11643, ISO 7064 MOD 11-2).

    >>> check_digit("99999919480101001")
    '1'
    """
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return CHECK_DIGITS[total % 11]


def permanent_resident_check(first_fourteen: str) -> str:
    """Return the fifteenth character of the number on a permanent resident's card of 2017 (weights 7, 3, 1).

    >>> permanent_resident_check("XXA99997602290")
    '0'
    """
    values = (int(character, 36) for character in first_fourteen)
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)


def _of_digits(number: str) -> IdNumber:
    born = birth_of(number)
    if born is None:
        raise IdNumberError("date")
    if check_digit(number[:17]) != number[17]:
        raise IdNumberError("checksum")
    return IdNumber(number, _form_of_digits(number), born, "male" if int(number[16]) % 2 else "female")


def _form_of_digits(number: str) -> NumberForm:
    if _PERMANENT_2023.match(number):
        return NumberForm.PERMANENT_RESIDENT
    return NumberForm.RESIDENCE_PERMIT if _RESIDENCE_PERMIT.match(number) else NumberForm.CITIZEN


def _form_of_letters(number: str) -> NumberForm:
    """Tell a permanent resident's card of 2017; its two digits of a year leave the century open."""
    checked = _PERMANENT_2017.fullmatch(number) and permanent_resident_check(number[:14]) == number[14]
    return NumberForm.PERMANENT_RESIDENT if checked else NumberForm.FOREIGNER


def _problem(number: str) -> Problem:
    if re.match("HKG|MAC|TWN", number):
        return "characters" if len(number) == 12 else "length"
    if re.match("[A-Z]{3}", number):
        return "characters" if 5 <= len(number) <= 18 else "length"
    return "characters" if len(number) == 18 else "length"
