"""业务回执, 挂失回执 and 受理回执: what was done at the centre, and what was not."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hardware.printer.document import Block, Document, Rule, Text
from kiosk.paper.certificates.blocks import numbered, pair, section
from kiosk.paper.certificates.sheet import Copy, sheet
from sync.protocol.documents import AcceptanceReceipt, BusinessReceipt, LossReceipt, Receipt
from text.masking import mask_card_number, mask_name

KEEP = "请保管好回执，查询时请报编号。"


def business_receipt(receipt: BusinessReceipt, copy: Copy) -> Document:
    """Lay out a 业务回执."""
    return _receipt(receipt, copy, [pair("办理结果", receipt.result)])


def loss_receipt(receipt: LossReceipt, copy: Copy) -> Document:
    """Lay out a 挂失回执: what is on loss until when, in large type."""
    until = f"有效至\n{_end_of(receipt.expires_at)}" if receipt.expires_at else "长期有效"
    return _receipt(
        receipt,
        copy,
        [pair("挂失方式", receipt.loss_kind), pair("挂失功能", receipt.function)],
        [Text(f"已挂失，{until}", size=2, bold=True), Text(receipt.after_expiry), Rule()],
    )


def acceptance_receipt(receipt: AcceptanceReceipt, copy: Copy) -> Document:
    """Lay out a 受理回执: the application accepted, and its due date."""
    return _receipt(
        receipt,
        copy,
        [],
        [
            Text(f"{receipt.due}前办结" if receipt.due else "办结期限请向窗口查询", size=2, bold=True),
            Rule(),
            *section("已收材料", *numbered(receipt.materials)),
        ],
    )


def _receipt(
    receipt: Receipt, copy: Copy, details: Sequence[Block], highlights: Sequence[Block] = ()
) -> Document:
    return sheet(
        receipt,
        copy,
        content=(
            pair("业务", receipt.act),
            *details,
            pair("办理时间", f"{receipt.issued_at:%Y-%m-%d %H:%M}"),
            pair("姓名", mask_name(receipt.holder_name)),
            *([pair("卡号", mask_card_number(receipt.card_number))] if receipt.card_number else []),
            pair("经办机构", receipt.agency),
            Rule(),
            *highlights,
            *(section("请注意，以下没有办理", *numbered(receipt.not_covered)) if receipt.not_covered else ()),
            *(section("接下来请您", *numbered(receipt.next_steps)) if receipt.next_steps else ()),
        ),
        notes=(KEEP,),
    )


def _end_of(moment: datetime) -> str:
    """Return a moment as the law says it: a day ends at its 24:00."""
    if moment.hour or moment.minute:
        return f"{moment:%Y-%m-%d %H:%M}"
    return f"{moment - timedelta(days=1):%Y-%m-%d} 24:00"
