"""What people come for with their card that is done elsewhere: where, with what, and what becomes of the card."""

from functools import partial

from kiosk.dialogue.words import _
from kiosk.services.service import redirect_service

card_redirect = partial(redirect_service, group="card")

card_redirect(
    "report-loss",
    "report-loss",
    position=4,
    label=_("卡丢了（挂失）"),
    hint=_("到哪里挂失，银行要另外挂失"),
    words=("卡丢了", "卡不见了", "卡被偷了", "挂失", "挂矢", "冻住", "寻不着", "卡掉车上"),
    elder=3,
)
card_redirect(
    "release-loss",
    "release-loss",
    position=5,
    label=_("卡找到了（解除挂失）"),
    hint=_("到哪里解除，到期会怎样"),
    words=("卡找到了", "解挂", "寻着了", "取消挂失", "解除挂失"),
)
card_redirect(
    "reset-pin",
    "reset-pin",
    position=6,
    label=_("密码忘了（重置密码）"),
    hint=_("忘了密码、输错锁住了，到哪里办"),
    words=("密码忘", "密码记不得", "密码锁", "输错", "重置密码", "莫记住", "忘记密码", "锁住"),
)
card_redirect(
    "replace-card",
    "replace-card",
    position=7,
    label=_("补卡换卡"),
    hint=_("丢了、坏了、到期了，要带什么、多少钱"),
    words=("补卡", "换卡", "卡坏", "卡折", "读不出来", "三代卡", "到期换"),
)
card_redirect(
    "apply-card",
    "apply-card",
    position=8,
    label=_("申领社保卡"),
    hint=_("第一次办卡，谁来办、要带什么"),
    words=("办社保卡", "没有卡", "第一次办卡", "办卡", "领社保卡", "新生儿"),
)
card_redirect(
    "card-progress",
    "card-progress",
    position=9,
    label=_("制卡进度"),
    hint=_("卡做好了没有，到哪里查"),
    words=("卡做好", "制卡进度", "拿卡", "在哪取", "查卡", "我要找卡", "卡好了没"),
)
card_redirect(
    "e-card",
    "electronic-card",
    position=10,
    label=_("电子社保卡"),
    hint=_("怎么领，领不下来怎么办"),
    words=("电子社保卡", "电子卡", "手机社保卡", "签发失败", "手机卡"),
)
card_redirect(
    "temporary-card",
    "temporary-card",
    position=11,
    label=_("临时社保卡"),
    hint=_("等新卡的时候用"),
    words=("临时卡", "临时社保卡", "等不及用卡"),
)
card_redirect(
    "cancel-card",
    "cancel-card",
    position=12,
    label=_("注销社保卡"),
    hint=_("先结清卡里的钱，再注销"),
    words=("卡不要了", "销卡", "注销", "老人走了卡", "销户"),
)
