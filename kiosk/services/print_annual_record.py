"""打印权益记录单: one year of contributions and of the individual account."""

from datetime import datetime

from kiosk.issuing import issue_and_hand_over, prepare_to_print
from kiosk.periods import choose_year
from kiosk.services import Conversation, Credential, Offline, service
from kiosk.visit import Visit
from sync.protocol.certificate_kinds import CHINA


@service("print-annual-record", credential=Credential.CARD, offline=Offline.REFUSE)
def print_annual_record(visit: Visit) -> Conversation:
    """Ask for the year, and print its record."""
    yield from prepare_to_print(visit)
    year = yield choose_year(datetime.now(CHINA).date())
    return (yield from issue_and_hand_over(visit, "annual-record", year=int(year)))
