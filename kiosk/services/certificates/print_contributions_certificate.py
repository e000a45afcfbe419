"""打印缴费证明: what was paid for the holder in a period."""

from datetime import datetime

from kiosk.dialogue.periods import choose_period, periods
from kiosk.dialogue.words import TranslatableText, _
from kiosk.paper.issuing import issue_and_hand_over
from kiosk.paper.printing import is_print_of
from kiosk.services.service import Conversation, certificate_service
from kiosk.visit.steps import Steps, ask
from kiosk.visit.visit import Visit
from sync.protocol.certificate_kinds import CHINA

STEPS = Steps(_("核实身份"), _("选择时间段"), _("打印证明"))


@certificate_service(
    "print-contributions-certificate",
    position=2,
    label=_("打印缴费证明"),
    hint=_("今年、去年或您选的时间段，逐段列出"),
    words=("缴费证明", "缴费明细", "缴费记录", "交了多少", "社保清单"),
    left_open=is_print_of("contributions"),
    steps=STEPS,
    elder=6,
)
def print_contributions_certificate(visit: Visit) -> Conversation:
    """Ask for the period, and print the certificate."""
    today = datetime.now(CHINA).date()
    period = yield from STEPS.at(1, ask(choose_period(today)))
    first, last = periods(today)[period]
    what = _("您要打印缴费证明，时间段是“{period}”。", period=TranslatableText(period))
    asked = {"first": first, "last": last}
    return (yield from STEPS.at(2, issue_and_hand_over(visit, "contributions", what, **asked)))
