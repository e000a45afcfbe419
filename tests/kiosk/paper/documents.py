"""Documents to test with, and what is on them."""

from datetime import date, datetime

import msgspec

from hardware.printer.document import Columns, QrCode, Text
from kiosk.paper.certificates.kinds import examples, lay_out, read
from kiosk.paper.certificates.sheet import Copy
from sync.protocol.algorithms import as_text
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.documents import SignedText
from tools.sign_examples import KEY, KEY_ID, KNOWN, signed

COPY = Copy("610200-001", 1, datetime(2026, 11, 22, 10, 14, tzinfo=CHINA))
TODAY = date(2026, 11, 22)
KEYS = {KEY_ID: KNOWN}


def example(kind: str, **changes):
    """An example document; with changes it is signed anew."""
    content = examples()[kind]
    if changes:
        content = msgspec.json.encode(signed(msgspec.json.decode(content) | changes))
    return read(content)


def answered(document):
    """A document as the centre answers it: signed as a whole."""
    text = msgspec.json.encode(document).decode()
    signed = SignedText(text, KEY_ID, as_text(KEY.sign(text.encode())))
    return msgspec.structs.replace(document, signed=signed)


def long_contributions(months: int):
    """A 缴费证明 in which no month is like the one before."""
    listed = [
        {
            "month": f"{2020 + number // 12}-{number % 12 + 1:02}",
            "employer": "铜川市新区惠民物业服务有限公司",
            "base": f"{4000 + number}.00",
            "personal": f"{(4000 + number) * 0.08:.2f}",
            "status": "正常缴费",
        }
        for number in range(months)
    ]
    return example("contributions", first="2020-01", last=listed[-1]["month"], months=listed)


def words(document, copy=COPY) -> list[str]:
    """Every text of the layout, line by line; columns of a line are joined by a space."""
    lines = []
    for block in lay_out(document, copy).blocks:
        if isinstance(block, Text):
            lines.append(block.text)
        elif isinstance(block, Columns):
            lines.append(" ".join(cell.text for cell in block.cells))
    return lines


def codes(document) -> list[str]:
    """The texts of the QR codes of the layout."""
    return [block.data for block in lay_out(document, COPY).blocks if isinstance(block, QrCode)]
