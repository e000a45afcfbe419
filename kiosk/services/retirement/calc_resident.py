"""居民养老能不能领: the conditions of the resident pension, with the years that were paid late."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial

from kiosk.dialogue.interview import Answers, Step
from kiosk.dialogue.questions import Choose, EnterDigits, EnterMonth
from kiosk.dialogue.words import _
from kiosk.rules.contacts import contacts
from kiosk.rules.law import law
from kiosk.rules.periods import Month
from kiosk.rules.resident_pension import ResidentPension, resident_pension
from kiosk.services.advice import Advice, Part, advice_service, advise, basis_of, said, today
from kiosk.services.questions import birth_of, birth_step, choose
from kiosk.services.service import Conversation
from kiosk.visit.visit import Visit

MOST_GAPS = 6
GRADES = {"none": _("没有"), "1": _("一级"), "2": _("二级"), "3": _("三级"), "4": _("四级")}
OTHER_PENSION = choose(_("在领职工、机关等别的养老金吗？"), ("no", _("没有领")), ("yes", _("在领")))
GRADE = choose(_("有残疾证吗？是几级？"), *GRADES.items())
HAS_PAID = choose(_("居民养老保险缴过费吗？"), ("yes", _("缴过")), ("no", _("没有缴过")))
GAP = choose(_("中间有没有哪一年没有按时缴？"), ("no", _("没有，每年都按时缴了")), ("yes", _("有")))
ANOTHER_GAP = choose(_("还有别的年没有按时缴吗？"), ("no", _("没有了")), ("yes", _("还有")))
BACKPAID = choose(_("那一年的后来补缴了吗？"), ("no", _("没有补缴")), ("yes", _("补缴了")))
LOCAL = _("居民养老保险的缴费档次和待遇各地不同，请问村（社区）或经办机构。")


@advice_service(
    "calc-resident",
    group="retirement",
    position=5,
    label=_("居民养老能不能领"),
    hint=_("年龄、缴费年限够不够，从哪个月起领"),
    words=("农村养老咋领", "满60没交过", "居民养老保险", "农保啥时候领", "差几年要补"),
)
def calc_resident(visit: Visit) -> Conversation:
    """Ask for birth, other pensions, disability, and which years were paid, when."""
    steps = tuple(_steps(visit))
    return (yield from advise(visit, steps, lambda answers: advice_on(answers, visit.region)))


def _steps(visit: Visit) -> Iterator[Step]:
    yield birth_step(visit)
    yield Step("other", lambda _answers: OTHER_PENSION)
    yield Step("grade", lambda _answers: GRADE)
    yield Step("has_paid", lambda _answers: HAS_PAID)
    yield Step(
        "first", lambda answers: _year(_("从哪一年开始缴的？")) if _paid(answers) else None, _wrong_year
    )
    yield Step("last", lambda answers: _year(_("最近缴到哪一年？")) if _paid(answers) else None, _wrong_last)
    for number in range(MOST_GAPS):
        yield Step(f"gap{number}", partial(_gap, number))
        yield Step(f"year{number}", partial(_gap_year, number), _wrong_gap)
        yield Step(f"backpaid{number}", partial(_backpaid, number))
        yield Step(f"when{number}", partial(_when, number))


def _paid(answers: Answers) -> bool:
    return bool(answers["has_paid"] == "yes")


def _year(title: str) -> EnterDigits:
    text = _("请输入年份，四位数，从{first}年起。", first=str(law().resident_pension.start_year.value))
    return EnterDigits(title=title, text=text, shortest=4, longest=4)


def _wrong_year(_answers: Answers, year: str) -> str:
    first, last = law().resident_pension.start_year.value, today().year
    if first <= int(year) <= last:
        return ""
    return _("请输入{first}年到{last}年之间的年份。", first=str(first), last=str(last))


def _wrong_last(answers: Answers, year: str) -> str:
    return _wrong_year(answers, year) or (_("不会早于开始缴的那一年。") if year < answers["first"] else "")


def _wrong_gap(answers: Answers, year: str) -> str:
    if answers["first"] <= year <= answers["last"]:
        return ""
    between = {"first": answers["first"], "last": answers["last"]}
    return _("请输入{first}年到{last}年之间的年份。", **between)


def _gap(number: int, answers: Answers) -> Choose | None:
    if "last" not in answers or (number and answers.get(f"gap{number - 1}") != "yes"):
        return None
    return ANOTHER_GAP if number else GAP


def _gap_year(number: int, answers: Answers) -> EnterDigits | None:
    return _year(_("哪一年没有按时缴？")) if answers.get(f"gap{number}") == "yes" else None


def _backpaid(number: int, answers: Answers) -> Choose | None:
    return BACKPAID if f"year{number}" in answers else None


def _when(number: int, answers: Answers) -> EnterMonth | None:
    if answers.get(f"backpaid{number}") != "yes":
        return None
    now, year = today().replace(day=1), int(answers[f"year{number}"])
    title = _("{year}年的是哪年哪月补缴的？", year=str(year))
    return EnterMonth(title=title, first=date(year, 1, 1), last=now, value=now)


def advice_on(answers: Answers, region: str) -> Advice:
    """Return whether the conditions are met, from which month, and which years are missing."""
    grade = None if answers["grade"] == "none" else int(answers["grade"])
    answer = resident_pension(
        birth_of(answers),
        Month.of(today()),
        _paid_years(answers),
        backpaid=_backpaid_years(answers),
        receives_other_pension=answers["other"] == "yes",
        disability_grade=grade,
        region=region,
    )
    parts = (Part((said(answer), _years(answer.result))), Part((LOCAL, *_publicity(region)), _("请注意")))
    return Advice(_("居民养老能不能领"), parts, basis_of(answer), _given(answers))


def _years(result: ResidentPension) -> str:
    values = {"age": str(result.pension_age), "paid": str(result.paid), "needed": str(result.needed)}
    return _("领取年龄是{age}周岁，要缴{needed}年，算数的有{paid}年。", **values)


def _publicity(region: str) -> tuple[str, ...]:
    """Return whom to tell of somebody who is paid wrongly, where the region has a number for it."""
    phone = contacts(region).result.others.get("居民养老保险举报电话")
    return (_("居民养老保险举报电话：{phone}。", phone=phone),) if phone else ()


def _paid_years(answers: Answers) -> tuple[int, ...]:
    if not _paid(answers):
        return ()
    gaps = {int(answers[f"year{number}"]) for number in range(MOST_GAPS) if f"year{number}" in answers}
    return tuple(year for year in range(int(answers["first"]), int(answers["last"]) + 1) if year not in gaps)


def _backpaid_years(answers: Answers) -> Mapping[int, Month]:
    return {
        int(answers[f"year{number}"]): Month.of(answers[f"when{number}"])
        for number in range(MOST_GAPS)
        if f"when{number}" in answers
    }


def _given(answers: Answers) -> tuple[tuple[str, str], ...]:
    given = [
        (_("出生年月"), str(birth_of(answers))),
        (_("别的养老金"), _("在领") if answers["other"] == "yes" else _("没有领")),
        (_("残疾等级"), GRADES[answers["grade"]]),
    ]
    if _paid(answers):
        given.append((_("缴费年份"), _("{first}年到{last}年", first=answers["first"], last=answers["last"])))
    backpaid = _backpaid_years(answers)
    for number in range(MOST_GAPS):
        if year := answers.get(f"year{number}"):
            when = backpaid.get(int(year))
            late = _("{month}补缴", month=str(when)) if when else _("没有补缴")
            given.append((_("{year}年没有按时缴", year=year), late))
    return tuple(given)
