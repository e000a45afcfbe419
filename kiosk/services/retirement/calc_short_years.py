"""缴费年限不够怎么办: how many months are missing, and the four ways on with what follows from each."""

from dataclasses import dataclass
from typing import Any

from kiosk.dialogue.interview import Answers, Step
from kiosk.dialogue.questions import Choose, EnterDigits
from kiosk.dialogue.words import _
from kiosk.rules.law import Category, law
from kiosk.rules.pension_systems import lump_sum, pension_systems, termination
from kiosk.rules.periods import Month
from kiosk.rules.retirement import minimum_contribution, retirement_age
from kiosk.rules.stated import Answer
from kiosk.services.advice import Advice, Part, advice_service, advise, basis_of, duration, said, today
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

PAID = months_question(_("职工养老保险一共缴了多少个月？"))
BEFORE, AFTER = "before", "after"
SINCE = choose(
    _("第一次参加职工养老保险是什么时候？"),
    (BEFORE, _("2011年7月1日以前")),
    (AFTER, _("2011年7月1日以后")),
)
EXTENDED = EnterDigits(
    title=_("到退休年龄以后又接着缴了几年？"),
    text=_("没有接着缴的，请输入0。"),
    shortest=1,
    longest=2,
)
AFTER_RETIREMENT_AGE = _("已经到了退休年龄，可以接着缴到够，缴够以后再领养老金。")
BEFORE_RETIREMENT_AGE = _("现在接着缴，能多缴一个月就少差一个月。到退休年龄还不够的，可以再接着缴到够。")
LUMP_SUM_LATER = _(
    "2011年7月1日以前参保、到退休年龄以后又接着缴5年还不够的，才可能一次补齐。现在还没有到退休年龄。"
)
RESIDENT = _("转过去以后按居民养老保险领，到居民养老保险的待遇领取地申请。")


@advice_service(
    "calc-short-years",
    group="retirement",
    position=3,
    label=_("缴费年限不够怎么办"),
    hint=_("还差几个月，四种办法各有什么后果"),
    words=(
        "没交够15年",
        "差两年咋办",
        "一次补齐",
        "补缴",
        "最低缴费年限",
        "交够几年才行",
        "60了没交够咋办",
        "不交了能退钱不",
    ),
)
def calc_short_years(visit: Visit) -> Conversation:
    """Ask for category, birth and months paid; of who is short at the age, also what the lump sum depends on."""
    steps = (
        *category_steps(visit),
        birth_step(visit),
        Step("paid", lambda _answers: PAID),
        Step("since", _since),
        Step("extended", lambda answers: EXTENDED if answers.get("since") == BEFORE else None),
    )
    return (yield from advise(visit, steps, advice_on))


@dataclass(frozen=True)
class Standing:
    """What somebody has reached: the month of retirement, and months paid and needed."""

    category: Category
    birth: Month
    retires: Month
    paid: int
    needed: int

    @property
    def is_short(self) -> bool:
        """Return whether months are missing."""
        return self.paid < self.needed

    @property
    def age_reached(self) -> bool:
        """Return whether the month of retirement has come."""
        return Month.of(today()) >= self.retires


def _standing(answers: Answers) -> Standing:
    category, birth = category_of(answers), birth_of(answers)
    retires = retirement_age(category, birth).result.month
    needed = minimum_contribution(retires.year).result.months
    return Standing(category, birth, retires, int(answers["paid"]), needed)


def _since(answers: Answers) -> Choose | None:
    standing = _standing(answers)
    return SINCE if standing.is_short and standing.age_reached else None


def advice_on(answers: Answers) -> Advice:
    """Return what is missing, and each way on."""
    standing = _standing(answers)
    age = retirement_age(standing.category, standing.birth)
    minimum = minimum_contribution(standing.retires.year)
    used: list[Answer[Any]] = [age, minimum]
    parts = [Part((_balance(standing), said(age), said(minimum)))]
    if standing.is_short:
        lump, resident, ending = _lump_sum(standing, answers), _resident(standing), termination(())
        used += [answer for answer in (lump, resident, ending) if answer]
        parts += [
            Part((AFTER_RETIREMENT_AGE if standing.age_reached else BEFORE_RETIREMENT_AGE,), _("一、接着缴")),
            Part((said(lump) if lump else LUMP_SUM_LATER,), _("二、一次补齐")),
            Part((said(resident), RESIDENT), _("三、转居民养老")),
            Part(_four_steps(), _("四、书面终止")),
        ]
    return Advice(_("缴费年限够不够"), tuple(parts), basis_of(*used), _given(standing))


def _balance(standing: Standing) -> str:
    paid, needed = duration(standing.paid), duration(standing.needed)
    if not standing.is_short:
        return _("已经够了：缴了{paid}，要{needed}。", paid=paid, needed=needed)
    missing = duration(standing.needed - standing.paid)
    return _("还差{missing}：缴了{paid}，要{needed}。", missing=missing, paid=paid, needed=needed)


def _lump_sum(standing: Standing, answers: Answers) -> Answer[Any] | None:
    if "since" not in answers:
        return None
    insured_before = Month.of(law().lump_sum.insured_before.value)
    first = insured_before.plus(-1) if answers["since"] == BEFORE else insured_before
    extended = int(answers.get("extended", "0"))
    return lump_sum(first, extended, standing.paid, retirement_month=standing.retires)


def _resident(standing: Standing) -> Answer[Any]:
    return pension_systems(
        standing.age_reached, standing.paid, already_receiving=False, retirement_month=standing.retires
    )


def _four_steps() -> tuple[str, ...]:
    procedure = law().termination.procedure.value
    # The law's file has the steps as text.
    return tuple(said(termination(procedure[:done])) for done in range(len(procedure)))  # type: ignore[arg-type]


def _given(standing: Standing) -> tuple[tuple[str, str], ...]:
    return (
        (_("类别"), CATEGORIES[standing.category]),
        (_("出生年月"), str(standing.birth)),
        (_("缴费月数"), str(standing.paid)),
    )
