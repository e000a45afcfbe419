"""养老保险待遇领取证明: that a pension is paid, and how much."""

from hardware.printer.document import Document, Rule, Text
from kiosk.paper.certificates.blocks import Entry, over, pair, person, section, sides
from kiosk.paper.certificates.sheet import PERSONAL, Copy, sheet
from sync.protocol.documents import Payment, PensionReceipt
from sync.protocol.month_ranges import MonthRange, merge

NOTES = (PERSONAL, "以打印时的记录为准，调整待遇后补发的，以实际到账为准。")


def pension_receipt(certificate: PensionReceipt, copy: Copy) -> Document:
    """Lay out a 待遇领取证明."""
    return sheet(
        certificate,
        copy,
        content=(
            *person(certificate),
            *section(
                "待遇领取情况",
                pair("险种", certificate.insurance),
                pair("待遇类别", certificate.category),
                pair("开始领取", certificate.since),
                pair("发放状态", certificate.status),
                pair("发放到", certificate.paid_to),
            ),
            Text(f"最近{len(certificate.payments)}个月发放（每月，元）", bold=True),
        ),
        entries=[_payment(months) for months in merge(certificate.payments)[::-1]],
        closing=(Rule(),),
        notes=NOTES,
    )


def _payment(months: MonthRange[Payment]) -> Entry:
    return (
        over(months, months.each.status),
        sides("每月金额", f"{months.each.amount:.2f}"),
    )
