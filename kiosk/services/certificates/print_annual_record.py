"""打印权益记录单: one year of contributions and of the individual account."""

from datetime import datetime

from kiosk.credentials.identification import prove_identity
from kiosk.dialogue.periods import choose_year
from kiosk.dialogue.words import _
from kiosk.paper.issuing import issue_and_hand_over
from kiosk.paper.printing import require_printer
from kiosk.services.service import Conversation, Credential, Offline, service
from kiosk.visit.steps import Steps, ask
from kiosk.visit.visit import Visit
from sync.protocol.certificate_kinds import CHINA

STEPS = Steps(_("输入密码"), _("选择年份"), _("打印证明"))


@service("print-annual-record", credential=Credential.CARD, offline=Offline.REFUSE, prints=True)
def print_annual_record(visit: Visit) -> Conversation:
    """Ask for the year, and print its record."""
    require_printer(visit)
    yield from STEPS.at(0, prove_identity(visit))
    year = yield from STEPS.at(1, ask(choose_year(datetime.now(CHINA).date())))
    what = _("您要打印{year}年的权益记录单。", year=year)
    return (yield from STEPS.at(2, issue_and_hand_over(visit, "annual-record", what, year=int(year))))
