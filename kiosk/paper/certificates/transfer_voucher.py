"""基本养老保险参保缴费凭证: what a person who goes elsewhere takes along."""

from hardware.printer.document import Document, Rule
from kiosk.paper.certificates.blocks import pair, person, section, yuan
from kiosk.paper.certificates.sheet import Copy, sheet
from sync.protocol.documents import TransferVoucher

NOTES = (
    "本凭证是转移接续养老保险关系的依据，请妥善保管。",
    "离开后个人账户继续计息；到新地方参保，请出示本凭证编号。",
    "遗失可重新打印。原“一式两联”由联网核验代替，一联有效。",
)


def transfer_voucher(voucher: TransferVoucher, copy: Copy) -> Document:
    """Lay out a 参保缴费凭证."""
    return sheet(
        voucher,
        copy,
        content=(
            *person(voucher, pair("个人编号", voucher.personal_number), pair("户籍地址", voucher.hukou)),
            *section(
                "在本地参保缴费情况",
                pair("参保起止", f"{voucher.first} 至 {voucher.last}"),
                pair("实际缴费", f"{voucher.total_months}个月"),
                pair("账户储存额", yuan(voucher.account_balance)),
                pair("", f"（截至 {voucher.balance_on}）"),
            ),
            pair("行政区划", voucher.region),
            pair("机构电话", voucher.agency_phone),
            pair("机构地址", voucher.agency_address),
            pair("邮政编码", voucher.agency_postcode),
            pair("开具日期", f"{voucher.issued_at:%Y-%m-%d}"),
            Rule(),
        ),
        notes=NOTES,
    )
