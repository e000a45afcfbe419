"""打印缴费证明: what was paid for the holder in a period."""

from datetime import datetime

from kiosk.issuing import issue_and_hand_over, prepare_to_print
from kiosk.periods import choose_period, periods
from kiosk.services import Conversation, Credential, Offline, service
from kiosk.visit import Visit
from sync.protocol.certificate_kinds import CHINA


@service("print-contributions-certificate", credential=Credential.CARD, offline=Offline.REFUSE)
def print_contributions_certificate(visit: Visit) -> Conversation:
    """Ask for the period, and print the certificate."""
    yield from prepare_to_print(visit)
    today = datetime.now(CHINA).date()
    first, last = periods(today)[(yield choose_period(today))]
    return (yield from issue_and_hand_over(visit, "contributions", first=first, last=last))
