"""打印参保证明: the holder's participation certificate of the last 24 or 12 months."""

from kiosk.dialogue import Choose, Option
from kiosk.issuing import issue_and_hand_over, prepare_to_print
from kiosk.services import Conversation, Credential, Offline, service
from kiosk.visit import Visit

SPAN = Choose(
    title="请选择打印几个月",
    text="一般用最近24个月的；对方有要求的，按对方的要求选。",
    options=(Option("24", "最近24个月"), Option("12", "最近12个月")),
)


@service("print-participation-certificate", credential=Credential.CARD, offline=Offline.REFUSE)
def print_participation_certificate(visit: Visit) -> Conversation:
    """Ask how many months to show, and print the certificate."""
    yield from prepare_to_print(visit)
    months = yield SPAN
    return (yield from issue_and_hand_over(visit, "participation", months=int(months)))
