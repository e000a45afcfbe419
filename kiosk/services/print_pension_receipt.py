"""打印待遇领取证明: that a pension is paid, and how much."""

from kiosk.issuing import issue_and_hand_over, prepare_to_print
from kiosk.services import Conversation, Credential, Offline, service
from kiosk.visit import Visit


@service("print-pension-receipt", credential=Credential.CARD, offline=Offline.REFUSE)
def print_pension_receipt(visit: Visit) -> Conversation:
    """Print the certificate."""
    yield from prepare_to_print(visit)
    return (yield from issue_and_hand_over(visit, "pension-receipt"))
