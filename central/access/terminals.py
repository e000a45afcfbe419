"""What a terminal stands for: a kiosk, unless staff said otherwise."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from central.store.acts import Actor
from central.store.tables import terminals
from sync.protocol.words import Channel


def channel_of(tx: Connection, kiosk_id: str) -> Channel:
    """Return what a terminal stands for in the rules."""
    return (
        tx.execute(select(terminals.c.channel).where(terminals.c.kiosk_id == kiosk_id)).scalar_one_or_none()
        or "kiosk"
    )


def set_channel(tx: Connection, kiosk_id: str, channel: Channel) -> None:
    """Let a terminal stand for ``channel`` from now on."""
    tx.execute(delete(terminals).where(terminals.c.kiosk_id == kiosk_id))
    tx.execute(insert(terminals).values(kiosk_id=kiosk_id, channel=channel))


def actor_of(tx: Connection, kiosk_id: str, at: datetime, proof: str = "") -> Actor:
    """Return the terminal as the one who does something, for a citizen who has shown ``proof``."""
    return Actor(kiosk_id, channel_of(tx, kiosk_id), at, "terminal", proof)
