"""What people come for about their pension that is done elsewhere."""

from functools import partial

from kiosk.dialogue.words import _
from kiosk.services.service import redirect_service

retirement_redirect = partial(redirect_service, group="retirement")

retirement_redirect(
    "certify",
    "certify",
    position=10,
    label=_("待遇资格认证"),
    hint=_("领待遇的人，到哪里认证"),
    words=("资格认证", "年审", "人脸认证", "刷脸领钱", "一年一次", "证明我还活着", "认证"),
    elder=2,
)
retirement_redirect(
    "claim-pension",
    "claim-pension",
    position=11,
    label=_("办退休（申领养老金）"),
    hint=_("到哪里申请，多久办完"),
    words=("办退休", "申请养老金", "领养老金", "要退休", "申领养老金"),
)
retirement_redirect(
    "face-retirement",
    "face-retirement",
    position=12,
    label=_("灵活就业人员刷脸办退休"),
    hint=_("谁可以办，在哪里办"),
    words=("刷脸退休", "灵活就业办退休", "手机办退休", "刷脸办"),
)
