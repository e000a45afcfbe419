"""查看社保卡信息: what the card itself says, masked."""

from hardware.card.masking import mask_card_number, mask_name
from kiosk.dialogue import Finished, ShowTable
from kiosk.services import Conversation, Credential, Offline, service
from kiosk.visit import Visit
from sync.protocol.feeds import CARD_STATUS


@service("card-information", credential=Credential.CARD, offline=Offline.SERVE, needs=(CARD_STATUS,))
def card_information(visit: Visit) -> Conversation:
    """Show the card's number, dates and PIN state."""
    basics = visit.card.read_basic()
    pin = visit.card.pin_status()
    yield ShowTable(
        title="社保卡信息",
        text="以下是您卡上记录的信息。",
        rows=(
            ("姓名", mask_name(visit.holder.name)),
            ("卡号", mask_card_number(basics.card_number)),
            ("发卡日期", str(basics.issued or "卡上没有记录")),
            ("有效期至", str(basics.valid_until or "卡上没有记录")),
            ("社保密码", "已锁定" if pin.locked else f"正常，还可以输入 {pin.tries_left} 次"),
        ),
    )
    return Finished(title="查询完毕", text="如需办理其他业务，请点“继续办理”。")
