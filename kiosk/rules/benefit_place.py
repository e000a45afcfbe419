"""Where a pension is claimed after work in several places (待遇领取地): four rules."""

import msgspec

from kiosk.rules.law import law
from kiosk.rules.stated import Answer, answer
from kiosk.rules.topic import Field, Topic, list_of, pair, text, whole

History = tuple[tuple[str, int], ...]


class BenefitPlace(msgspec.Struct, frozen=True):
    """The place that pays the pension, and which of the four rules says so."""

    place: str
    rule: int


def benefit_place(
    hukou: str, last_place: str, history: History, *, temporary_accounts: tuple[str, ...] = ()
) -> Answer[BenefitPlace]:
    """Return the place of claim; ``history`` is (place, months) in order of time.

    Months in one place are added up. Places that only hold a temporary account do not count.
    """
    counted = tuple(entry for entry in history if entry[0] not in temporary_accounts)
    last = last_place if last_place not in temporary_accounts else (counted[-1][0] if counted else hukou)
    result = _decide(hukou, last, counted)
    rule = law().benefit_place
    basis = (rule.months, rule.temporary_accounts if temporary_accounts else None)
    return answer(result, basis, f"benefit-place.rule-{result.rule}", place=result.place)


def _decide(hukou: str, last: str, history: History) -> BenefitPlace:
    if last == hukou:
        return BenefitPlace(hukou, 1)
    months: dict[str, int] = {}
    for place, paid in history:
        months[place] = months.get(place, 0) + paid
    long_enough = [place for place, _ in history if months[place] >= law().benefit_place.months.value]
    if last in long_enough:
        return BenefitPlace(last, 2)
    return BenefitPlace(long_enough[-1], 3) if long_enough else BenefitPlace(hukou, 4)


TOPICS = (
    Topic(
        "benefit-place",
        "Where the pension is claimed (待遇领取地)",
        (
            Field("hukou", text, "place of household registration"),
            Field("last_place", text, "last place of insurance"),
            Field("history", list_of(pair(text, whole(0, 1200))), "places and months, in order of time"),
            Field(
                "temporary_accounts",
                list_of(text),
                "places that only hold a temporary account",
                required=False,
            ),
        ),
        BenefitPlace,
        benefit_place,
        {"hukou": "610200", "last_place": "420100", "history": [["440200", 130], ["420100", 60]]},
    ),
)
