"""个人权益记录单: one year of contributions and of the individual account."""

from hardware.printer.document import Document, Rule, Text
from kiosk.paper.certificates.blocks import contribution, insurances, pair, person, section, sides, yuan
from kiosk.paper.certificates.sheet import PERSONAL, Copy, sheet
from sync.protocol.documents import AnnualRecord
from sync.protocol.month_ranges import merge

NOTES = (
    PERSONAL,
    "依据《社会保险个人权益记录管理办法》。",
    "请核对记录，如有疑问，请到经办机构或拨打12333查询、更正。",
)


def annual_record(record: AnnualRecord, copy: Copy) -> Document:
    """Lay out a 权益记录单."""
    return sheet(
        record,
        copy,
        content=(
            *person(record, pair("个人编号", record.personal_number)),
            *insurances(record.insurances),
            *section(
                f"{record.year}年养老保险个人账户",
                sides("年初储存额", yuan(record.opening)),
                sides("当年记入", yuan(record.credited)),
                sides("当年利息", yuan(record.interest)),
                sides("年末储存额", yuan(record.closing)),
            ),
            Text(f"{record.year}年养老保险每月缴费（元）", bold=True),
        ),
        entries=[contribution(months) for months in merge(record.months)[::-1]],
        closing=(
            Rule(),
            pair("当年缴费", f"{len(record.months)}个月"),
            pair("年末累计", f"{record.total_months}个月"),
            Rule(),
        ),
        notes=NOTES,
    )
