"""参保人去世了怎么办: what the family may claim, who pays it, and until when the agency is told."""

from datetime import date
from decimal import Decimal

from msgspec import UNSET, UnsetType

from kiosk.dialogue.interview import Answers, Step
from kiosk.dialogue.questions import Choose, EnterDate, EnterDigits
from kiosk.dialogue.words import TranslatableText, _
from kiosk.rules.death_benefits import DeathBenefits, death_benefits
from kiosk.rules.stated import cite
from kiosk.services.advice import Advice, Part, advice_service, advise, basis_of, said, today
from kiosk.services.questions import choose, months_question
from kiosk.services.service import Conversation
from kiosk.visit.visit import Visit

SINCE_THE_LAW = date(2011, 7, 1)
LIVING = {"no": _("还没有退休"), "yes": _("已经在领养老金")}
CAUSES = {
    "illness": _("生病"),
    "non-work-injury": _("意外"),
    "work-injury": _("因工（工伤）"),
}
RETIRED = choose(_("去世的人退休了吗？"), *LIVING.items())
CAUSE = choose(_("是什么原因去世的？"), *CAUSES.items())
SAME_DAY = choose(_("受伤和去世是同一天吗？"), ("yes", _("同一天")), ("no", _("不是同一天")))
KNOWS = choose(_("知道他一共缴了多少个月的养老保险吗？"), ("no", _("不清楚")), ("yes", _("知道")))
PAID = months_question(_("一共缴了多少个月？"))
OVERPAID = _("去世以后多发的养老金要退回。")
PAPERS = _("要带的材料，规定没有写明；法律法规没有依据的证明，经办机构不得要求提供。")


@advice_service(
    "death-help",
    group="retirement",
    position=7,
    label=_("参保人去世了怎么办"),
    hint=_("账户继承、丧葬补助金、抚恤金，什么时候告诉经办机构"),
    words=(
        "人没了咋办",
        "丧葬费",
        "抚恤金",
        "老人去世停养老金",
        "人没了钱能退吗",
        "能继承不",
        "在职去世赔多少",
    ),
)
def death_help(visit: Visit) -> Conversation:
    """Ask whether a pension was paid, the cause, the day, and what the amounts depend on."""
    steps = (
        Step("retired", lambda _answers: RETIRED),
        Step("cause", lambda _answers: CAUSE),
        Step("died", lambda _answers: _day(_("是哪一天去世的？"), today())),
        Step("same_day", lambda answers: SAME_DAY if answers["cause"] == "work-injury" else None),
        Step("injured", _injured),
        Step("knows", _knows),
        Step("paid", _paid),
    )
    return (yield from advise(visit, steps, lambda answers: advice_on(answers, visit.region)))


def _day(title: str, last: date) -> EnterDate:
    return EnterDate(title=title, first=SINCE_THE_LAW, last=last, value=last)


def _injured(answers: Answers) -> EnterDate | None:
    return _day(_("是哪一天受伤的？"), answers["died"]) if answers.get("same_day") == "no" else None


def _knows(answers: Answers) -> Choose | None:
    return KNOWS if answers["retired"] == "no" and answers["cause"] != "work-injury" else None


def _paid(answers: Answers) -> EnterDigits | None:
    return PAID if answers.get("knows") == "yes" else None


def advice_on(answers: Answers, region: str) -> Advice:
    """Return what may be claimed from whom, the amounts that the sources fix, and the day of the notice."""
    retired = answers["retired"] == "yes"
    answer = death_benefits(
        retired,
        answers["cause"],
        answers["died"],
        region=region,
        paid_months=int(answers["paid"]) if "paid" in answers else None,
        injured=answers.get("injured"),
    )
    parts = [Part((said(answer),))]
    if amounts := _amounts(answer.result):
        parts.append(Part(amounts, _("大约多少钱")))
    parts.append(Part((OVERPAID, PAPERS) if retired else (PAPERS,), _("请注意")))
    notes = (cite("regulation", "第三十一条"), *((cite("regulation", "第四十六条"),) if retired else ()))
    return Advice(_("参保人去世了怎么办"), tuple(parts), (*basis_of(answer), *notes), _given(answers))


def _amounts(result: DeathBenefits) -> tuple[str, ...]:
    """Return what the sources fix, and say of the rest that they do not."""
    lines = [
        _amount(_("丧葬补助金"), result.funeral_amount),
        _amount(_("一次性工亡补助金"), result.work_death_grant),
    ]
    if result.survivor_months is not UNSET and result.survivor_months is not None:
        lines.append(_("抚恤金：{months}个月的计发基数。", months=str(result.survivor_months)))
    lines.append(_amount(_("抚恤金"), result.survivor_amount))
    return tuple(line for line in lines if line)


def _amount(what: TranslatableText, amount: Decimal | UnsetType | None) -> str:
    if amount is UNSET:
        return ""
    if amount is None:
        return _("{what}：规定没有写明，以经办机构核定为准。", what=what)
    return _("{what}：{amount}元。", what=what, amount=f"{amount:.2f}")


def _given(answers: Answers) -> tuple[tuple[str, str], ...]:
    given = [
        (_("退休"), LIVING[answers["retired"]]),
        (_("原因"), CAUSES[answers["cause"]]),
        (_("去世日期"), str(answers["died"])),
    ]
    if "injured" in answers:
        given.append((_("受伤日期"), str(answers["injured"])))
    if "paid" in answers:
        given.append((_("缴费月数"), answers["paid"]))
    return tuple(given)
