"""个人参保证明 and 个人缴费证明: insurances and months of contribution."""

from hardware.printer.document import Document, Rule, Text
from kiosk.paper.certificates.blocks import contribution, insurances, pair, person
from kiosk.paper.certificates.sheet import PERSONAL, REFERENCE, Copy, sheet
from sync.protocol.documents import Contributions, Participation
from sync.protocol.month_ranges import merge

# 工伤 and 生育 have no months of their own on the paper, and people ask why.
PAID_BY_UNIT = "工伤、生育保险由单位缴费，个人不缴费。"


def participation(certificate: Participation, copy: Copy) -> Document:
    """Lay out a 个人参保证明."""
    return sheet(
        certificate,
        copy,
        content=(
            *person(certificate),
            *insurances(certificate.insurances),
            Text(f"最近{certificate.span}个缴费月（养老保险，元）", bold=True),
        ),
        entries=[contribution(months) for months in merge(certificate.months)[::-1]],
        closing=(
            Rule(),
            pair("连续缴费", f"{certificate.months_with_employer}个月（现单位）"),
            pair("累计缴费", f"{certificate.total_months}个月"),
            Rule(),
        ),
        notes=(PERSONAL, REFERENCE, PAID_BY_UNIT),
    )


def contributions(certificate: Contributions, copy: Copy) -> Document:
    """Lay out a 个人缴费证明 of the period that was chosen."""
    paid = sum(month.personal for month in certificate.months)
    return sheet(
        certificate,
        copy,
        content=(
            *person(certificate),
            *insurances(certificate.insurances),
            pair("所选期间", f"{certificate.first} 至 {certificate.last}"),
            Rule(),
            Text("养老保险每月缴费（元）", bold=True),
        ),
        entries=[contribution(months) for months in merge(certificate.months)[::-1]],
        closing=(
            Rule(),
            pair("期间缴费", f"{len(certificate.months)}个月"),
            pair("个人共缴", f"{paid:.2f}元"),
            pair("累计缴费", f"{certificate.total_months}个月"),
            Rule(),
        ),
        notes=(PERSONAL, REFERENCE, PAID_BY_UNIT),
    )
