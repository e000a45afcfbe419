"""The record of reads: who was told what of whom, when, where and what for. The person may ask (条例 第四十九条).

One row for each answer about a person, written in the transaction that gives it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, insert, select

from central.store.tables import reads

KEPT = timedelta(days=3 * 366)
"""At least three years, as long as 个人信息保护法 第五十六条 wants such records kept."""
MOST_SHOWN = 200


def record_read(
    tx: Connection,
    at: datetime,
    id_number: str,
    by: str,
    what: str,
    *,
    actor: Literal["terminal", "clerk"] = "terminal",
    channel: str = "kiosk",
    kind: str = "",
    region: str = "",
    purpose: str = "",
    proof: str = "",
    visit_id: str = "",
) -> None:
    """Record that ``by`` (a terminal's number, or the name of a member of staff) was told ``what`` of a person.

    :param what: the path of a call, or the name of a command; ``kind`` is which of its several.
    """
    who = {"at": at, "id_number": id_number, "actor": actor, "by": by, "channel": channel, "region": region}
    about = {"what": what, "kind": kind, "purpose": purpose, "proof": proof, "visit_id": visit_id}
    tx.execute(insert(reads).values(**who, **about))


def find_reads(connection: Connection, id_number: str, most: int = MOST_SHOWN) -> Sequence[Row[Any]]:
    """Return the newest reads of a person, at most ``most``, the newest first."""
    newest = select(reads).where(reads.c.id_number == id_number)
    return connection.execute(newest.order_by(reads.c.at.desc(), reads.c.id.desc()).limit(most)).all()


def forget_reads(tx: Connection, at: datetime, most: int = 5000) -> None:
    """Forget reads that are older than they have to be kept."""
    old = select(reads.c.id).where(reads.c.at < at - KEPT).limit(most)
    tx.execute(delete(reads).where(reads.c.id.in_(old)))
