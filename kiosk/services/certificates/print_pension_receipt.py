"""打印待遇领取证明: that a pension is paid, and how much."""

from kiosk.credentials.identification import prove_identity
from kiosk.dialogue.words import _
from kiosk.paper.issuing import issue_and_hand_over
from kiosk.paper.printing import require_printer
from kiosk.services.service import Conversation, Credential, Offline, service
from kiosk.visit.steps import Steps
from kiosk.visit.visit import Visit

STEPS = Steps(_("输入密码"), _("打印证明"))
WHAT = _("您要打印养老金的待遇领取证明。")


@service("print-pension-receipt", credential=Credential.CARD, offline=Offline.REFUSE, prints=True)
def print_pension_receipt(visit: Visit) -> Conversation:
    """Print the certificate."""
    require_printer(visit)
    yield from STEPS.at(0, prove_identity(visit))
    return (yield from STEPS.at(1, issue_and_hand_over(visit, "pension-receipt", WHAT)))
