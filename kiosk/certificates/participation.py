"""个人参保证明: what it says and how it is laid out on a receipt."""

from datetime import datetime

from hardware.printer.document import Align, Block, Cell, Columns, Cut, Document, Feed, QrCode, Rule, Text
from kiosk.certificates.months import MonthRange, merge
from sync.protocol.messages import Certificate

NOTES = (
    "本证明涉及个人信息，请妥善保管。",
    "缴费情况以打印时的记录为准，仅供参考，不作为待遇计发的最终依据。",
    "扫描二维码或凭校验码上网可核验真伪，无需盖章。",
)


def participation(certificate: Certificate, kiosk_id: str, copy: int, printed_at: datetime) -> Document:
    """Lay out copy number ``copy`` of a 个人参保证明 that this kiosk prints at ``printed_at``."""
    return Document(
        name=certificate.kind,
        blocks=(
            *_heading(certificate),
            *_holder(certificate),
            *_insurances(certificate),
            *_contributions(certificate),
            *_verification(certificate),
            *_footer(certificate, kiosk_id, copy, printed_at),
            Cut(),
        ),
    )


def _pair(name: str, value: str) -> Columns:
    return Columns((Cell(name, 12), Cell(value, 30)))


def _heading(certificate: Certificate) -> tuple[Block, ...]:
    name, bracket, use = certificate.title.partition("（")
    return (
        Text(name, size=2, bold=True, align=Align.CENTER),
        Text(bracket + use, align=Align.CENTER),
        Feed(1),
        _pair("编号", certificate.number),
        _pair("校验码", certificate.code),
        Rule(),
    )


def _holder(certificate: Certificate) -> tuple[Block, ...]:
    return (
        _pair("姓名", certificate.holder_name),
        _pair("性别", certificate.sex),
        _pair("社会保障号", certificate.id_number),
        _pair("经办机构", certificate.agency),
        Rule(),
    )


def _insurances(certificate: Certificate) -> tuple[Block, ...]:
    lines = tuple(
        Columns((Cell(insurance.name, 28), Cell(insurance.status, 14, Align.RIGHT)))
        for insurance in certificate.insurances
    )
    return (Text("当前参保险种", bold=True), *lines, Rule())


def _contributions(certificate: Certificate) -> tuple[Block, ...]:
    ranges = merge(certificate.months)
    blocks = tuple(block for months in ranges for block in _contribution(months))
    return (
        Text("最近24个月养老保险缴费", bold=True),
        *blocks,
        _pair("累计缴费", f"{certificate.total_months}个月"),
        Rule(),
    )


def _contribution(months: MonthRange) -> tuple[Block, ...]:
    period = months.first if months.first == months.last else f"{months.first} 至 {months.last}"
    amount = f"{months.months}个月 {months.status}"
    return (
        Columns((Cell(period, 24), Cell(amount, 18, Align.RIGHT))),
        Columns((Cell(f"基数 {months.base:.2f}", 24), Cell(f"个人 {months.personal:.2f}", 18, Align.RIGHT))),
        Text(months.employer),
    )


def _verification(certificate: Certificate) -> tuple[Block, ...]:
    return (
        QrCode(certificate.qr),
        Text(f"核验网址 {certificate.host}", align=Align.CENTER),
        Feed(1),
    )


def _footer(certificate: Certificate, kiosk_id: str, copy: int, printed_at: datetime) -> tuple[Block, ...]:
    notes = tuple(Text(f"{number}.{note}") for number, note in enumerate(NOTES, 1))
    return (
        *notes,
        _pair("有效期至", f"{certificate.valid_until}"),
        _pair("打印时间", f"{printed_at:%Y-%m-%d %H:%M}"),
        _pair("打印终端", f"{kiosk_id} 第{copy}份 第1页/共1页"),
    )
