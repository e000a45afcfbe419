"""业务回执 of an act on the chip: the kiosk's own, unsigned, because the centre receives the act after it."""

from datetime import datetime

from hardware.printer.document import Align, Cell, Columns, Cut, Document, Feed, Rule, Text
from kiosk.visit.person import Person
from text.masking import mask_id_number, mask_name


def card_act_receipt(
    holder: Person, act: str, number: str, kiosk_id: str, done_at: datetime, *, not_done: str, phone: str
) -> Document:
    """Lay out the receipt of ``act``, which is on record as ``number``; personal data is masked.

    :param not_done: what the act did not do, and where that is done. :param phone: whom to call.
    """
    return Document(
        name="business-receipt",
        blocks=(
            Text("业务回执", size=2, bold=True, align=Align.CENTER),
            Feed(1),
            _pair("办理编号", number),
            _pair("办理事项", act),
            _pair("办理结果", "已办结"),
            _pair("办理时间", f"{done_at:%Y-%m-%d %H:%M}"),
            Rule(),
            _pair("姓名", mask_name(holder.name)),
            _pair("社会保障号", mask_id_number(holder.id_number)),
            Rule(),
            Text("请记住新密码，不要告诉别人。本回执上没有密码。"),
            Text(not_done),
            _pair("办理终端", kiosk_id),
            _pair("咨询电话", phone),
            Cut(),
        ),
    )


def _pair(name: str, value: str) -> Columns:
    return Columns((Cell(name, 12), Cell(value, 30)))
