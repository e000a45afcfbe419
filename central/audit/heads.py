"""Heads that travel: each side keeps those of the other, and says so when one does not follow from the last."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from central.access.kiosks import Caller
from central.audit.bodies import CHAINS
from central.audit.chain import own_heads
from central.audit.tables import kept_heads
from central.audit.verify import epochs, hash_of
from central.store.alarms import raise_alarm
from sync.protocol import seal
from sync.protocol.audit import Epoch, HeadFault, IsOwn, compare, disagreement, lost_rows, signed_text
from sync.protocol.messages import Head, Heads
from sync.protocol.seal import SealError

KEPT = timedelta(days=400)
"""How long a kiosk's head is kept, the last of each day; the newest always."""


# Put together once: every delivery needs them.
LAST = select(kept_heads.c.head).where(kept_heads.c.chain == bindparam("chain"))
LAST = LAST.order_by(kept_heads.c.id.desc()).limit(1)
LAST_OF_EPOCH = LAST.where(kept_heads.c.epoch == bindparam("epoch"))
REPLACE = (
    update(kept_heads)
    .where(*(kept_heads.c[name] == bindparam(f"of_{name}") for name in ("chain", "epoch", "day")))
    .values(head=bindparam("head"), received_at=bindparam("received_at"))
)


def exchange(tx: Connection, caller: Caller, said: Heads, at: datetime, is_own: IsOwn) -> Heads:
    """Keep the head of a kiosk's history, and return ours; look at what the kiosk holds of us.

    :param is_own: tells whether this centre made a seal over a text.
    """
    mine = own_heads(tx)
    for head in said.yours:
        if (fault := _disagrees(tx, mine, head)) and is_own(head.seal, signed_text(head)):
            note = f"{caller.kiosk_id} holds our head for row {head.n} of {head.epoch}: {fault}"
            raise_alarm(tx, at, "history-tampered", head.chain, note)
    fault, yours = "", []
    for head in said.mine[:1]:
        before = _last(tx, head.chain, head.epoch)
        fault = _judge(tx, caller, head, before, at) or ""
        yours = [before] if before else []
    return Heads(mine, yours, fault)


def kept(connection: Connection, chain: str | None = None) -> list[Head]:
    """Return the heads that are kept, of one chain or of all, in the order in which they came."""
    wanted = select(kept_heads.c.head).order_by(kept_heads.c.id)
    found = connection.execute(wanted if chain is None else wanted.where(kept_heads.c.chain == chain))
    return [msgspec.json.decode(head, type=Head) for head in found.scalars()]


def forget(tx: Connection, at: datetime) -> None:
    """Forget heads that were kept long enough, but for the last of each epoch."""
    k, newer = kept_heads.c, kept_heads.alias()
    follows = (newer.c.chain == k.chain) & (newer.c.epoch == k.epoch) & (newer.c.id > k.id)
    old = k.day < (at - KEPT).date().isoformat()
    tx.execute(delete(kept_heads).where(old & select(newer.c.id).where(follows).exists()))


def _judge(tx: Connection, caller: Caller, head: Head, before: Head | None, at: datetime) -> HeadFault | None:
    """Keep a kiosk's head, or say what is wrong with it; raise an alarm in either case where somebody must look."""
    if head.chain != f"kiosk.{caller.kiosk_id}" or not _is_sealed_by(caller, head):
        raise_alarm(tx, at, "history-not-signed", caller.kiosk_id, "its head is not sealed by its key")
        return HeadFault.NOT_SIGNED
    if fault := compare(before, head):
        note = f"its head after row {before.n if before else 0} of {head.epoch}: {fault}"
        raise_alarm(tx, at, "history-tampered", caller.kiosk_id, note)
        return fault
    if before is None and (former := _last(tx, head.chain)):
        note = (
            f"a new history after row {head.since}: {lost_rows(former, head)} rows of {former.epoch} are lost"
        )
        raise_alarm(tx, at, "history-put-back", caller.kiosk_id, note)
    if before is None or head.n > before.n or head.time.date() > before.time.date():
        _keep(tx, head, at)
    return None


def _is_sealed_by(caller: Caller, head: Head) -> bool:
    try:
        seal.verify(head.seal, signed_text(head), caller.algorithm, caller.public_key)
    except SealError:
        return False
    return True


def _keep(tx: Connection, head: Head, at: datetime) -> None:
    """Keep the last head of each day."""
    about = {"head": msgspec.json.encode(head).decode(), "received_at": at}
    place = {"chain": head.chain, "epoch": head.epoch, "day": at.date().isoformat()}
    replaced = {f"of_{name}": value for name, value in place.items()} | about
    if not tx.execute(REPLACE, replaced).rowcount:
        tx.execute(insert(kept_heads).values(place | about))


def _last(tx: Connection, chain: str, epoch: str | None = None) -> Head | None:
    wanted = LAST if epoch is None else LAST_OF_EPOCH
    found = tx.execute(wanted, {"chain": chain, "epoch": epoch}).scalar_one_or_none()
    return msgspec.json.decode(found, type=Head) if found else None


def _disagrees(tx: Connection, mine: list[Head], head: Head) -> str:
    """Return what a head of ours that a kiosk has kept says against what is here now; '' if nothing."""
    chained = next((each for each in CHAINS if each.chain == head.chain), None)
    now = next((each for each in mine if each.chain == head.chain), None)
    if chained is None or now is None:
        return "" if chained is None else "end-removed"
    known = [Epoch(now.epoch, now.since)] if head.epoch == now.epoch else epochs(tx, chained)
    return disagreement(head, known, now.n, lambda n: hash_of(tx, chained, n))
