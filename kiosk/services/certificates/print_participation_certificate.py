"""打印参保证明: the holder's participation certificate of the last 24 or 12 months."""

from kiosk.dialogue.questions import Choose, Option
from kiosk.dialogue.words import _
from kiosk.paper.issuing import issue_and_hand_over
from kiosk.paper.printing import is_print_of
from kiosk.services.service import Conversation, certificate_service
from kiosk.visit.steps import Steps, ask
from kiosk.visit.visit import Visit

STEPS = Steps(_("核实身份"), _("选择月份"), _("打印证明"))
SPAN = Choose(
    title=_("请选择打印几个月"),
    text=_("一般用最近24个月的；对方有要求的，按对方的要求选。"),
    options=(Option("24", _("最近24个月")), Option("12", _("最近12个月"))),
)


@certificate_service(
    "print-participation-certificate",
    position=1,
    label=_("打印参保证明"),
    hint=_("最近24个月或12个月，可扫码核验"),
    words=("参保证明", "社保证明", "打社保", "在职证明"),
    left_open=is_print_of("participation"),
    steps=STEPS,
    elder=4,
)
def print_participation_certificate(visit: Visit) -> Conversation:
    """Ask how many months to show, and print the certificate."""
    months = yield from STEPS.at(1, ask(SPAN))
    what = _("您要打印最近{months}个月的参保证明。", months=months)
    return (yield from STEPS.at(2, issue_and_hand_over(visit, "participation", what, months=int(months))))
