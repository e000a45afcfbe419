"""打印待遇领取证明: that a pension is paid, and how much."""

from kiosk.dialogue.words import _
from kiosk.paper.issuing import issue_and_hand_over
from kiosk.paper.printing import is_print_of
from kiosk.services.service import Conversation, certificate_service
from kiosk.visit.steps import Steps
from kiosk.visit.visit import Visit

STEPS = Steps(_("核实身份"), _("打印证明"))
WHAT = _("您要打印养老金的待遇领取证明。")


@certificate_service(
    "print-pension-receipt",
    position=5,
    label=_("打印待遇领取证明"),
    hint=_("正在领取养老金的人用"),
    words=("领取证明", "养老金", "退休证明", "退休金", "领了多少"),
    genuine_card=True,
    left_open=is_print_of("pension-receipt"),
    steps=STEPS,
    elder=1,
)
def print_pension_receipt(visit: Visit) -> Conversation:
    """Print the certificate."""
    return (yield from STEPS.at(1, issue_and_hand_over(visit, "pension-receipt", WHAT)))
