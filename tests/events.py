"""Real events, for tests that need some and mind no particular ones."""

from datetime import UTC, datetime
from typing import Any

from sync.protocol import events
from sync.protocol.event_kinds import EventBody, name_of, values_of
from sync.protocol.events import CardPinChanged, StaffCalled
from sync.protocol.messages import Event
from sync.store import Store, outbox

POISON = '{"n":9223372036854775808}'
"""A body that no centre takes."""
STAFF_CALLED = StaffCalled(phase="menu")
"""One that keeps no order."""


def pin_changed(number: int = 1) -> CardPinChanged:
    """One that keeps its order among those of its card."""
    return CardPinChanged(act=f"A1-{number}")


def happen(store: Store, *cards: str) -> list[str]:
    """Let one event happen with each of these cards, or with none for ''; return their ids."""
    with store.transaction() as tx:
        return [outbox.add(tx, pin_changed() if card else STAFF_CALLED, card) for card in cards]


def poison(store: Store, card: str) -> str:
    """Let an event wait that a program of before the bounds has recorded, and no centre takes; return its id."""
    with store.transaction() as tx:
        event_id = outbox.add(tx, pin_changed(), card)
        tx.execute("UPDATE outbox SET body = ? WHERE id = ?", (POISON, event_id))
    return event_id


def sent(body: EventBody, **about: Any) -> Event:
    """Return an event as a kiosk sends it."""
    plain = {
        "id": "event-1",
        "kiosk_id": "610200-001",
        "install_epoch": "a" * 32,
        "seq": 1,
        "type": name_of(type(body)),
        "occurred_at": datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
        "body": {"visit_id": "visit-1", **values_of(body)},
    }
    return Event(**plain | about)


EPOCH = "0" * 32
ON_THE_WIRE = [
    (events.KioskStarted(version="1.0"), "kiosk.started", {"version": "1.0"}),
    (events.CalendarMissing(year=2027), "calendar.missing", {"year": 2027}),
    (events.VisitRated(level=5), "visit.rated", {"level": 5}),
    (events.QuestionUnanswered(typed="gongjijin"), "question.unanswered", {"typed": "gongjijin"}),
    (events.DocumentLeft(document="id-card"), "document.left", {"document": "id-card"}),
    (events.StaffCalled(phase="menu"), "staff.called", {"phase": "menu"}),
    (
        events.ServiceFailed(service="s", number="012345", error="KeyError"),
        "service.failed",
        {"service": "s", "number": "012345", "error": "KeyError"},
    ),
    (events.CertificateNameDiffers(number="1"), "certificate.name_differs", {"number": "1"}),
    (
        events.CertificateNotGenuine(number="1", kind="participation", reason="unknown-key"),
        "certificate.not_genuine",
        {"number": "1", "kind": "participation", "reason": "unknown-key"},
    ),
    (
        events.CertificatePrinted(number="1", copy=1, bytes=9, seconds=0.5, result="confirmed"),
        "certificate.printed",
        {"number": "1", "copy": 1, "bytes": 9, "seconds": 0.5, "result": "confirmed"},
    ),
    (
        events.CertificatePrinted(number="1", copy=2, reason="kiosk-restarted", result="uncertain"),
        "certificate.printed",
        {"number": "1", "copy": 2, "reason": "kiosk-restarted", "result": "uncertain"},
    ),
    (
        events.CertificatePrintResolved(number="1", copy=1, complete=False),
        "certificate.print_resolved",
        {"number": "1", "copy": 1, "complete": False},
    ),
    (events.PrinterPaperLow(), "printer.paper_low", {}),
    (events.CardNotProven(reason="wrong-answer"), "card.not_proven", {"reason": "wrong-answer"}),
    (events.CardActivated(act="A-1", resolved=False), "card.activated", {"act": "A-1", "resolved": False}),
    (events.CardPinChanged(act="A-1", resolved=True), "card.pin_changed", {"act": "A-1", "resolved": True}),
    (
        events.CardPinChangeUncertain(act="A-1", purpose="change", reason="no-answer"),
        "card.pin_change_uncertain",
        {"act": "A-1", "purpose": "change", "reason": "no-answer"},
    ),
    (
        events.CardPinUnchanged(act="A-1", purpose="activation"),
        "card.pin_unchanged",
        {"act": "A-1", "purpose": "activation"},
    ),
    (
        events.JournalUnknownAct(act="card.unlock", number="A-1"),
        "journal.unknown_act",
        {"act": "card.unlock", "number": "A-1"},
    ),
    (events.CommandDone(key="k"), "command.done", {"key": "k", "reason": ""}),
    (events.CommandFailed(key="k", reason="no"), "command.failed", {"key": "k", "reason": "no"}),
    (
        events.HistoryHeadRefused(chain="centre.acts", fault="went-back", n=9),
        "history.head_refused",
        {"chain": "centre.acts", "fault": "went-back", "n": 9},
    ),
    (
        events.HistoryPutBack(chain="centre.acts", rows=4),
        "history.put_back",
        {"chain": "centre.acts", "rows": 4},
    ),
    (
        events.ClockJumped(ahead=-7200.0, before=0.5),
        "clock.jumped",
        {"ahead": -7200.0, "before": 0.5},
    ),
    (events.StoreSetAside(file="ops.damaged"), "store.set_aside", {"file": "ops.damaged"}),
    (
        events.StoreSalvaged(outbox=1, journal=2, audit=3, unreadable=4),
        "store.salvaged",
        {"outbox": 1, "journal": 2, "audit": 3, "unreadable": 4},
    ),
    (events.StoreLost(), "store.lost", {}),
    (
        events.StorePutBack(install_epoch=EPOCH, high_water=9, sent=7, events=2),
        "store.put_back",
        {"install_epoch": EPOCH, "high_water": 9, "sent": 7, "events": 2},
    ),
    (
        events.StoreTwin(install_epoch=EPOCH, high_water=9),
        "store.twin",
        {"install_epoch": EPOCH, "high_water": 9},
    ),
    (
        events.OutboxStuck(oldest="2026-11-22T00:00:00.000000+00:00"),
        "outbox.stuck",
        {"oldest": "2026-11-22T00:00:00.000000+00:00"},
    ),
    (
        events.OutboxLostAtCentre(install_epoch=EPOCH, events=3),
        "outbox.lost_at_centre",
        {"install_epoch": EPOCH, "events": 3},
    ),
    (
        events.TlsCertificateExpiring(not_after="2026-12-01T00:00:00.000000+00:00"),
        "tls.certificate_expiring",
        {"not_after": "2026-12-01T00:00:00.000000+00:00"},
    ),
]
"""What the centre receives, by the names that it knows; earlier versions of the kiosk say the same."""
