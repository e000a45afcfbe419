"""打印参保缴费凭证: what a holder who goes elsewhere takes along."""

from kiosk.credentials.identification import prove_identity
from kiosk.dialogue.words import _
from kiosk.paper.issuing import issue_and_hand_over
from kiosk.paper.printing import require_printer
from kiosk.services.service import Conversation, Credential, Offline, service
from kiosk.visit.steps import Steps
from kiosk.visit.visit import Visit

STEPS = Steps(_("输入密码"), _("打印凭证"))
WHAT = _("您要打印参保缴费凭证，转移养老保险时用。")


@service("print-transfer-voucher", credential=Credential.CARD, offline=Offline.REFUSE, prints=True)
def print_transfer_voucher(visit: Visit) -> Conversation:
    """Print the voucher."""
    require_printer(visit)
    yield from STEPS.at(0, prove_identity(visit))
    return (yield from STEPS.at(1, issue_and_hand_over(visit, "transfer-voucher", WHAT)))
