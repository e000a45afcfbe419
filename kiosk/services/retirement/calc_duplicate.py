"""领了两份养老金怎么办: one pension is kept; what was paid twice is set off and returned."""

from datetime import date
from decimal import Decimal

from kiosk.dialogue.interview import Answers, Step
from kiosk.dialogue.questions import EnterMonth
from kiosk.dialogue.words import _
from kiosk.rules.duplicate_pension import duplicate_pension
from kiosk.rules.periods import Month
from kiosk.services.advice import Advice, Part, advice_service, advise, basis_of, said, today
from kiosk.services.questions import yuan_question
from kiosk.services.service import Conversation
from kiosk.visit.visit import Visit

FIRST = date(1990, 1, 1)
RECEIVED = yuan_question(_("从那时起，多领的那一份一共领了多少元？"))
RETURNED = yuan_question(_("其中已经退了多少元？"), _("没有退过的，请输入0。"))
BALANCE = yuan_question(_("不留的那一份，个人账户里还有多少元？"), _("不清楚的，请输入0，或到窗口查。"))
TOO_MUCH = _("退的不会比领的多，请再看一看。")
KEEP_ONE = _("两份养老金只能留一份，留哪一份和经办机构商量。")


@advice_service(
    "calc-duplicate",
    group="retirement",
    position=6,
    label=_("领了两份养老金怎么办"),
    hint=_("留哪一份，要退多少"),
    words=("重复领取", "两个地方都退了", "领双份要退吗", "领了两份职工养老金"),
)
def calc_duplicate(visit: Visit) -> Conversation:
    """Ask since when both were paid, what was received and returned, and the balance of the account that ends."""
    steps = (
        Step("since", lambda _answers: _since()),
        Step("received", lambda _answers: RECEIVED),
        Step("returned", lambda _answers: RETURNED, _problem),
        Step("balance", lambda _answers: BALANCE),
    )
    return (yield from advise(visit, steps, advice_on))


def _since() -> EnterMonth:
    now = today().replace(day=1)
    return EnterMonth(title=_("从哪年哪月起领了两份？"), first=FIRST, last=now, value=now)


def _problem(answers: Answers, returned: str) -> str:
    return TOO_MUCH if int(returned) > int(answers["received"]) else ""


def advice_on(answers: Answers) -> Advice:
    """Return what is set off, what is paid out, and what is deducted month by month."""
    since = Month.of(answers["since"])
    received, returned, balance = (Decimal(answers[name]) for name in ("received", "returned", "balance"))
    answer = duplicate_pension(
        since, *(amount.quantize(Decimal("0.01")) for amount in (received, returned, balance))
    )
    given = (
        (_("从何时起"), str(since)),
        (_("多领的钱"), _yuan(received)),
        (_("已经退的"), _yuan(returned)),
        (_("个人账户余额"), _yuan(balance)),
    )
    return Advice(_("领了两份养老金怎么办"), (Part((said(answer), KEEP_ONE)),), basis_of(answer), given)


def _yuan(amount: Decimal) -> str:
    return _("{amount}元", amount=f"{amount:.2f}")
