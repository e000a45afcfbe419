"""单位缴费为什么还不能交: the clock of a collection plan, or where the tax office collects now."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kiosk.dialogue.interview import Answers, Step
from kiosk.dialogue.questions import Choose, EnterDate, EnterMonth, Option, Question
from kiosk.dialogue.words import TranslatableText, _
from kiosk.rules.collection_plan import CollectionPlan, collection_plan, contribution_process
from kiosk.rules.law import law
from kiosk.rules.periods import BEIJING, Month
from kiosk.rules.stated import Answer, Citation
from kiosk.services.advice import Advice, Part, advice_service, advise, basis_of, said, today
from kiosk.services.questions import choose
from kiosk.services.service import Conversation
from kiosk.visit.visit import Visit

DECLARE, PAY, CANCEL, UNPAID = "declare", "pay", "cancel", "unpaid"
TOPICS: Mapping[str, TranslatableText] = {
    PAY: _("何时能缴"),
    DECLARE: _("能不能申报"),
    CANCEL: _("能不能撤销"),
    UNPAID: _("月底没有缴"),
}
TOPIC = choose(_("您想问什么？"), *TOPICS.items())
SIX_STEPS = _("①经办机构缴费核定→②社保共享平台→③税务共享平台→④税务业务系统缴费申报→⑤税务部门开票→⑥扣款缴费。")
BOTH_CLOCKS = _("每月1日0时到22日24时可以申报；已经生成的计划，当月月底以前都可以缴费。")
TAX = _("单位直接向税务部门申报缴费，不再等社保推送。看不到或者金额不对的，请问税务部门。")
TAX_MEANWHILE = _("2024年4月1日起由税务部门征收，请以税务部门为准。")


@advice_service(
    "unit-payment-help",
    group="contributions",
    position=4,
    label=_("单位缴费为什么还不能交"),
    hint=_("推送时间、申报时间、撤销，给单位的经办人"),
    words=("税务上缴不了", "几号截止", "撤销计划", "为啥还不能交", "推送了没", "征集计划", "几号前报社保"),
)
def unit_payment_help(visit: Visit) -> Conversation:
    """Ask what is unclear and when the plan was made, and read the clock."""
    steps = (
        Step("topic", lambda _answers: TOPIC),
        Step("month", lambda answers: _month() if answers["topic"] == UNPAID else None),
        Step("day", lambda answers: _day(answers["topic"]) if answers["topic"] != UNPAID else None),
        Step("hours", lambda answers: _hours(answers, visit.region)),
    )
    return (yield from advise(visit, steps, lambda answers: advice_on(answers, visit.region)))


def _month() -> EnterMonth:
    now = today().replace(day=1)
    first = law().collection_plan.last_day.since.replace(day=1)
    return EnterMonth(title=_("没有缴的是哪个月的计划？"), first=first, last=now, value=now)


def _day(topic: str) -> EnterDate:
    title = _("想在哪一天申报？") if topic == DECLARE else _("征集计划是哪一天生成的？")
    first, now = law().collection_plan.last_day.since, today()
    last = now + timedelta(days=31) if topic == DECLARE else now
    return EnterDate(title=title, first=first, last=last, value=now)


@dataclass(frozen=True)
class Hours:
    """The hours of a day between two pushes."""

    start: int
    end: int

    @property
    def label(self) -> TranslatableText:
        """What they are called."""
        return _("{start}点到{end}点", start=str(self.start), end=str(self.end))


def _between_pushes() -> Iterator[Hours]:
    start = 0
    for end in law().collection_plan.push_hours.value:
        yield Hours(start, end)
        start = end


def _hours(answers: Answers, region: str) -> Question | None:
    """Ask between which pushes the plan was made, of those that have begun; only where the agency collects."""
    if answers["topic"] not in (PAY, CANCEL) or not _agency_collects(region, answers["day"]):
        return None
    begun = [hours for hours in _between_pushes() if _at(answers["day"], hours.start) <= _now()]
    options = tuple(Option(str(hours.start), hours.label) for hours in begun)
    return Choose(title=_("是几点生成的？"), options=options)


def advice_on(answers: Answers, region: str) -> Advice:
    """Return what the clock says, the clock itself in words, and the way that the data takes."""
    answer = ASK[answers["topic"]](answers, region)
    day = answers.get("day", today())
    if _agency_collects(region, day):
        parts = [
            Part((said(answer), BOTH_CLOCKS)),
            Part((_clock(),), _("每天推送的时间")),
            Part((SIX_STEPS,), _("六个步骤")),
        ]
        extra = _tax_meanwhile(region, day)
        parts += [Part((TAX_MEANWHILE,), _("请注意"))] if extra else []
        basis = (*basis_of(answer), law().collection_plan.push_hours.citation, *extra)
    else:
        is_tax = contribution_process(region, day) is not None
        parts = [Part((said(answer), TAX) if is_tax else (said(answer),))]
        basis = basis_of(answer)
    return Advice(_("单位缴费"), tuple(parts), tuple(dict.fromkeys(basis)), _given(answers))


def _clock() -> str:
    law_of_plan = law().collection_plan
    hours = tuple(_("{hour}点", hour=str(hour)) for hour in law_of_plan.push_hours.value)
    later = str(law_of_plan.payable_hours.value)
    return _("每天{hours}推送，推送后大约{later}小时可以缴费。", hours=hours, later=later)


def _declare(answers: Answers, region: str) -> Answer[CollectionPlan]:
    return collection_plan(declare_at=_at(answers["day"], 12), region=region)


def _pay(answers: Answers, region: str) -> Answer[CollectionPlan]:
    return collection_plan(generated_at=_generated(answers), region=region)


def _cancel(answers: Answers, region: str) -> Answer[CollectionPlan]:
    return collection_plan(generated_at=_generated(answers), cancel_at=_now(), region=region)


def _unpaid(answers: Answers, region: str) -> Answer[CollectionPlan]:
    return collection_plan(plan_month=Month.of(answers["month"]), unpaid_on=today(), region=region)


ASK: Mapping[str, Callable[[Answers, str], Answer[CollectionPlan]]] = {
    DECLARE: _declare,
    PAY: _pay,
    CANCEL: _cancel,
    UNPAID: _unpaid,
}


def _generated(answers: Answers) -> datetime:
    return _at(answers["day"], int(answers.get("hours", "0")))


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), BEIJING)


def _now() -> datetime:
    return datetime.now(BEIJING)


def _agency_collects(region: str, day: date) -> bool:
    process = contribution_process(region, day)
    return process is not None and process.value == "agency"


def _tax_meanwhile(region: str, day: date) -> tuple[Citation, ...]:
    """Return what says that the tax offices of the province collect already, where this region's pack does not."""
    province = contribution_process(f"{region[:2]}0000", day)
    return (province.citation,) if province and province.value == "tax" else ()


def _given(answers: Answers) -> tuple[tuple[str, str], ...]:
    given: list[tuple[str, str]] = [(_("您问的"), TOPICS[answers["topic"]])]
    if "day" in answers:
        given.append((_("日期"), str(answers["day"])))
    if "hours" in answers:
        hours = next(each for each in _between_pushes() if str(each.start) == answers["hours"])
        given.append((_("时间"), hours.label))
    if "month" in answers:
        given.append((_("计划的月份"), str(Month.of(answers["month"]))))
    return tuple(given)
