"""算在哪里领养老金: where the pension is claimed after work in several provinces."""

from collections.abc import Iterator
from functools import partial

from kiosk.dialogue.interview import Answers, Step
from kiosk.dialogue.questions import Choose, EnterDigits, FindInList, Option
from kiosk.dialogue.words import TranslatableText, _
from kiosk.rules.benefit_place import benefit_place
from kiosk.services.advice import Advice, Part, advice_service, advise, basis_of, duration, said
from kiosk.services.provinces import PROVINCES
from kiosk.services.questions import choose, months_question, province_question
from kiosk.services.service import Conversation
from kiosk.visit.visit import Visit

MOST_PLACES = 6
NONE = "none"
HUKOU = province_question(_("户籍在哪个省？"))
MORE = choose(
    _("在这以后，还在别的省参保过吗？"), ("yes", _("还有别的省")), ("no", _("没有了，这是最后参保的省"))
)


@advice_service(
    "calc-benefit-place",
    group="retirement",
    position=4,
    label=_("算在哪里领养老金"),
    hint=_("在几个省参保过，退休时在哪个省领"),
    words=("在哪退休", "外省干过哪领", "待遇领取地", "几个省都交过", "在广东干过能回来领吗"),
)
def calc_benefit_place(visit: Visit) -> Conversation:
    """Ask for the household's province and, in order of time, up to six places with their months."""
    return (yield from advise(visit, tuple(_steps()), advice_on))


def _steps() -> Iterator[Step]:
    yield Step("hukou", lambda _answers: HUKOU)
    for number in range(MOST_PLACES):
        yield Step(f"place{number}", partial(_place, number))
        yield Step(f"months{number}", partial(_months, number))
        yield Step(f"more{number}", partial(_more, number))
    for number in range(MOST_PLACES):
        yield Step(f"temporary{number}", partial(_temporary, number))


def _place(number: int, answers: Answers) -> FindInList | None:
    if number == 0:
        return province_question(_("最早在哪个省参加职工养老保险？"))
    if answers.get(f"more{number - 1}") == "yes":
        return province_question(_("后来又在哪个省参保？"))
    return None


def _months(number: int, answers: Answers) -> EnterDigits | None:
    if f"place{number}" not in answers:
        return None
    return months_question(_("在{place}缴了多少个月？", place=_name(answers[f"place{number}"])))


def _more(number: int, answers: Answers) -> Choose | None:
    return MORE if f"months{number}" in answers and number + 1 < MOST_PLACES else None


def _temporary(number: int, answers: Answers) -> Choose | None:
    """Ask which places only held a temporary account, one after the other, until there are no more."""
    found = _temporary_accounts(answers)
    left = [code for code in dict.fromkeys(_places(answers)) if code not in found]
    if (number and answers.get(f"temporary{number - 1}", NONE) == NONE) or not left:
        return None
    return Choose(
        title=_("其中有没有只建了临时缴费账户的地方？"),
        options=(
            Option(NONE, _("没有，或者不清楚")),
            *(Option(code, PROVINCES[code]) for code in left),
        ),
    )


def advice_on(answers: Answers) -> Advice:
    """Return the place and why it is that one."""
    hukou, history = _name(answers["hukou"]), _history(answers)
    temporary = tuple(map(_name, _temporary_accounts(answers)))
    answer = benefit_place(hukou, history[-1][0], history, temporary_accounts=temporary)
    result = _("在{place}领取。", place=answer.result.place)
    given = [(_("户籍"), hukou)]
    given += [(place, duration(months)) for place, months in history]
    given += [(_("临时缴费账户"), place) for place in temporary]
    return Advice(_("在哪里领养老金"), (Part((result, said(answer))),), basis_of(answer), tuple(given))


def _history(answers: Answers) -> tuple[tuple[TranslatableText, int], ...]:
    return tuple(
        (_name(code), int(answers[f"months{number}"])) for number, code in enumerate(_places(answers))
    )


def _places(answers: Answers) -> list[str]:
    return [answers[f"place{number}"] for number in range(MOST_PLACES) if f"place{number}" in answers]


def _temporary_accounts(answers: Answers) -> list[str]:
    chosen = (answers.get(f"temporary{number}", NONE) for number in range(MOST_PLACES))
    return [code for code in chosen if code != NONE]


def _name(code: str) -> TranslatableText:
    return PROVINCES[code]
