"""灵活就业能不能参保: who may join by themselves, until which age, with which papers."""

from kiosk.dialogue.interview import Answers, Step
from kiosk.dialogue.words import _
from kiosk.rules.flexible_insurance import flexible_insurance
from kiosk.rules.periods import Month
from kiosk.services.advice import Advice, Part, advice_service, advise, basis_of, paper_names, said, today
from kiosk.services.questions import SEXES, birth_of, birth_step, choose, sex_step
from kiosk.services.service import Conversation
from kiosk.visit.visit import Visit

BY_UNIT = choose(_("现在有单位给缴养老保险吗？"), ("no", _("没有")), ("yes", _("有单位缴")))


@advice_service(
    "calc-flexible-insurance",
    group="contributions",
    position=1,
    label=_("灵活就业能不能参保"),
    hint=_("自己缴养老保险的条件和材料"),
    words=(
        "自己交社保",
        "个体户参保",
        "灵活就业参保",
        "没单位交养老",
        "辞职了社保咋办",
        "外省户口行不行",
    ),
)
def calc_flexible_insurance(visit: Visit) -> Conversation:
    """Ask for sex, birth and whether a unit pays, and tell if somebody may join here."""
    steps = (sex_step(visit), birth_step(visit), Step("by_unit", lambda _answers: BY_UNIT))
    return (yield from advise(visit, steps, lambda answers: advice_on(answers, visit.region)))


def advice_on(answers: Answers, region: str) -> Advice:
    """Return whether the person may join, and what to bring."""
    birth, by_unit = birth_of(answers), answers["by_unit"] == "yes"
    answer = flexible_insurance(region, answers["sex"], birth, Month.of(today()), insured_by_unit=by_unit)
    papers = answer.result.papers if answer.result.allowed else ()
    parts = [Part((said(answer),))]
    if papers:
        parts.append(Part((_("带{papers}，不看户籍。", papers=paper_names(papers)),), _("带什么")))
    given = (
        (_("性别"), SEXES[answers["sex"]]),
        (_("出生年月"), str(birth)),
        (_("单位缴费"), _("有单位缴") if by_unit else _("没有")),
    )
    return Advice(_("灵活就业能不能参保"), tuple(parts), basis_of(answer), given)
