"""Writes docs/documents.md from the declarations of the documents: ``python -m tools.document_docs``."""

from collections.abc import Iterator
from pathlib import Path

from kiosk.paper.certificates.kinds import LAYOUTS
from sync.protocol.document_kinds import DOCUMENT_KINDS, DocumentKind
from sync.protocol.documents import Issued

DOCUMENT = Path(__file__).parent.parent / "docs" / "documents.md"
HEADING = """# Documents

Made by `python -m tools.document_docs` from the declarations in `sync/protocol/documents.py` and, for what nobody
signs, `kiosk/paper/certificates/local.py`; a test holds them together. The number is the kind's byte in the QR code. On
the public page name, ID number and card number are masked; it never gets the fields in *only on paper*. What is on
every document stands in `Issued`, `Personal`, `Unit` and `Receipt`. More in [certificates.md](certificates.md).

"""


def table() -> str:
    """Return the kinds of document as a Markdown table, in the order of their declaration."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "| kind | no. | at its head | in English | what it says | only on paper | valid | layout |"
    yield "|---|---|---|---|---|---|---|---|"
    yield from map(_row, DOCUMENT_KINDS.values())


def _row(kind: DocumentKind) -> str:
    layout = LAYOUTS[kind.message]
    cells = (
        f"`{kind.name}`",
        str(kind.number or "–"),
        kind.title,
        kind.english,
        kind.meaning.replace("``", "`"),
        ", ".join(f"`{name}`" for name in _only_on_paper(kind)),
        _validity(kind),
        f"`{layout.__module__}`",
    )
    return f"| {' | '.join(cells)} |"


def _only_on_paper(kind: DocumentKind) -> list[str]:
    own = [name for name in kind.message.__struct_fields__ if name not in Issued.__struct_fields__]
    return [name for name in own if kind.number and name not in kind.page]


def _validity(kind: DocumentKind) -> str:
    if not kind.number:
        return "–"
    return f"{kind.valid_months} months" if kind.valid_months else "no end"


if __name__ == "__main__":
    DOCUMENT.write_text(HEADING + table(), "utf-8")
