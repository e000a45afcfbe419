"""A person's number in social insurance: which form it has, whether it can be right, what it says of birth and sex."""

from datetime import date

import msgspec
from msgspec import UNSET, UnsetType

from kiosk.rules import regions
from kiosk.rules.law import law
from kiosk.rules.stated import Answer, Basis, answer, cite, value_of
from kiosk.rules.topic import Field, Topic, any_text
from kiosk.rules.topic import region as region_field
from text.clean import TextError
from text.id_number import IdNumberError, NumberForm, Problem, Sex, read_id_number


class IdNumber(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a number says; sex and birth only of a valid one that says them.

    ``kind`` is given of one that is valid and no ordinary 公民身份号码.
    """

    valid: bool
    sex: Sex | None
    birth: date | None
    problem: Problem | None
    kind: NumberForm | UnsetType = UNSET


def id_number(number: str, region: str | None = None) -> Answer[IdNumber]:
    """Check a number and read from it what it says; in some regions a passport's number alone is one."""
    try:
        found = read_id_number(number, passports=region is not None and counts_passports(region))
    except IdNumberError as error:
        return _refused(error.problem)
    except TextError:
        return _refused("characters")
    kind = UNSET if found.form is NumberForm.CITIZEN else found.form
    result = IdNumber(True, found.sex, found.birth, None, kind)
    says = "valid" if found.birth else "valid-without-birth"
    return answer(result, _basis(found.form, region), f"id-number.{says}")


def counts_passports(region: str) -> bool:
    """Return whether a region takes a passport's number alone for a foreigner's number."""
    return value_of(regions.find(region).passport_numbers) is True


def _refused(problem: Problem) -> Answer[IdNumber]:
    basis = _basis(NumberForm.CITIZEN, None)
    return answer(IdNumber(False, None, None, problem), basis, f"id-number.{problem}")


def _basis(form: NumberForm, region: str | None) -> Basis:
    if form is NumberForm.PASSPORT and region:
        return [regions.find(region).passport_numbers]
    return [law().id_number[form], cite("regulation", "第六条")]


TOPICS = (
    Topic(
        "id-number",
        "Check a person's number: 公民身份号码, 社会保障号码 of others, and what it says",
        (
            Field("number", any_text, "the number as it was typed or read"),
            msgspec.structs.replace(region_field, required=False),
        ),
        IdNumber,
        id_number,
        {"number": "11010519491231002X"},
    ),
)
