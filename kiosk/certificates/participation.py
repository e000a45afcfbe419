"""个人参保证明: what it says and how it is laid out on a receipt."""

from datetime import datetime

from hardware.printer.document import Align, Columns, Cut, Document, Feed, QrCode, Rule, Text
from sync.protocol.messages import Certificate

from kiosk.certificates.months import MonthRange, merge

NOTES = (
    "本证明涉及个人信息，请妥善保管。",
    "缴费情况以打印时的记录为准，仅供参考，不作为待遇计发的最终依据。",
    "扫描二维码或凭校验码上网可核验真伪，无需盖章。",
)


def participation(certificate: Certificate, kiosk_id: str, copy: int, printed_at: datetime) -> Document:
    """Lay out copy number ``copy`` of a 个人参保证明 that this kiosk prints at ``printed_at``."""
    return Document(
        title=certificate.title,
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
    return Columns(((name, 12, Align.LEFT), (value, None, Align.LEFT)))


def _heading(certificate: Certificate) -> tuple:
    return (
        Text(certificate.title, size=2, bold=True, align=Align.CENTER),
        Text("（个人专用）", align=Align.CENTER),
        Feed(1),
        _pair("编号", certificate.number),
        _pair("校验码", certificate.code),
        Rule(),
    )


def _holder(certificate: Certificate) -> tuple:
    return (
        _pair("姓名", certificate.holder_name),
        _pair("性别", certificate.sex),
        _pair("社会保障号", certificate.id_number),
        _pair("经办机构", certificate.agency),
        Rule(),
    )


def _insurances(certificate: Certificate) -> tuple:
    lines = tuple(_pair(insurance.name, insurance.status) for insurance in certificate.insurances)
    return (Text("当前参保险种", bold=True), *lines, Rule())


def _contributions(certificate: Certificate) -> tuple:
    ranges = merge(certificate.months)
    blocks = tuple(block for months in ranges for block in _contribution(months))
    total = Columns((("合计", 12, Align.LEFT), (f"{certificate.total_months}个月", None, Align.LEFT)))
    return (Text("最近24个月养老保险缴费", bold=True), *blocks, total, Rule())


def _contribution(months: MonthRange) -> tuple:
    period = months.first if months.first == months.last else f"{months.first} 至 {months.last}"
    return (
        Columns(((period, None, Align.LEFT), (f"{months.months}个月 {months.status}", 16, Align.RIGHT))),
        Columns(((f"  基数 {months.base}", None, Align.LEFT), (f"个人 {months.personal}", 16, Align.RIGHT))),
        Text(f"  {months.employer}"),
    )


def _verification(certificate: Certificate) -> tuple:
    return (
        QrCode(certificate.qr),
        Text(f"核验网址 {certificate.host}", align=Align.CENTER),
        Feed(1),
    )


def _footer(certificate: Certificate, kiosk_id: str, copy: int, printed_at: datetime) -> tuple:
    notes = tuple(Text(f"{number}.{note}") for number, note in enumerate(NOTES, 1))
    return (
        *notes,
        _pair("有效期至", certificate.valid_until),
        _pair("打印时间", f"{printed_at:%Y-%m-%d %H:%M}"),
        _pair("打印终端", f"{kiosk_id} 第{copy}份 第1页/共1页"),
    )
