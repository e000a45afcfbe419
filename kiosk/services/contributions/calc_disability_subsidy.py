"""重度残疾人代缴: what the government pays into the resident pension of the severely disabled this year."""

from decimal import Decimal

from kiosk.dialogue.interview import Answers, Step
from kiosk.dialogue.words import _
from kiosk.rules.law import law
from kiosk.rules.resident_pension import disability_subsidy
from kiosk.services.advice import Advice, Part, advice_service, advise, basis_of, said, today
from kiosk.services.questions import choose, yuan_question
from kiosk.services.service import Conversation
from kiosk.visit.visit import Visit

GRADES = {"1": _("一级"), "2": _("二级"), "3": _("三级"), "4": _("四级")}
GRADE = choose(_("残疾证上是几级？"), *GRADES.items())
OWN = choose(_("今年自己另外选档次缴费吗？"), ("no", _("不选，由政府代缴")), ("yes", _("自己选档次缴")))
TIER = yuan_question(_("自己选的档次一年缴多少元？"))
LOCAL = _("代缴和补贴的金额各地不同，以参保地当年的规定为准。")


@advice_service(
    "calc-disability-subsidy",
    group="contributions",
    position=3,
    label=_("重度残疾人代缴居民养老"),
    hint=_("政府代缴多少、补贴多少"),
    words=("残疾人代缴", "重度残疾代缴", "残疾人养老保险", "残疾证交养老"),
)
def calc_disability_subsidy(visit: Visit) -> Conversation:
    """Ask for the grade, and for the tier that the person pays alone."""
    steps = (
        Step("grade", lambda _answers: GRADE),
        Step("own", lambda _answers: OWN),
        Step("tier", lambda answers: TIER if answers["own"] == "yes" else None),
    )
    return (yield from advise(visit, steps, lambda answers: advice_on(answers, visit.region)))


def advice_on(answers: Answers, region: str) -> Advice:
    """Return what the government pays here, and from which age the pension is paid."""
    grade = int(answers["grade"])
    tier = Decimal(answers["tier"]).quantize(Decimal("0.01")) if "tier" in answers else None
    answer = disability_subsidy(today().year, grade, own_tier=tier, region=region)
    parts = [Part((said(answer),))]
    basis = basis_of(answer)
    if answer.result.subsidy is not None and grade <= law().disability.worst_grade.value:
        age = law().resident_pension.disabled_age
        parts.append(Part((_("满{age}周岁就可以领居民养老金。", age=str(age.value)),), _("几岁领")))
        basis = (*basis, age.citation)
    parts.append(Part((LOCAL,), _("请注意")))
    given = [(_("残疾等级"), GRADES[answers["grade"]])]
    if tier is not None:
        given.append((_("自己选的档次"), _("{amount}元", amount=str(tier))))
    return Advice(_("重度残疾人代缴居民养老"), tuple(parts), basis, tuple(given))
