"""居民和职工养老怎么转: which way the pension relation may be moved, where, and what comes first."""

from kiosk.dialogue.interview import Answers, Step
from kiosk.dialogue.words import _
from kiosk.rules.pension_systems import PensionSystems, pension_systems
from kiosk.rules.periods import Month
from kiosk.rules.retirement import retirement_age
from kiosk.services.advice import Advice, Part, advice_service, advise, basis_of, said, today
from kiosk.services.questions import (
    CATEGORIES,
    birth_of,
    birth_step,
    category_of,
    category_steps,
    choose,
    months_question,
)
from kiosk.services.service import Conversation
from kiosk.visit.visit import Visit

RECEIVING = choose(_("已经在领职工或居民的养老金吗？"), ("no", _("没有领")), ("yes", _("已经在领")))
PAID = months_question(_("职工养老保险一共缴了多少个月？"))
PLACES = choose(_("职工养老保险在几个地方缴过？"), ("one", _("一个地方")), ("several", _("两个以上的地方")))
SEVERAL = ("here", "elsewhere")
"""The rule only asks whether there is more than one place."""
APPLY_AT = {
    "employee-benefit-place": _("向职工养老保险的待遇领取地申请。"),
    "resident-benefit-place": _("向居民养老保险的待遇领取地申请。"),
}
GATHER_FIRST = _("先把各地的职工养老保险关系归到待遇领取地，再办理。")


@advice_service(
    "calc-pension-systems",
    group="transfer",
    position=2,
    label=_("居民和职工养老怎么转"),
    hint=_("两种养老保险之间能不能转，往哪边转，到哪里办"),
    words=("农保转职保", "居民转职工", "职工转居民", "两个合一起", "城乡养老保险衔接"),
)
def calc_pension_systems(visit: Visit) -> Conversation:
    """Ask what decides it: a pension already, age, months paid, and how many places."""
    steps = (
        *category_steps(visit),
        birth_step(visit),
        Step("paid", lambda _answers: PAID),
        Step("places", lambda _answers: PLACES),
    )
    steps = (Step("receiving", lambda _answers: RECEIVING), *map(_unless_receiving, steps))
    return (yield from advise(visit, steps, advice_on))


def _unless_receiving(step: Step) -> Step:
    return Step(
        step.name, lambda answers: step.ask(answers) if answers["receiving"] == "no" else None, step.problem
    )


def advice_on(answers: Answers) -> Advice:
    """Return the direction, the place, what comes first, and what else is possible."""
    question = _("居民和职工养老怎么转")
    if answers["receiving"] == "yes":
        answer = pension_systems(age_reached=True, employee_months=0, already_receiving=True)
        return Advice(question, (Part((said(answer),)),), basis_of(answer), ((_("养老金"), _("已经在领")),))
    category, birth = category_of(answers), birth_of(answers)
    retires = retirement_age(category, birth)
    month = retires.result.month
    answer = pension_systems(
        Month.of(today()) >= month,
        int(answers["paid"]),
        already_receiving=False,
        places=SEVERAL if answers["places"] == "several" else (),
        retirement_month=month,
    )
    given = (
        (_("类别"), CATEGORIES[category]),
        (_("出生年月"), str(birth)),
        (_("职工养老缴费月数"), answers["paid"]),
    )
    parts = (Part((said(answer), said(retires))), *_where(answer.result))
    return Advice(question, parts, basis_of(answer, retires), given)


def _where(result: PensionSystems) -> tuple[Part, ...]:
    if result.apply_at is None:
        return ()
    first = (GATHER_FIRST,) if result.first else ()
    return (Part((*first, APPLY_AT[result.apply_at]), _("到哪里办")),)
