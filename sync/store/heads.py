"""Heads of the centre's audit chains, as this kiosk keeps them: the newest of each, and one of each day."""

from datetime import timedelta

import msgspec

from sync.protocol.messages import Head
from sync.store.meta import Rows, get_meta, set_meta
from sync.store.transaction import Transaction

KEPT = timedelta(days=400)
"""How long one of each day is kept."""
NEWEST, DAILY, REFUSED = "heads_newest", "heads_daily", "heads_refused"


def newest(rows: Rows) -> dict[str, Head]:
    """Return the newest head of each chain, by its name."""
    return msgspec.json.decode(get_meta(rows, NEWEST) or "{}", type=dict[str, Head])


def kept(rows: Rows) -> list[Head]:
    """Return all that are kept, the oldest first."""
    daily = msgspec.json.decode(get_meta(rows, DAILY) or "[]", type=list[Head])
    return [*daily, *(head for head in newest(rows).values() if head not in daily)]


def keep(tx: Transaction, head: Head) -> None:
    """Keep a head as the newest of its chain, and the one before it if it is of another day, or of another epoch."""
    known = newest(tx)
    before = known.get(head.chain)
    if before and (before.epoch, before.time.date()) != (head.epoch, head.time.date()):
        daily = msgspec.json.decode(get_meta(tx, DAILY) or "[]", type=list[Head])
        young = [each for each in [*daily, before] if each.time > head.time - KEPT]
        set_meta(tx, DAILY, msgspec.json.encode(young).decode())
    set_meta(tx, NEWEST, msgspec.json.encode(known | {head.chain: head}).decode())


def is_news(tx: Transaction, chain: str, fault: str, n: int) -> bool:
    """Return whether this is found for the first time; remember it until something else is found with the chain."""
    known = msgspec.json.decode(get_meta(tx, REFUSED) or "{}", type=dict[str, tuple[str, int]])
    if known.get(chain) == (fault, n):
        return False
    set_meta(tx, REFUSED, msgspec.json.encode(known | {chain: (fault, n)}).decode())
    return True


def former_epochs(rows: Rows, chain: str) -> set[str]:
    """Return the epochs of a chain that ended: none of them comes back."""
    now = newest(rows).get(chain)
    return {each.epoch for each in kept(rows) if each.chain == chain and now and each.epoch != now.epoch}
