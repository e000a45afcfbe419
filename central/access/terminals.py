"""What a terminal was approved for: where it stands, what it may do and say, and what it stands for in the rules.

Whatever a request claims beyond that is not believed. A terminal that nothing was said of is a kiosk, of the region
that its number begins with.
"""

import re
from datetime import datetime
from typing import Any, cast, get_args

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select

from central.store.acts import Actor
from central.store.tables import terminals
from sync.protocol.words import Channel, TerminalAct

ALL_ACTS: tuple[TerminalAct, ...] = get_args(TerminalAct)
KIOSK_ACTS: tuple[TerminalAct, ...] = ("certificates", "applications", "loss", "pin-reset")
"""Of an unattended kiosk, unless it was approved for more: nobody sees whose ID card is laid down there. What the law
of its region leaves to a kiosk is another question (``kiosk.rules``)."""
IN_NUMBER = re.compile(r"([1-9]\d{5})-")
"""A number like 610200-001 says where the terminal is."""


class Terminal(Struct, frozen=True):
    """What is believed of a terminal. Without regions, the first request about a person fixes its region."""

    channel: Channel = "kiosk"
    regions: tuple[str, ...] = ()
    acts: tuple[TerminalAct, ...] = KIOSK_ACTS

    def covers(self, region: str) -> bool:
        """Return whether it may ask for people of ``region``; 610000 stands for the whole province."""
        return any(region.startswith(re.sub("(00){1,2}$", "", each)) for each in self.regions)

    def may(self, act: TerminalAct) -> bool:
        """Return whether it was approved for ``act``."""
        return act in self.acts


class Approval(Struct, frozen=True):
    """What somebody says that a terminal is approved for; what is left out stays as it was."""

    channel: Channel | None = None
    regions: tuple[str, ...] = ()
    acts: tuple[TerminalAct, ...] = ()


def terminal(kiosk_id: str, row: Any) -> Terminal:
    """Return what is believed of a terminal, by its row's ``channel``, ``regions`` and ``acts``; None is the usual."""
    channel: Channel = row.channel or "kiosk"
    usual = KIOSK_ACTS if channel == "kiosk" else ALL_ACTS
    acts = usual if row.acts is None else tuple(row.acts.split())
    return Terminal(channel, region_list(kiosk_id, row.regions), cast(tuple[TerminalAct, ...], acts))


def region_list(kiosk_id: str, regions: str | None) -> tuple[str, ...]:
    """Return the regions that were fixed, or the one that the number begins with."""
    if regions:
        return tuple(regions.split())
    named = IN_NUMBER.match(kiosk_id)
    return (named[1],) if named else ()


def terminal_of(tx: Connection, kiosk_id: str) -> Terminal:
    """Return what is believed of a terminal."""
    this = select(terminals).where(terminals.c.kiosk_id == kiosk_id)
    row = tx.execute(this).one_or_none()
    return terminal(kiosk_id, row) if row else Terminal(regions=region_list(kiosk_id, None))


def channel_of(tx: Connection, kiosk_id: str) -> Channel:
    """Return what a terminal stands for in the rules."""
    return terminal_of(tx, kiosk_id).channel


def fix_terminal(tx: Connection, kiosk_id: str, approved: Approval) -> Terminal:
    """Fix what is believed of a terminal from now on."""
    this = terminals.c.kiosk_id == kiosk_id
    before = tx.execute(select(terminals).where(this)).one_or_none()
    values = {
        "channel": approved.channel or (before.channel if before else "kiosk"),
        "regions": " ".join(approved.regions) or (before.regions if before else None),
        "acts": " ".join(approved.acts) or (before.acts if before else None),
    }
    tx.execute(delete(terminals).where(this))
    tx.execute(insert(terminals).values(kiosk_id=kiosk_id, **values))
    return terminal_of(tx, kiosk_id)


def fix_at_enrolment(tx: Connection, kiosk_id: str, approved: Approval, told: str | None = None) -> Terminal:
    """Fix what is believed of a terminal that is enrolled: as approved, or as before, or as it says itself."""
    before = tx.execute(
        select(terminals.c.regions).where(terminals.c.kiosk_id == kiosk_id)
    ).scalar_one_or_none()
    if told and not approved.regions and not before:
        approved = Approval(approved.channel, (told,), approved.acts)
    return fix_terminal(tx, kiosk_id, approved)


def disagrees(kiosk_id: str, told: str | None) -> bool:
    """Return whether a terminal says that it stands elsewhere than its number does."""
    return bool(told and region_list(kiosk_id, None)) and not Terminal(
        regions=region_list(kiosk_id, None)
    ).covers(str(told))


def actor_of(tx: Connection, kiosk_id: str, at: datetime, proof: str = "") -> Actor:
    """Return the terminal as the one who does something, for a citizen who has shown ``proof``."""
    return Actor(kiosk_id, channel_of(tx, kiosk_id), at, "terminal", proof)
