"""The copies of certificates that kiosks report: printed or uncertain, and what was seen on the paper.

Only the terminal that a document was issued to has its paper; what another says of it counts for nothing.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, insert, select, update

from central.events.uncounted import Uncounted
from central.store.tables import certificates, prints
from sync.protocol.events import CertificatePrinted, CertificatePrintResolved
from sync.protocol.messages import Event

NOT_ISSUED_HERE = "this document was not issued to the terminal that reports it"


def record_copies(tx: Connection, events: Sequence[Event]) -> Uncounted:
    """Record the copies that ``certificate.printed`` reports; return those of documents of others."""
    owned = _issued_to(tx, events)
    if copies := [_copy(event) for event in events if event.body["number"] in owned]:
        tx.execute(insert(prints), copies)
    return _of_others(events, owned)


def record_inspections(tx: Connection, events: Sequence[Event]) -> Uncounted:
    """Record what ``certificate.print_resolved`` says about uncertain copies; return those of documents of others."""
    owned = _issued_to(tx, events)
    for event in events:
        seen = msgspec.convert(event.body, CertificatePrintResolved)
        if seen.number in owned:
            this = (prints.c.certificate_number == seen.number) & (prints.c.copy == seen.copy)
            tx.execute(update(prints).where(this).values(complete=seen.complete))
    return _of_others(events, owned)


def _issued_to(tx: Connection, events: Sequence[Event]) -> set[str]:
    """Return which of the documents that are reported were issued to the terminal that does; it is one for all."""
    numbers = {event.body["number"] for event in events}
    mine = certificates.c.number.in_(numbers) & (certificates.c.kiosk_id == events[0].kiosk_id)
    return set(tx.execute(select(certificates.c.number).where(mine)).scalars())


def _of_others(events: Sequence[Event], owned: set[str]) -> Uncounted:
    return {event.id: NOT_ISSUED_HERE for event in events if event.body["number"] not in owned}


def _copy(event: Event) -> dict[str, object]:
    printed = msgspec.convert(event.body, CertificatePrinted)
    return {
        "event_id": event.id,
        "certificate_number": printed.number,
        "result": printed.result,
        "occurred_at": event.occurred_at,
        "copy": printed.copy,
    }
