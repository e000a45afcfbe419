"""算灵活就业缴费: how much is paid on a base, and how much of it goes into the personal account."""

from decimal import Decimal

from kiosk.dialogue.interview import Answers, Step
from kiosk.dialogue.words import _
from kiosk.rules.contribution import contribution_split
from kiosk.services.advice import Advice, Part, advice_service, advise, basis_of, said
from kiosk.services.questions import yuan_question
from kiosk.services.service import Conversation
from kiosk.visit.visit import Visit

BASE = yuan_question(_("每月的缴费基数是多少元？"), _("请输入整数元。基数的上下限每年公布，请问经办机构。"))


@advice_service(
    "calc-contribution",
    group="contributions",
    position=2,
    label=_("算灵活就业缴费"),
    hint=_("按缴费基数算每月缴多少、多少进个人账户"),
    words=("交的钱都进我账户吗", "20%咋分", "一年交多少", "灵活就业交多少", "自己交多少钱"),
)
def calc_contribution(visit: Visit) -> Conversation:
    """Ask for the base, and divide the contribution."""
    return (yield from advise(visit, (Step("base", lambda _answers: BASE),), advice_on))


def advice_on(answers: Answers) -> Advice:
    """Return the contribution of a month and its two parts."""
    base = Decimal(answers["base"]).quantize(Decimal("0.01"))
    answer = contribution_split(base)
    given = ((_("缴费基数"), _("{amount}元", amount=str(base))),)
    return Advice(_("灵活就业缴费怎么分"), (Part((said(answer),)),), basis_of(answer), given)
