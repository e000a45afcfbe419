"""算弹性退休: between which months one may choose, and until when the unit must be told."""

from kiosk.dialogue.interview import Answers, Step
from kiosk.dialogue.questions import EnterMonth
from kiosk.dialogue.words import _
from kiosk.rules.law import law
from kiosk.rules.periods import Month
from kiosk.rules.retirement import ElasticRetirement, elastic_retirement, notice_day
from kiosk.services.advice import Advice, Part, advice_service, advise, basis_of, said
from kiosk.services.questions import (
    CATEGORIES,
    birth_of,
    birth_step,
    category_of,
    category_steps,
    months_question,
)
from kiosk.services.service import Conversation
from kiosk.visit.visit import Visit

PAID = months_question(_("到那时一共缴了多少个月的养老保险？"))


@advice_service(
    "calc-elastic",
    group="retirement",
    position=2,
    label=_("算弹性退休"),
    hint=_("最早、最晚可以什么时候退，什么时候告知单位"),
    words=("弹性退休", "提前退休行不", "晚几年退", "到岁数还想干", "早点退"),
)
def calc_elastic(visit: Visit) -> Conversation:
    """Ask for category, birth and the month that is wished for, and judge it."""
    steps = (
        *category_steps(visit),
        birth_step(visit),
        Step("chosen", _chosen),
        Step("paid", lambda answers: PAID if "chosen" in answers else None),
    )
    return (yield from advise(visit, steps, advice_on))


def _chosen(answers: Answers) -> EnterMonth | None:
    span = elastic_retirement(category_of(answers), birth_of(answers))
    earliest = max(span.result.earliest, Month.of(law().elastic.months.since))
    if earliest > span.result.latest:
        return None
    return EnterMonth(
        title=_("您想在哪年哪月退休？"),
        text=said(span),
        first=earliest.first_day,
        last=span.result.latest.first_day,
        value=max(span.result.statutory, earliest).first_day,
    )


def advice_on(answers: Answers) -> Advice:
    """Return whether the month may be chosen, the three months, and the last day of the notice."""
    category, birth = category_of(answers), birth_of(answers)
    given = ((_("类别"), CATEGORIES[category]), (_("出生年月"), str(birth)))
    question = _("弹性退休：什么时候可以退")
    if "chosen" not in answers:
        answer = elastic_retirement(category, birth)
        return Advice(question, (Part((said(answer),)),), basis_of(answer), given)
    chosen = Month.of(answers["chosen"])
    answer = elastic_retirement(category, birth, chosen=chosen, paid_months=int(answers["paid"]))
    told = (_("想退休的年月"), str(chosen)), (_("缴费月数"), answers["paid"])
    parts = (Part((said(answer),)), *_notice(answer.result, chosen), _months(answer.result))
    return Advice(question, parts, basis_of(answer), (*given, *told))


def _notice(span: ElasticRetirement, chosen: Month) -> tuple[Part, ...]:
    day = notice_day(span, chosen)
    if day is None:
        return ()
    early = _("提前退休：最晚在{day}书面告知单位。", day=str(day))
    late = _("延迟退休：最晚在{day}和单位书面约定。", day=str(day))
    return (Part((early if chosen < span.statutory else late,), _("什么时候告知")),)


def _months(span: ElasticRetirement) -> Part:
    sentence = _(
        "最早{earliest}，法定{statutory}，最晚{latest}。要累计缴费满{required}个月。",
        earliest=str(span.earliest),
        statutory=str(span.statutory),
        latest=str(span.latest),
        required=str(span.required_months),
    )
    return Part((sentence,), _("可以选的时间"))
