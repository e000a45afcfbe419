"""One citizen's visit: what has been shown and done, as a pure reducer, and what a service may use."""

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from hardware.card.session import CardSession
from hardware.face.matcher import FaceMatcher, Picture
from hardware.printer.receipt_printer import ReceiptPrinter
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES, Preferences
from kiosk.dialogue.questions import Question, Working
from kiosk.guidance.library import Library
from kiosk.record.journal import Journal
from kiosk.visit.centre import Centre
from kiosk.visit.person import Credential, Person
from sync.protocol import events
from sync.protocol.call import Proof
from sync.protocol.centre_keys import CentreKey
from sync.protocol.event_kinds import EventBody
from sync.store.personal import PersonalRecords


class Phase(StrEnum):
    """Where a visit is."""

    IDLE = "idle"
    READING_CARD = "reading-card"
    """The credential that it begins with is read."""
    MENU = "menu"
    SERVICE = "service"
    TAKE_CARD = "take-card"
    """It is over, and what was put in or laid down is still here."""
    CARD_REFUSED = "card-refused"
    OUT_OF_SERVICE = "out-of-service"


@dataclass(frozen=True)
class VisitState:
    """What is known of the visit.

    ``shown`` are the credentials that were read, all of one person; ``begun_with`` is the one it began with.
    ``insertion`` is the card in the reader and ``placement`` the ID card on its reader, by the readers' counters: 0 for
    none. ``on_behalf`` is True while somebody acts for the holder of the card (代办). ``reply_missed`` is True when
    something may have been done at the centre of which the citizen has not been told yet.
    """

    phase: Phase = Phase.IDLE
    visit_id: str = ""
    begun_with: Credential = Credential.NONE
    shown: frozenset[Credential] = frozenset()
    insertion: int = 0
    placement: int = 0
    card_identity: str = ""
    pin_verified: bool = False
    face_matched: bool = False
    service: str = ""
    done: tuple[str, ...] = ()
    problem: str = ""
    on_behalf: bool = False
    reply_missed: bool = False

    @property
    def is_in_person(self) -> bool:
        """Return whether the person themselves is here, and not only a document of theirs that was found."""
        return self.pin_verified or self.face_matched or Credential.E_CARD in self.shown

    @property
    def holds_documents(self) -> bool:
        """Return whether a card is in, or an ID card lies there, that somebody has to take back."""
        return bool(self.insertion or self.placement)


@dataclass(frozen=True)
class VisitBegun:
    """Somebody came: with a credential that is read now, or with a touch."""

    visit_id: str
    credential: Credential = Credential.NONE


@dataclass(frozen=True)
class CardInserted:
    """A card went into the reader; it is of this visit from now on."""

    insertion: int


@dataclass(frozen=True)
class IdCardLaidDown:
    """An ID card was laid on its reader; it is of this visit from now on."""

    placement: int


@dataclass(frozen=True)
class CardRead:
    """The card is a social security card and told whose it is."""

    card_identity: str


@dataclass(frozen=True)
class CredentialRead:
    """An ID card or an electronic card told whose it is."""

    credential: Credential


@dataclass(frozen=True)
class CardRefused:
    """What the visit rests on cannot be used here: it is over."""

    problem: str


@dataclass(frozen=True)
class CredentialRefused:
    """What was shown in a visit that is on cannot be used here; it goes on without."""

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
class FaceMatched:
    """The face before the camera is that of the credential."""


@dataclass(frozen=True)
class ProofExpired:
    """What the credential proved, with the face or without, was too long ago for the centre."""

    credential: Credential


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


@dataclass(frozen=True)
class IdCardTaken:
    """No ID card lies on its reader."""


Event = (
    VisitBegun
    | CardInserted
    | IdCardLaidDown
    | CardRead
    | CredentialRead
    | CardRefused
    | CredentialRefused
    | ActsForHolder
    | ServiceChosen
    | PinVerified
    | FaceMatched
    | ProofExpired
    | ReplyMissed
    | ServiceEnded
    | VisitOver
    | Failed
    | CardTaken
    | IdCardTaken
)

OPEN = (Phase.READING_CARD, Phase.MENU, Phase.SERVICE)
"""Phases in which a credential may be shown."""


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
        case VisitBegun(visit_id, Credential.NONE), Phase.IDLE:
            return VisitState(Phase.MENU, visit_id)
        case VisitBegun(visit_id, credential), Phase.IDLE:
            return VisitState(Phase.READING_CARD, visit_id, credential)
        case _, Phase.IDLE:
            raise UnexpectedEventError(state.phase, event)
        case ((CardInserted() | IdCardLaidDown() | CardRead() | CredentialRead()), phase) if phase in OPEN:
            return _with_credential(state, event)
        case ((CardTaken() | IdCardTaken()), _):
            return _without_document(state, event)
        case CardRefused(problem), Phase.READING_CARD | Phase.MENU:
            return replace(state, phase=Phase.CARD_REFUSED, problem=problem)
        case CredentialRefused(problem), Phase.MENU | Phase.SERVICE:
            return replace(state, problem=problem)
        case ActsForHolder(begins), Phase.MENU:
            return replace(state, on_behalf=begins)
        case ServiceChosen(name), Phase.MENU:
            return replace(state, phase=Phase.SERVICE, service=name)
        case PinVerified(), Phase.SERVICE:
            return replace(state, pin_verified=True)
        case FaceMatched(), Phase.SERVICE:
            return replace(state, face_matched=True)
        case ProofExpired(credential), Phase.SERVICE:
            return replace(state, face_matched=False, shown=state.shown - {credential})
        case ReplyMissed(), Phase.SERVICE:
            return replace(state, reply_missed=True)
        case ServiceEnded(done), Phase.SERVICE:
            finished = (*state.done, state.service) if done else state.done
            return replace(state, phase=Phase.MENU, service="", done=finished, reply_missed=False)
        case VisitOver(), phase if phase is not Phase.TAKE_CARD:
            return _over(state)
        case Failed(number), phase if phase is not Phase.OUT_OF_SERVICE:
            return replace(_unproven(state), phase=Phase.OUT_OF_SERVICE, problem=number)
    raise UnexpectedEventError(state.phase, event)


def _with_credential(state: VisitState, event: Event) -> VisitState:
    """Return the state after something was put in or laid down, or read; the first that is read opens the menu."""
    match event:
        case CardInserted(insertion) if not state.insertion:
            return replace(state, insertion=insertion)
        case IdCardLaidDown(placement):
            return replace(state, placement=placement)
        case CardRead(identity) if state.insertion:
            return replace(_read(state, Credential.CARD), card_identity=identity)
        case CredentialRead(credential):
            return _read(state, credential)
    raise UnexpectedEventError(state.phase, event)


def _read(state: VisitState, credential: Credential) -> VisitState:
    phase = Phase.MENU if state.phase is Phase.READING_CARD else state.phase
    return replace(state, phase=phase, shown=state.shown | {credential}, problem="")


def _without_document(state: VisitState, event: CardTaken | IdCardTaken) -> VisitState:
    """Return the state without a card or an ID card: one that was read ends the visit, an ID card does not."""
    if isinstance(event, CardTaken):
        goes_on = state.phase in (Phase.MENU, Phase.SERVICE) and Credential.CARD not in state.shown
        state = replace(state, insertion=0)
        return state if goes_on else _over(state)
    state = replace(state, placement=0)
    return state if state.phase in OPEN or state.insertion else VisitState()


def _over(state: VisitState) -> VisitState:
    """Return the state of a visit that is over: nothing is left but what somebody still has to take back."""
    if not state.holds_documents:
        return VisitState()
    return replace(_unproven(state), phase=Phase.TAKE_CARD, service="")


def _unproven(state: VisitState) -> VisitState:
    return replace(state, pin_verified=False, face_matched=False)


def record_of(before: VisitState, after: VisitState) -> EventBody | None:
    """Return the event of the catalogue that the change of state stands for; None when it stands for none."""
    if before.phase is Phase.IDLE and after.phase is not Phase.IDLE:
        return events.VisitStarted(credential=after.begun_with.value)
    if after.problem not in ("", before.problem) and after.phase is not Phase.OUT_OF_SERVICE:
        return events.VisitCardRefused(problem=after.problem)
    if before.phase in (Phase.MENU, Phase.SERVICE) and (raised := after.shown - before.shown):
        return events.VisitRaised(credential=next(iter(raised)).value)  # type: ignore[arg-type]  # not none
    match before.phase, after.phase:
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


def is_entry(target: str) -> bool:
    """Return whether ``target`` names an entry of a service, and not only the service."""
    return "/" in target


def split_target(target: str) -> tuple[str, str]:
    """Return the service and the entry that ``target`` names: ``answers/p01`` is ``("answers", "p01")``."""
    service, _slash, entry = target.partition("/")
    return service, entry


def nothing_to_prove(_page: Working) -> Generator[Question, Any, None]:
    """Stand for the proof of a card in a visit that has none."""
    yield from ()


def nothing_to_renew(_visit: "Visit", _expired: Proof) -> Generator[Question, Any, None]:
    """Stand for asking for a credential once more, where nobody can show one."""
    yield from ()


class NotShownError(Exception):
    """A service uses a card or a person that nobody has shown in this visit: its declaration should have asked."""


@dataclass
class Visit:
    """What a service works with during one visit.

    ``person`` is who has shown a credential, None as long as nobody has; both ``person`` and ``card_session`` may come
    while a service goes on. ``partition`` is what the events of this card, or else of this person, keep their order
    within, '' for nobody; ``happened`` moves ``state()`` on;
    ``manner()`` is how the citizen is spoken to now; ``personal`` keeps records of the holder for a while.
    ``unavailable_reason`` says why a service, by its name, cannot be done now, and ``missing_credential`` why a
    credential cannot be shown here, or ''; ``can_scan`` whether a scanner works here, and ``can_compare_faces`` whether
    a camera does. ``prove`` has the card prove itself to the centre once more, while a page is shown;
    ``can_card_prove`` tells whether its PIN can say who is here. ``renew`` has another credential shown once more,
    whose proof was too long ago. ``centre_keys`` are the public keys that the centre's
    documents are verified with. ``misses`` counts what was tried in vain, by the service.
    documents are verified with. ``faces`` compares faces, where the machine can, with ``photo``, that of the ID card,
    until it is used up. ``library`` is what can be read here; ``entry`` is what of the service was asked for, such as
    the key of a guide, '' for nothing in particular.
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
    missing_credential: Callable[[Credential], str] = lambda _credential: ""
    can_scan: Callable[[], bool] = lambda: True
    can_compare_faces: Callable[[], bool] = lambda: False
    prove: Callable[[Working], Generator[Question, Any, None]] = nothing_to_prove
    can_card_prove: Callable[[], bool] = lambda: True
    renew: Callable[["Visit", Proof], Generator[Question, Any, None]] = nothing_to_renew
    centre_keys: Callable[[], Sequence[CentreKey]] = lambda: ()
    misses: Counter[str] = field(default_factory=Counter)
    faces: FaceMatcher | None = None
    photo: Picture | None = None
    library: Library = field(default_factory=Library)
    entry: str = ""

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
