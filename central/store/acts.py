"""The record of acts: who did what at the centre, when, in which channel, and what showed that they may.

Each act is one row, written in the transaction that does it.
"""

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Connection, Row, func, insert, select

from central.store.operators import require_active
from central.store.tables import acts
from sync.protocol.words import Channel, Operation

ActName = (
    Operation
    | Literal[
        "expire",
        "alarm-seen",
        "application-accepted",
        "application-dated",
        "application-granted",
        "application-refused",
        "certificate-accepted",
        "certificate-revoked",
        "command-given",
        "document-issued",
        "document-revoked",
        "feed-published",
        "feeds-restarted",
        "history-put-back",
        "key-rotated",
        "key-withdrawn",
        "kiosk-approved",
        "kiosk-enrolled",
        "kiosk-invited",
        "kiosk-key-replaced",
        "kiosk-revoked",
        "history-exported",
        "history-cut",
        "operator-added",
        "operator-disabled",
        "quarantine-deleted",
        "request-made",
        "request-confirmed",
        "request-withdrawn",
        "pin-reset-authorised",
        "pin-reset-used",
        "terminal-approved-for",
        "terminal-channel-set",
    ]
)
"""What can be done: to a card in the words of the rules, and all else."""
MOST_SHOWN = 100
RECORDED = threading.Event()
"""Set when this process has recorded an act: one that will wait for its place in the chain."""


class Actor(Struct, frozen=True):
    """Who does something, in which channel, and when.

    ``by`` is a terminal's number, the name of a member of staff, or a job's; ``kind`` says which. ``proof`` is what
    showed the terminal who the citizen is, as in ``verified_by`` of requests, and the papers that were shown.
    """

    by: str
    channel: Channel | Literal["job"]
    at: datetime
    kind: Literal["terminal", "clerk", "job"] = "terminal"
    proof: str = ""


def clerk(name: str, at: datetime, channel: Channel = "window") -> Actor:
    """Return a member of staff, who acts at a window unless another channel is named."""
    return Actor(name, channel, at, "clerk")


def job(name: str, at: datetime) -> Actor:
    """Return what the centre does by itself."""
    return Actor(name, "job", at, "job")


def record(
    tx: Connection,
    actor: Actor,
    act: ActName,
    subject: str,
    *,
    kind: str | None = None,
    before: str | None = None,
    after: str | None = None,
    until: datetime | None = None,
    note: str = "",
    digest: str = "",
) -> None:
    """Record an act.

    :raises OperatorError: it is a member of staff's who may not act.
    :param subject: what it was done to: a document's or application's number, a card's partition, a kiosk, a feed.
    :param kind: which of several kinds of the act; ``before`` and ``after`` are the subject's states.
    :param digest: the SHA-256 of the document that it made, in hexadecimal.
    """
    if actor.kind == "clerk":
        require_active(tx, actor.by)
    who = {
        "at": actor.at,
        "actor": actor.kind,
        "by": actor.by,
        "channel": actor.channel,
        "proof": actor.proof,
    }
    what = {"act": act, "subject": subject, "kind": kind, "before": before, "after": after}
    tx.execute(insert(acts).values(**who, **what, until=until, note=note, digest=digest))
    RECORDED.set()


def find_acts(
    connection: Connection, *, subject: str | None = None, by: str | None = None
) -> Sequence[Row[Any]]:
    """Return the newest acts, at most ``MOST_SHOWN``, the oldest of them first.

    :param subject: what they were done to. ``by``: who did them.
    """
    newest = select(acts).order_by(acts.c.at.desc(), acts.c.id.desc()).limit(MOST_SHOWN)
    if subject is not None:
        newest = newest.where(acts.c.subject == subject)
    if by is not None:
        newest = newest.where(acts.c.by == by)
    return connection.execute(newest).all()[::-1]


def count_acts(connection: Connection, act: ActName, by: str, since: datetime) -> int:
    """Return how often somebody has done this since then."""
    mine = (acts.c.by == by) & (acts.c.at >= since) & (acts.c.act == act)
    return connection.execute(select(func.count()).where(mine)).scalar_one()
