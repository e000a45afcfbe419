"""查看社保卡信息: what the card itself says, masked."""

from datetime import date

from hardware.card.social_security import PinStatus
from kiosk.credentials.card_permission import where_to_unlock
from kiosk.dialogue.questions import Finished, ShowTable
from kiosk.dialogue.words import _
from kiosk.services.service import CARD, Conversation, Gets, Offline, Proof, service
from kiosk.visit.visit import Visit
from sync.protocol.feeds import CARD_STATUS
from text.masking import mask_card_number, mask_name


@service(
    "card-information",
    group="card",
    position=1,
    label=_("查看社保卡信息"),
    hint=_("卡号、有效期、密码状态"),
    words=("卡信息", "有效期", "卡状态", "卡号", "卡过期", "还能不能用"),
    minutes=1,
    accepts=CARD,
    proof=Proof.NOTHING,
    offline=Offline.SERVE,
    gets=Gets.ANSWER,
    feeds=(CARD_STATUS,),
    elder=7,
)
def card_information(visit: Visit) -> Conversation:
    """Show the card's number, dates and PIN state."""
    basics = visit.card.read_basic()
    pin = visit.card.pin_status()
    yield ShowTable(
        title=_("社保卡信息"),
        text=_("以下是您卡上记录的信息。"),
        rows=(
            (_("姓名"), mask_name(visit.holder.name)),
            (_("卡号"), mask_card_number(basics.card_number)),
            (_("发卡日期"), _date(basics.issued)),
            (_("有效期至"), _date(basics.valid_until)),
            (_("社保密码"), _pin_state(pin, visit.region)),
        ),
    )
    return Finished(title=_("查询完毕"), text=_("如需办理其他业务，请点“继续办理”。"))


def _date(day: date | None) -> str:
    return str(day) if day else _("卡上没有记录")


def _pin_state(pin: PinStatus, region: str) -> str:
    if pin.locked:
        return _("已锁定。{help}", help=where_to_unlock(region))
    return _("正常，还可以输入 {left} 次", left=pin.tries_left or 0)
