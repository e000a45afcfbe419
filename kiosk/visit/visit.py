"""One citizen's visit: what has been shown and done, as a pure reducer, and what a service may use."""

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from hardware.card.session import CardSession
from hardware.printer.receipt_printer import ReceiptPrinter
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES, Preferences
from kiosk.dialogue.questions import Question, Working
from kiosk.record.journal import Journal
from kiosk.visit.centre import Centre
from kiosk.visit.person import Credential, Person
from sync.protocol import events
from sync.protocol.centre_keys import CentreKey
from sync.protocol.event_kinds import EventBody
from sync.store.personal import PersonalRecords


class Phase(StrEnum):
    """Where a visit is."""

    IDLE = "idle"
    READING_CARD = "reading-card"
    MENU = "menu"
    SERVICE = "service"
    TAKE_CARD = "take-card"
    CARD_REFUSED = "card-refused"
    OUT_OF_SERVICE = "out-of-service"


@dataclass(frozen=True)
class VisitState:
    """What is known of the visit.

    ``insertion`` is the card reader's event counter that it is bound to, 0 in a visit without a card; ``on_behalf`` is
    True while somebody acts for the holder of the card (代办). ``reply_missed`` is True when something may have been
    done at the centre of which the citizen has not been told yet.
    """

    phase: Phase = Phase.IDLE
    visit_id: str = ""
    insertion: int = 0
    card_identity: str = ""
    pin_verified: bool = False
    service: str = ""
    done: tuple[str, ...] = ()
    problem: str = ""
    on_behalf: bool = False
    reply_missed: bool = False


@dataclass(frozen=True)
class VisitBegun:
    """Somebody touched the page between visits, and has shown nothing yet."""

    visit_id: str


@dataclass(frozen=True)
class CardInserted:
    """A card went into the reader."""

    visit_id: str
    insertion: int


@dataclass(frozen=True)
class CardRead:
    """The card is a social security card and told whose it is."""

    card_identity: str


@dataclass(frozen=True)
class CardRefused:
    """The card cannot be used here."""

    problem: str


@dataclass(frozen=True)
class ActsForHolder:
    """Somebody said that they act for the holder of the card, or (``begins`` False) that they do so no more."""

    begins: bool


@dataclass(frozen=True)
class ServiceChosen:
    """The citizen chose a service."""

    name: str


@dataclass(frozen=True)
class PinVerified:
    """The card accepted the PIN."""


@dataclass(frozen=True)
class ReplyMissed:
    """The citizen did not wait for the centre's answer to something that it may have done."""


@dataclass(frozen=True)
class ServiceEnded:
    """The service came to its end; ``done`` is False when the citizen or the machine broke it off."""

    done: bool


@dataclass(frozen=True)
class VisitOver:
    """The citizen finished, or stopped answering."""


@dataclass(frozen=True)
class Failed:
    """Something unexpected happened; ``number`` is what staff quote."""

    number: str


@dataclass(frozen=True)
class CardTaken:
    """The slot is empty."""


Event = (
    VisitBegun
    | CardInserted
    | CardRead
    | CardRefused
    | ActsForHolder
    | ServiceChosen
    | PinVerified
    | ReplyMissed
    | ServiceEnded
    | VisitOver
    | Failed
    | CardTaken
)


class UnexpectedEventError(Exception):
    """An event means nothing where it came: ``kind`` is the event's, ``where`` the state's. Its values are not told."""

    def __init__(self, where: str, event: object) -> None:
        self.where, self.kind = str(where), type(event).__name__
        super().__init__(f"{self.kind} means nothing in {self.where}")


def next_state(state: VisitState, event: Event) -> VisitState:
    """Return the state after ``event``.

    :raises UnexpectedEventError: the event means nothing in this state.
    """
    match event, state.phase:
        case VisitBegun(visit_id), Phase.IDLE:
            return VisitState(Phase.MENU, visit_id)
        case CardInserted(visit_id, insertion), Phase.IDLE:
            return VisitState(Phase.READING_CARD, visit_id, insertion)
        case _, Phase.IDLE:
            raise UnexpectedEventError(state.phase, event)
        case CardTaken(), _:
            return VisitState()
        case CardRead(identity), Phase.READING_CARD:
            return replace(state, phase=Phase.MENU, card_identity=identity)
        case CardRefused(problem), Phase.READING_CARD | Phase.MENU:
            return replace(state, phase=Phase.CARD_REFUSED, problem=problem)
        case ActsForHolder(begins), Phase.MENU:
            return replace(state, on_behalf=begins)
        case ServiceChosen(name), Phase.MENU:
            return replace(state, phase=Phase.SERVICE, service=name)
        case PinVerified(), Phase.SERVICE:
            return replace(state, pin_verified=True)
        case ReplyMissed(), Phase.SERVICE:
            return replace(state, reply_missed=True)
        case ServiceEnded(done), Phase.SERVICE:
            finished = (*state.done, state.service) if done else state.done
            return replace(state, phase=Phase.MENU, service="", done=finished, reply_missed=False)
        case VisitOver(), Phase.MENU | Phase.SERVICE | Phase.OUT_OF_SERVICE if not state.insertion:
            return VisitState()
        case VisitOver(), Phase.READING_CARD | Phase.MENU | Phase.SERVICE:
            return replace(state, phase=Phase.TAKE_CARD, service="", pin_verified=False)
        case Failed(number), phase if phase is not Phase.OUT_OF_SERVICE:
            return replace(state, phase=Phase.OUT_OF_SERVICE, problem=number, pin_verified=False)
    raise UnexpectedEventError(state.phase, event)


def record_of(before: VisitState, after: VisitState) -> EventBody | None:
    """Return the event of the catalogue that the change of state stands for; None when it stands for none."""
    match before.phase, after.phase:
        case Phase.IDLE, Phase.READING_CARD:
            return events.VisitStarted(credential=Credential.CARD.value)
        case Phase.IDLE, Phase.MENU:
            return events.VisitStarted(credential=Credential.NONE.value)
        case ((Phase.READING_CARD | Phase.MENU), Phase.CARD_REFUSED):
            return events.VisitCardRefused(problem=after.problem)
        case Phase.MENU, Phase.SERVICE:
            return events.ServiceStarted(service=after.service, on_behalf=after.on_behalf)
        case Phase.MENU, Phase.MENU if after.on_behalf != before.on_behalf:
            return events.VisitOnBehalf(begins=after.on_behalf)
        case Phase.SERVICE, Phase.SERVICE if after.pin_verified and not before.pin_verified:
            return events.PinVerified()
        case Phase.SERVICE, Phase.MENU:
            finished = len(after.done) > len(before.done)
            return events.ServiceEnded(service=before.service, done=finished)
        case ((Phase.MENU | Phase.SERVICE), (Phase.TAKE_CARD | Phase.IDLE)) | (
            Phase.READING_CARD,
            Phase.TAKE_CARD,
        ):
            return events.VisitEnded(done=list(before.done[-events.MOST_SERVICES :]))
    return None


def nothing_to_prove(_page: Working) -> Generator[Question, Any, None]:
    """Stand for the proof of a card in a visit that has none."""
    yield from ()


class NotShownError(Exception):
    """A service uses a card or a person that nobody has shown in this visit: its declaration should have asked."""


@dataclass
class Visit:
    """What a service works with during one visit.

    ``person`` is who has shown a credential, None as long as nobody has. ``partition`` is what the events of this card
    keep their order within, '' without one; ``happened`` moves ``state()`` on;
    ``manner()`` is how the citizen is spoken to now; ``personal`` keeps records of the holder for a while.
    ``unavailable_reason`` says why a service, by its name, cannot be done now, or ''. ``prove`` has the card prove
    itself to the centre once more, while a page is shown. ``centre_keys`` are the public keys that the centre's
    documents are verified with. ``misses`` counts what was tried in vain, by the service.
    """

    visit_id: str
    kiosk_id: str
    region: str
    centre: Centre
    journal: Journal
    printer: ReceiptPrinter
    state: Callable[[], VisitState]
    happened: Callable[[Event], None]
    person: Person | None = None
    card_session: CardSession | None = None
    partition: str = ""
    manner: Callable[[], Preferences] = lambda: DEFAULT_PREFERENCES
    personal: PersonalRecords | None = None
    unavailable_reason: Callable[[str], str] = lambda _service: ""
    prove: Callable[[Working], Generator[Question, Any, None]] = nothing_to_prove
    centre_keys: Callable[[], Sequence[CentreKey]] = lambda: ()
    misses: Counter[str] = field(default_factory=Counter)

    @property
    def card(self) -> CardSession:
        """Return the card that is in.

        :raises NotShownError: there is none.
        """
        if self.card_session is None:
            raise NotShownError("there is no card in this visit")
        return self.card_session

    @property
    def holder(self) -> Person:
        """Return the person whom the credentials of this visit name.

        :raises NotShownError: nobody has shown one.
        """
        if self.person is None:
            raise NotShownError("nobody has shown a credential in this visit")
        return self.person

    def record(self, event: EventBody) -> None:
        """Write an event of the catalogue about this visit."""
        self.journal.record(event, self.visit_id, self.partition)

    def alarm(self, event: EventBody) -> None:
        """Write an event of the catalogue about this visit that somebody must look into."""
        self.journal.alarm(event, self.visit_id, self.partition)
