"""单位参保证明 and 单位缴费证明."""

from hardware.printer.document import Align, Cell, Columns, Document, Rule, Text
from kiosk.paper.certificates.blocks import Entry, over, pair, section, sides, unit
from kiosk.paper.certificates.sheet import REFERENCE, Copy, sheet
from sync.protocol.documents import UnitContributions, UnitInsurance, UnitMonth, UnitParticipation
from sync.protocol.month_ranges import MonthRange, merge


def unit_participation(certificate: UnitParticipation, copy: Copy) -> Document:
    """Lay out a 单位参保证明."""
    insurances = [line for insurance in certificate.insurances for line in _insurance(insurance)]
    return sheet(
        certificate,
        copy,
        content=(*unit(certificate), *section("参保险种", *insurances)),
        notes=("参保人数为打印时的在册人数。",),
    )


def unit_contributions(certificate: UnitContributions, copy: Copy) -> Document:
    """Lay out a 单位缴费证明 of the period that was asked for."""
    paid = sum(month.unit + month.personal for month in certificate.months)
    return sheet(
        certificate,
        copy,
        content=(
            *unit(certificate),
            pair("所选期间", f"{certificate.first} 至 {certificate.last}"),
            Rule(),
            Text("每月缴费（元）", bold=True),
        ),
        entries=[_contribution(months) for months in merge(certificate.months)[::-1]],
        closing=(
            Rule(),
            pair("期间缴费", f"{len(certificate.months)}个月"),
            pair("合计", f"{paid:.2f}元"),
            Rule(),
        ),
        notes=(REFERENCE,),
    )


def _insurance(insurance: UnitInsurance) -> Entry:
    return (
        Columns((Cell(insurance.name, 28), Cell(insurance.status, 14, Align.RIGHT))),
        sides(f"{insurance.since} 起", f"现有 {insurance.people} 人"),
    )


def _contribution(months: MonthRange[UnitMonth]) -> Entry:
    each = months.each
    return (
        over(months, each.status),
        sides(f"人数 {each.people}", f"基数 {each.base:.2f}"),
        sides(f"单位 {each.unit:.2f}", f"个人 {each.personal:.2f}"),
    )
