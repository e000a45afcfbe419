"""打印参保缴费凭证: what a holder who goes elsewhere takes along."""

from kiosk.issuing import issue_and_hand_over, prepare_to_print
from kiosk.services import Conversation, Credential, Offline, service
from kiosk.visit import Visit


@service("print-transfer-voucher", credential=Credential.CARD, offline=Offline.REFUSE)
def print_transfer_voucher(visit: Visit) -> Conversation:
    """Print the voucher."""
    yield from prepare_to_print(visit)
    return (yield from issue_and_hand_over(visit, "transfer-voucher"))
