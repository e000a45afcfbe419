"""What every issued document has around its content: number and code above, verification and validity below.

A document that is too long for one ticket is printed as several; each says which page it is, and all bear the same
number and 校验码. The QR code and the conditions stand once, on the last page.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from hardware.printer.document import Align, Block, Cut, Document, Feed, QrCode, Rule, Text
from kiosk.paper.certificates.blocks import Entry, numbered, pair
from sync.protocol.documents import Issued

ENTRIES_ON_A_PAGE = 18
"""A page of so many entries of three lines is about 35 cm long: no longer than a sheet of A4 with its margins."""

TITLE_CHARACTERS = 8
"""The narrowest paper has room for a title of so many 汉字 on one line."""
SUBJECT = re.compile(r"^.*?(保险|保障卡)")

REFERENCE = "以打印时的记录为准，仅供参考，不作为待遇计发的最终依据。"
PERSONAL = "涉及个人信息，请妥善保管。"


@dataclass(frozen=True)
class Copy:
    """One printed copy: which one it is of its document, at which kiosk, and when."""

    kiosk_id: str
    number: int
    printed_at: datetime


def sheet(
    document: Issued,
    copy: Copy,
    content: Sequence[Block],
    entries: Sequence[Entry] = (),
    closing: Sequence[Block] = (),
    notes: Sequence[str] = (),
) -> Document:
    """Lay out an issued document.

    :param content: what comes before the entries, on the first page.
    :param entries: what may be divided among several pages.
    :param closing: what follows the entries, on the last page.
    """
    pages = _pages(entries)
    blocks: list[Block] = []
    for number, part in enumerate(pages, 1):
        place = f"第{number}页/共{len(pages)}页"
        blocks += _heading(document)
        blocks += content if number == 1 else [Text(f"（接第{number - 1}页）")]
        blocks += [block for entry in part for block in entry]
        if number == len(pages):
            blocks += [*closing, *_verification(document), *_end(document, copy, notes, place)]
        else:
            blocks += [Rule(), Text(f"{place}，接下页", align=Align.RIGHT)]
        blocks.append(Cut())
    return Document(document.kind, tuple(blocks))


def _pages(entries: Sequence[Entry]) -> list[Sequence[Entry]]:
    starts = range(0, max(len(entries), 1), ENTRIES_ON_A_PAGE)
    return [entries[start : start + ENTRIES_ON_A_PAGE] for start in starts]


def _heading(document: Issued) -> Iterator[Block]:
    yield from title(document.title)
    yield Feed(1)
    yield pair("编号", document.number)
    yield pair("校验码", grouped(document.code))
    yield Rule()


def title(words: str) -> Iterator[Block]:
    """Yield a title in double size, broken at its meaning when it is long, and what is in brackets below it."""
    name, bracket, use = words.partition("（")
    if len(name) > TITLE_CHARACTERS:
        name = SUBJECT.sub(r"\g<0>\n", name, count=1)
    yield Text(name, size=2, bold=True, align=Align.CENTER)
    if bracket:
        yield Text(bracket + use, align=Align.CENTER)


def grouped(code: str) -> str:
    """Return a 校验码 in groups of four, as people read and type it."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _verification(document: Issued) -> Iterator[Block]:
    yield QrCode(document.qr)
    yield Text(f"核验网址 {document.host}", align=Align.CENTER)
    yield Feed(1)


def _end(document: Issued, copy: Copy, notes: Sequence[str], place: str) -> Iterator[Block]:
    verify = "扫码或在上述网址输校验码可核验，无需盖章。网址不同即为伪造。"
    yield from numbered((*notes, verify))
    yield Rule()
    yield pair("有效期至", f"{document.valid_until or '长期有效'}")
    yield from printed(copy, place)


def printed(copy: Copy, place: str) -> Iterator[Block]:
    """Yield when and where a copy is printed: the last lines on the paper."""
    yield pair("打印时间", f"{copy.printed_at:%Y-%m-%d %H:%M}")
    yield pair("页码", f"{place} 第{copy.number}份")
    yield pair("打印终端", copy.kiosk_id)
