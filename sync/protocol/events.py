"""The one catalogue of what happens at a kiosk. Nothing else can be recorded; docs/events.md is made of it.

Every value has a bound, and none is about a person: no name, no ID number, no card number, no PIN. What need not be
said is left out (``UNSET``).
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from sync.protocol.event_form import require_values
from sync.protocol.event_kinds import CATALOGUE, EventBody, Partition, event, require_form
from sync.protocol.messages import HIGHEST, CopyNumber, DocumentNumber, Identifier, Text, Word

MOST_SERVICES = 100
Count = Annotated[int, Meta(ge=0, le=HIGHEST)]
Seconds = Annotated[float, Meta(ge=0, le=1e6)]
Offset = Annotated[float, Meta(ge=-1e10, le=1e10)]
TriesLeft = Annotated[int, Meta(ge=0, le=255)]
Purpose = Literal["activation", "change"]

# The kiosk and its visits.


@event("kiosk.started", to_centre=True)
class KioskStarted(EventBody, frozen=True, kw_only=True):
    """The kiosk's window and devices came up."""

    version: Word


@event("calendar.missing", to_centre=True)
class CalendarMissing(EventBody, frozen=True, kw_only=True):
    """A year begins within 60 days, and its arrangement of holidays is neither in the program nor published: the kiosk
    cannot tell periods that reach into it.
    """

    year: Annotated[int, Meta(ge=1900, le=2200)]


@event("visit.started")
class VisitStarted(EventBody, frozen=True, kw_only=True):
    """Somebody came: what they began with, a credential that was put in, laid down or shown, or a touch (`none`)."""

    credential: Literal["none", "card", "id-card", "e-card"]


@event("visit.raised")
class VisitRaised(EventBody, frozen=True, kw_only=True):
    """A credential of the same person, or the first one, was shown in a visit that was on."""

    credential: Literal["card", "id-card", "e-card"]


@event("visit.card_refused")
class VisitCardRefused(EventBody, frozen=True, kw_only=True):
    """What was shown, a card, an ID card or a code, cannot be used: why, in one word."""

    problem: Word


@event("visit.on_behalf")
class VisitOnBehalf(EventBody, frozen=True, kw_only=True):
    """Somebody said that they act for the holder of the card (代办), or that they no longer do."""

    begins: bool


@event("visit.ended")
class VisitEnded(EventBody, frozen=True, kw_only=True):
    """The citizen finished, left, or stopped answering; the services that were done, or the last of very many."""

    done: Annotated[list[Identifier], Meta(max_length=MOST_SERVICES)]


@event("visit.rated", to_centre=True)
class VisitRated(EventBody, frozen=True, kw_only=True):
    """The citizen said, without having to, how the visit was: from 1 (bad) to 5 (very good)."""

    level: Annotated[int, Meta(ge=1, le=5)]


@event("question.unanswered", to_centre=True, in_visit=False)
class QuestionUnanswered(EventBody, frozen=True, kw_only=True):
    """A search found nothing. What was typed is there only if the citizen agreed, and had no long number in it."""

    typed: Annotated[str, Meta(min_length=1, max_length=40)] | UnsetType = UNSET


@event("document.left", to_centre=True)
class DocumentLeft(EventBody, frozen=True, kw_only=True):
    """A card or an ID card was not taken back after its visit, though the kiosk asked for it. Staff look after it."""

    document: Literal["card", "id-card"]


@event("preferences.changed")
class PreferencesChanged(EventBody, frozen=True, kw_only=True):
    """The citizen chose how the machine speaks: what is not as it was before."""

    language: Annotated[str, Meta(max_length=16)] | UnsetType = UNSET
    elder: bool | UnsetType = UNSET
    high_contrast: bool | UnsetType = UNSET
    volume: Annotated[int, Meta(ge=0, le=5)] | UnsetType = UNSET
    speed: Annotated[int, Meta(ge=0, le=1000)] | UnsetType = UNSET


@event("staff.called", to_centre=True)
class StaffCalled(EventBody, frozen=True, kw_only=True):
    """Somebody pressed the button for staff."""

    phase: Word


# Services.


@event("service.started")
class ServiceStarted(EventBody, frozen=True, kw_only=True):
    """The citizen chose a service; `on_behalf` if somebody acts for the holder of the card."""

    service: Identifier
    on_behalf: bool


@event("service.ended")
class ServiceEnded(EventBody, frozen=True, kw_only=True):
    """A service came to its end."""

    service: Identifier
    done: bool


@event("service.failed", to_centre=True)
class ServiceFailed(EventBody, frozen=True, kw_only=True):
    """A service met something unexpected; the number is the one on the out-of-service page."""

    service: Word
    number: Annotated[str, Meta(pattern=r"\A[0-9]{6}\Z")]
    error: Text


@event("pin.verified")
class PinVerified(EventBody, frozen=True, kw_only=True):
    """The card accepted the PIN."""


@event("pin.refused")
class PinRefused(EventBody, frozen=True, kw_only=True):
    """The card refused the PIN."""

    tries_left: TriesLeft


# Paper.


@event("certificate.issued")
class CertificateIssued(EventBody, frozen=True, kw_only=True):
    """The centre issued a certificate for this visit."""

    number: DocumentNumber
    kind: Identifier


@event("certificate.name_differs", to_centre=True, partition=Partition.CARD)
class CertificateNameDiffers(EventBody, frozen=True, kw_only=True):
    """A certificate was issued in another name than the one on the chip; it was not printed."""

    number: DocumentNumber


@event("certificate.not_genuine", to_centre=True, partition=Partition.CARD)
class CertificateNotGenuine(EventBody, frozen=True, kw_only=True):
    """What was answered as a certificate was not signed by the centre for this holder: it was not printed."""

    number: DocumentNumber
    kind: Identifier
    reason: Word


@event("certificate.printed", to_centre=True, partition=Partition.CARD, handled_in="certificates")
class CertificatePrinted(EventBody, frozen=True, kw_only=True):
    """A copy was printed: `confirmed` by the printer in order after its cut, or `uncertain` and why."""

    number: DocumentNumber
    copy: CopyNumber = 1
    bytes: Count | UnsetType = UNSET
    seconds: Seconds | UnsetType = UNSET
    result: Literal["confirmed", "uncertain"]
    reason: Word | UnsetType = UNSET


@event("certificate.print_resolved", to_centre=True, partition=Partition.CARD, handled_in="certificates")
class CertificatePrintResolved(EventBody, frozen=True, kw_only=True):
    """Somebody looked at the paper of an uncertain copy and said whether it is complete."""

    number: DocumentNumber
    copy: CopyNumber = 1
    complete: bool


@event("printer.paper_low", to_centre=True)
class PrinterPaperLow(EventBody, frozen=True, kw_only=True):
    """Something is printed while the paper is near its end: staff bring a new roll."""


# The chip. `act` is the number of the act in the kiosk's journal.


@event("card.not_proven", to_centre=True, partition=Partition.CARD)
class CardNotProven(EventBody, frozen=True, kw_only=True):
    """A card did not prove to the centre that it is genuine, and was refused: its answer was wrong, which a
    counterfeit's is, or the centre cannot check it (`unproven`). Staff look into it.
    """

    reason: Literal["wrong-answer", "unproven"]


@event("card.activated", to_centre=True, partition=Partition.CARD, handled_in="cards")
class CardActivated(EventBody, frozen=True, kw_only=True):
    """The card's initial PIN was replaced by its holder's own; `resolved` if this was found out only later."""

    act: Word
    resolved: bool = False


@event("card.pin_changed", to_centre=True, partition=Partition.CARD)
class CardPinChanged(EventBody, frozen=True, kw_only=True):
    """The holder replaced the card's PIN; `resolved` if this was found out only later."""

    act: Word
    resolved: bool = False


@event("card.pin_change_uncertain", to_centre=True, partition=Partition.CARD)
class CardPinChangeUncertain(EventBody, frozen=True, kw_only=True):
    """Whether the card accepted a new PIN is unknown, and why; the next visit with the card finds out."""

    act: Word
    purpose: Purpose
    reason: Word


@event("card.pin_unchanged", to_centre=True, partition=Partition.CARD)
class CardPinUnchanged(EventBody, frozen=True, kw_only=True):
    """A replacement of the PIN of unknown outcome turned out not to have happened."""

    act: Word
    purpose: Purpose


@event("journal.unknown_act", to_centre=True, partition=Partition.CARD)
class JournalUnknownAct(EventBody, frozen=True, kw_only=True):
    """A restart found an act of another version without an outcome; it is kept as uncertain, for staff."""

    act: Word
    number: Word


# The store and its exchange with the centre.


@event("command.done", to_centre=True, in_visit=False)
class CommandDone(EventBody, frozen=True, kw_only=True):
    """A command of the centre to this kiosk was carried out; `key` is the command's."""

    key: Text
    reason: Text = ""


@event("command.failed", to_centre=True, in_visit=False)
class CommandFailed(EventBody, frozen=True, kw_only=True):
    """A command of the centre to this kiosk could not be carried out, and why."""

    key: Text
    reason: Text = ""


@event("store.set_aside", to_centre=True)
class StoreSetAside(EventBody, frozen=True, kw_only=True):
    """The local store was damaged: it was renamed to `file`, and a new one begun. Staff keep that file."""

    file: Word


@event("store.salvaged", to_centre=True)
class StoreSalvaged(EventBody, frozen=True, kw_only=True):
    """How many rows of the damaged store were brought into the new one, and how many could not be read."""

    outbox: Count
    journal: Count
    audit: Count
    unreadable: Count


@event("store.lost", to_centre=True)
class StoreLost(EventBody, frozen=True, kw_only=True):
    """The local store was gone, or empty, and a new one begun: what had not reached the centre is lost."""


@event("store.put_back", to_centre=True)
class StorePutBack(EventBody, frozen=True, kw_only=True):
    """The centre has events of `install_epoch` that this store never sent (it sent up to `sent`): the store was
    put back from an older image, or another machine was made of the same one. A new epoch was begun, with `events`
    events.
    """

    install_epoch: Identifier
    high_water: Count
    sent: Count
    events: Count


@event("store.twin", to_centre=True)
class StoreTwin(EventBody, frozen=True, kw_only=True):
    """The centre receives more of an epoch that this store has left: another machine has its image and its name."""

    install_epoch: Identifier
    high_water: Count


@event("clock.jumped", to_centre=True)
class ClockJumped(EventBody, frozen=True, kw_only=True):
    """The centre's clock is `ahead` seconds ahead of this machine's, and was `before`: one of them was set by more than
    an hour, or somebody makes the kiosk believe so.
    """

    ahead: Offset
    before: Offset


@event("outbox.stuck", to_centre=True)
class OutboxStuck(EventBody, frozen=True, kw_only=True):
    """An event has waited for the centre longer than a day; told once each time it begins. `oldest`: since when."""

    oldest: Word


@event("outbox.lost_at_centre", to_centre=True)
class OutboxLostAtCentre(EventBody, frozen=True, kw_only=True):
    """The centre, restored from a backup, lost events that this kiosk no longer keeps."""

    install_epoch: Identifier
    events: Count


@event("tls.certificate_expiring", to_centre=True)
class TlsCertificateExpiring(EventBody, frozen=True, kw_only=True):
    """The certificate with which the kiosk shows itself to the centre ends at `not_after`, in less than 30 days."""

    not_after: Word


@event("history.head_refused", to_centre=True)
class HistoryHeadRefused(EventBody, frozen=True, kw_only=True):
    """The head of an audit chain, the centre's or this kiosk's, does not follow from the one that the other side has of
    row `n`: `went-back`, `differs`, `not-signed`; or the chain here does not lead there: `end-removed`, `rewritten`.
    """

    chain: Word
    fault: Word
    n: Count


@event("history.put_back", to_centre=True)
class HistoryPutBack(EventBody, frozen=True, kw_only=True):
    """An audit chain goes on in a new epoch, as after a restore; `rows` that were there before it are lost."""

    chain: Word
    rows: Count


HANDLED = frozenset(kind.name for kind in CATALOGUE.values() if kind.handled_in)
"""The events whose bodies the centre checks, because it does something about them."""


def require_body(name: str, body: Mapping[str, Any]) -> None:
    """Continue only with a body that the centre can take for an event of this name, which may be unknown to it.

    :raises EventFormError: it is of another form, or beyond the bounds of ``require_values``.
    """
    if name in HANDLED:
        require_form(CATALOGUE[name].body, body)
    else:
        require_values(body)
