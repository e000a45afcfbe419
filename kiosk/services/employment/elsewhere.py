"""What people come for about unemployment and training that is done elsewhere."""

from functools import partial

from kiosk.dialogue.words import _
from kiosk.services.service import redirect_service

employment_redirect = partial(redirect_service, group="employment")

employment_redirect(
    "claim-unemployment",
    "claim-unemployment",
    position=10,
    label=_("申领失业保险金"),
    hint=_("到哪里申请，多久办完"),
    words=("失业金", "失业保险金", "领失业", "失业申领"),
)
employment_redirect(
    "training-subsidy",
    "training-subsidy",
    position=11,
    label=_("申领职业培训补贴"),
    hint=_("要带什么证书，到哪里办"),
    words=("培训补贴", "技能补贴", "考证补贴"),
)
