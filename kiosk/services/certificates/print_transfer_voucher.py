"""打印参保缴费凭证: what a holder who goes elsewhere takes along."""

from kiosk.dialogue.words import _
from kiosk.paper.issuing import issue_and_hand_over
from kiosk.paper.printing import is_print_of
from kiosk.services.service import Conversation, certificate_service
from kiosk.visit.steps import Steps
from kiosk.visit.visit import Visit

STEPS = Steps(_("核实身份"), _("打印凭证"))
WHAT = _("您要打印参保缴费凭证，转移养老保险时用。")


@certificate_service(
    "print-transfer-voucher",
    position=4,
    label=_("打印参保缴费凭证"),
    hint=_("到外地参保，转移养老保险时用"),
    words=("缴费凭证", "转移凭证", "转社保", "社保转走"),
    genuine_card=True,
    left_open=is_print_of("transfer-voucher"),
    steps=STEPS,
)
def print_transfer_voucher(visit: Visit) -> Conversation:
    """Print the voucher."""
    return (yield from STEPS.at(1, issue_and_hand_over(visit, "transfer-voucher", WHAT)))
