"""What people come for about a work injury that is done elsewhere."""

from functools import partial

from kiosk.dialogue.words import _
from kiosk.services.service import redirect_service

injury_redirect = partial(redirect_service, group="work-injury")

injury_redirect(
    "work-injury",
    "work-injury",
    position=10,
    label=_("工伤认定申请"),
    hint=_("谁来申请，多少天以内"),
    words=("工伤认定", "受工伤", "工伤申请", "上班受伤"),
)
injury_redirect(
    "injury-reimbursement",
    "injury-reimbursement",
    position=11,
    label=_("工伤医疗费报销"),
    hint=_("要带什么票据，到哪里办"),
    words=("工伤报销", "工伤医疗费", "工伤手工报销"),
)
