"""Visits: what a terminal has shown of the person who is there, and for how long it counts."""

from datetime import datetime, time, timedelta

import structlog
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, bindparam, delete, distinct, func, insert, select, update

from central.store.alarms import raise_alarm
from central.store.tables import cards, face_tries, visits
from kiosk.rules.periods import BEIJING
from sync.protocol.call import Proof

PROOF_VALID = timedelta(minutes=10)
UNPROVEN_CARD = "unproven"
"""Instead of a proof: a card that the centre has nothing to check with."""
HOUR = timedelta(hours=1)
AT_ONCE = timedelta(minutes=10)
"""So soon after one another nobody is at two terminals."""
KEPT = timedelta(days=180)
"""How long a visit is kept: events of a kiosk that was offline are checked against it."""

log = structlog.get_logger(__name__)


class VisitLimits(Struct, frozen=True):
    """How many citizens a terminal may have in an hour, and from when to when (Beijing) it is no surprise."""

    people_per_hour: int = 100
    opens: time = time(6)
    closes: time = time(22)


class Visit(Struct, frozen=True):
    """A visit that something was shown in; ``proof`` is a ``Proof``, or ``UNPROVEN_CARD``: what a request rests on."""

    visit_id: str
    id_number: str
    card_identity: str | None
    region: str
    purpose: str
    proof: str

    @property
    def is_proven(self) -> bool:
        """Return whether the person was identified, and not only a card seen that nothing can be checked with."""
        return self.proof != UNPROVEN_CARD


def this_visit(kiosk_id: str, visit_id: str) -> ColumnElement[bool]:
    """Return the condition for one visit of one terminal."""
    return (visits.c.kiosk_id == kiosk_id) & (visits.c.visit_id == visit_id)


FIND = select(visits).where(visits.c.kiosk_id == bindparam("kiosk"), visits.c.visit_id == bindparam("visit"))


def is_one_too_many(tx: Connection, kiosk_id: str, id_number: str, at: datetime, limits: VisitLimits) -> bool:
    """Return whether a terminal has had too many other people in the last hour; tell somebody what is odd here."""
    v = visits.c
    lately = (v.kiosk_id == kiosk_id) & (v.opened_at > at - HOUR) & (v.id_number != id_number)
    people = tx.execute(select(func.count(distinct(v.id_number))).where(lately)).scalar_one()
    if people >= limits.people_per_hour:
        raise_alarm(tx, at, "people-limit", kiosk_id)
        return True
    if not limits.opens <= at.astimezone(BEIJING).time() < limits.closes:
        raise_alarm(tx, at, "outside-hours", kiosk_id)
    elsewhere = (v.id_number == id_number) & (v.opened_at > at - AT_ONCE) & (v.kiosk_id != kiosk_id)
    if other := tx.execute(select(v.kiosk_id).where(elsewhere).limit(1)).scalar_one_or_none():
        raise_alarm(tx, at, "two-terminals", kiosk_id, other)
    return False


def had_card(tx: Connection, kiosk_id: str, partition: str) -> bool:
    """Return whether the card of ``partition`` was at a terminal, and what it showed there was enough."""
    its = visits.c.card_identity.in_(select(cards.c.identity).where(cards.c.partition == partition))
    enough = (visits.c.proof == Proof.CARD) | (
        (visits.c.proof == UNPROVEN_CARD) & visits.c.until.is_not(None)
    )
    here = its & (visits.c.kiosk_id == kiosk_id) & enough
    return tx.execute(select(visits.c.visit_id).where(here).limit(1)).first() is not None


def open_by_id_card(
    tx: Connection,
    kiosk_id: str,
    visit_id: str,
    id_number: str,
    region: str,
    at: datetime,
    limits: VisitLimits,
) -> bool:
    """Open the visit of a person whose ID card a terminal says it has read; False: it had too many in this hour."""
    if is_one_too_many(tx, kiosk_id, id_number, at, limits):
        return False
    enter(tx, kiosk_id, visit_id, id_number, region, at, proof=Proof.ID_CARD, until=at + PROOF_VALID)
    return True


def enter(
    tx: Connection,
    kiosk_id: str,
    visit_id: str,
    id_number: str,
    region: str,
    at: datetime,
    **shown: str | datetime | None,
) -> None:
    """Record what was shown in the visit of a person who needs no card; open it, if it is not on."""
    this = update(visits).where(this_visit(kiosk_id, visit_id))
    if not tx.execute(this.values(id_number=id_number, **shown)).rowcount:
        which = {"kiosk_id": kiosk_id, "visit_id": visit_id, "purpose": "services", "opened_at": at}
        tx.execute(insert(visits).values(**which, **shown, id_number=id_number, region=region))


def had_face(tx: Connection, kiosk_id: str, visit_id: str, id_number: str, at: datetime) -> bool:
    """Return whether the face of a person was found to be theirs in a visit, a moment ago."""
    tries = face_tries.c
    theirs = (tries.id_number == id_number) & (tries.at > at - PROOF_VALID) & tries.matched
    here = (tries.kiosk_id == kiosk_id) & (tries.visit_id == visit_id) & (tries.purpose == "identity")
    return tx.execute(select(tries.request_id).where(theirs & here).limit(1)).first() is not None


def forget_visits(tx: Connection, at: datetime, most: int = 5000) -> None:
    """Forget visits that no late event can be about."""
    old = select(visits.c.kiosk_id, visits.c.visit_id).where(visits.c.opened_at < at - KEPT).limit(most)
    for kiosk_id, visit_id in tx.execute(old).all():
        tx.execute(delete(visits).where(this_visit(kiosk_id, visit_id)))
