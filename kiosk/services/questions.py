"""Questions that several answers begin with: who somebody is, in plain words, as the law tells people apart."""

from datetime import date

from kiosk.dialogue.interview import Answers, Step
from kiosk.dialogue.questions import Choose, EnterDigits, EnterMonth, FindInList, Option
from kiosk.dialogue.words import TranslatableText, _
from kiosk.rules.id_number import IdNumber, id_number
from kiosk.rules.law import Category
from kiosk.rules.periods import Month
from kiosk.services.advice import today
from kiosk.services.provinces import PARTS, PROVINCES
from kiosk.visit.visit import Visit

MALE, FEMALE = "male", "female"
SEXES = {MALE: _("男"), FEMALE: _("女")}
CATEGORIES: dict[Category, TranslatableText] = {
    "male": _("男"),
    "female55": _("女，原来55岁退休"),
    "female50": _("女，原来50岁退休"),
}
WORK = Choose(
    title=_("退休前您是怎样参保的？"),
    options=(Option("unit", _("在单位上班")), Option("flexible", _("自己缴费（灵活就业）"))),
)
MANAGER, WORKER = (
    Option("female55", _("管理、技术"), _("原来55岁退休")),
    Option("female50", _("工人"), _("原来50岁退休")),
)
POST = Choose(
    title=_("您在单位是什么岗位？"),
    options=(MANAGER, WORKER),
)
MOST_YEARS = 90
"""Nobody who asks is older than that many years before this decade."""


def known_of(visit: Visit) -> IdNumber | None:
    """Return what the number of who has shown a credential says, or None."""
    found = id_number(visit.person.id_number).result if visit.person else None
    return found if found and found.valid else None


def sex_step(visit: Visit) -> Step:
    """Ask for the sex."""
    known = known_of(visit)
    options = tuple(Option(key, label) for key, label in SEXES.items())
    asked = Choose(
        title=_("是男性还是女性？"), options=options, value=(known.sex if known and known.sex else "")
    )
    return Step("sex", lambda _answers: asked)


def category_steps(visit: Visit, post: Choose = POST) -> tuple[Step, ...]:
    """Ask for the category of the retirement ages in three plain questions, of which men answer one."""
    return (
        sex_step(visit),
        Step("work", lambda answers: WORK if answers["sex"] == FEMALE else None),
        Step("post", lambda answers: post if answers.get("work") == "unit" else None),
    )


def category_of(answers: Answers) -> Category:
    """Return the category; a flexible worker's is that of 55, which the agency may see in another way."""
    if answers["sex"] == MALE:
        return "male"
    return "female50" if answers.get("post") == WORKER.key else "female55"


def birth_step(visit: Visit) -> Step:
    """Ask for the month of birth; a credential that was shown has told it already."""
    now, known = today(), known_of(visit)
    first = date(now.year // 10 * 10 - MOST_YEARS, 1, 1)
    begins = known.birth if known and known.birth else date(now.year - 60, 1, 1)
    asked = EnterMonth(
        title=_("是哪年哪月出生的？"),
        text=_("请按身份证上的出生日期选。"),
        first=first,
        last=now.replace(day=1),
        value=max(begins.replace(day=1), first),
    )
    return Step("birth", lambda _answers: asked)


def birth_of(answers: Answers) -> Month:
    """Return the month of birth."""
    return Month.of(answers["birth"])


def months_question(title: str, text: str = "") -> EnterDigits:
    """Ask for a number of months."""
    return EnterDigits(
        title=title, text=text or _("请输入月数，一年是12个月，例如10年是120。"), shortest=1, longest=3
    )


def yuan_question(title: str, text: str = "") -> EnterDigits:
    """Ask for an amount in whole yuan."""
    return EnterDigits(title=title, text=text or _("请输入多少元，不用输角和分。"), shortest=1, longest=7)


def province_question(title: str) -> FindInList:
    """Ask for a province."""
    options = tuple(Option(code, name) for code, name in PROVINCES.items())
    return FindInList(title=title, options=options, groups=PARTS)


def choose(title: str, *options: tuple[str, str], text: str = "") -> Choose:
    """Ask for one of a few things, given as keys and labels."""
    return Choose(title=title, text=text, options=tuple(Option(*option) for option in options))
