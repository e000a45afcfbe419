"""What people come for about their registration that is done elsewhere."""

from functools import partial

from kiosk.dialogue.words import _
from kiosk.services.service import redirect_service

contributions_redirect = partial(redirect_service, group="contributions")

contributions_redirect(
    "register",
    "register",
    position=20,
    label=_("参保登记"),
    hint=_("第一次参保，到哪里办"),
    words=("参保登记", "第一次参保", "开户", "首次参保"),
)
contributions_redirect(
    "change-contact",
    "change-contact",
    position=21,
    label=_("变更个人信息"),
    hint=_("换了电话、地址，到哪里改"),
    words=("改手机号", "换电话", "地址变", "改信息", "变更信息"),
)
