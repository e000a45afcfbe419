"""The copies of certificates that kiosks report: printed or uncertain, and what was seen on the paper."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, insert, update

from central.store.tables import prints
from sync.protocol.events import CertificatePrinted, CertificatePrintResolved
from sync.protocol.messages import Event


def record_copies(tx: Connection, events: Sequence[Event]) -> None:
    """Record the copies that ``certificate.printed`` reports."""
    tx.execute(insert(prints), [_copy(event) for event in events])


def record_inspections(tx: Connection, events: Sequence[Event]) -> None:
    """Record what ``certificate.print_resolved`` says about uncertain copies."""
    for event in events:
        seen = msgspec.convert(event.body, CertificatePrintResolved)
        this = (prints.c.certificate_number == seen.number) & (prints.c.copy == seen.copy)
        tx.execute(update(prints).where(this).values(complete=seen.complete))


def _copy(event: Event) -> dict[str, object]:
    printed = msgspec.convert(event.body, CertificatePrinted)
    return {
        "event_id": event.id,
        "certificate_number": printed.number,
        "result": printed.result,
        "occurred_at": event.occurred_at,
        "copy": printed.copy,
    }
