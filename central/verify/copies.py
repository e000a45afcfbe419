"""What became of a document's copies on paper, as kiosks reported it and people found it."""

from msgspec import Struct
from sqlalchemy import Connection, func, select

from central.store.tables import prints


class Copies(Struct, frozen=True):
    """How many copies were confirmed by a printer, found complete or incomplete by somebody, or are uncertain."""

    confirmed: int = 0
    complete: int = 0
    incomplete: int = 0
    uncertain: int = 0


def copies_of(connection: Connection, number: str) -> Copies:
    """Count the copies of the document with this number."""
    columns = (prints.c.result, prints.c.complete)
    mine = select(*columns, func.count().label("copies")).where(prints.c.certificate_number == number)
    counts = dict.fromkeys(Copies.__struct_fields__, 0)
    for row in connection.execute(mine.group_by(*columns)):
        counts[_kind(row.result, row.complete)] += row.copies
    return Copies(**counts)


def in_words(copies: Copies) -> str:
    """Return the result as a sentence for the person who verifies the document."""
    said = [
        f"已打印 {copies.confirmed} 份" * bool(copies.confirmed),
        f"有 {copies.complete} 份当时未能确认，后经核对纸张完整" * bool(copies.complete),
        f"有 {copies.incomplete} 份经核对不完整，不能使用" * bool(copies.incomplete),
        f"有 {copies.uncertain} 份打印结果未能确认" * bool(copies.uncertain),
    ]
    return "，另".join(filter(None, said)) or "尚未收到打印记录"


def _kind(result: str, complete: bool | None) -> str:
    if result != "uncertain" or complete is None:
        return result
    return "complete" if complete else "incomplete"
