"""打印缴费证明: what was paid for the holder in a period."""

from datetime import datetime

from kiosk.credentials.identification import prove_identity
from kiosk.dialogue.periods import choose_period, periods
from kiosk.dialogue.words import Words, _
from kiosk.paper.issuing import issue_and_hand_over
from kiosk.paper.printing import require_printer
from kiosk.services.service import Conversation, Credential, Offline, service
from kiosk.visit.steps import Steps, ask
from kiosk.visit.visit import Visit
from sync.protocol.certificate_kinds import CHINA

STEPS = Steps(_("输入密码"), _("选择时间段"), _("打印证明"))


@service("print-contributions-certificate", credential=Credential.CARD, offline=Offline.REFUSE, prints=True)
def print_contributions_certificate(visit: Visit) -> Conversation:
    """Ask for the period, and print the certificate."""
    require_printer(visit)
    yield from STEPS.at(0, prove_identity(visit))
    today = datetime.now(CHINA).date()
    period = yield from STEPS.at(1, ask(choose_period(today)))
    first, last = periods(today)[period]
    what = _("您要打印缴费证明，时间段是“{period}”。", period=Words(period))
    asked = {"first": first, "last": last}
    return (yield from STEPS.at(2, issue_and_hand_over(visit, "contributions", what, **asked)))
