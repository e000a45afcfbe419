"""打印权益记录单: one year of contributions and of the individual account."""

from datetime import datetime

from kiosk.dialogue.periods import choose_year
from kiosk.dialogue.words import _
from kiosk.paper.issuing import issue_and_hand_over
from kiosk.paper.printing import is_print_of
from kiosk.services.service import Conversation, certificate_service
from kiosk.visit.steps import Steps, ask
from kiosk.visit.visit import Visit
from sync.protocol.certificate_kinds import CHINA

STEPS = Steps(_("核实身份"), _("选择年份"), _("打印证明"))


@certificate_service(
    "print-annual-record",
    position=3,
    label=_("打印权益记录单"),
    hint=_("一年的缴费和个人账户"),
    words=("权益记录", "对账单", "个人账户", "账户里有多少钱"),
    genuine_card=True,
    elder=9,
    left_open=is_print_of("annual-record"),
    steps=STEPS,
)
def print_annual_record(visit: Visit) -> Conversation:
    """Ask for the year, and print its record."""
    year = yield from STEPS.at(1, ask(choose_year(datetime.now(CHINA).date())))
    what = _("您要打印{year}年的权益记录单。", year=year)
    return (yield from STEPS.at(2, issue_and_hand_over(visit, "annual-record", what, year=int(year))))
