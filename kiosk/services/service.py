"""One file a service: its declaration, and a generator that yields questions and returns what was done."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from kiosk import services as folder
from kiosk.credentials.identification import prove_identity
from kiosk.credentials.in_person import prove_in_person, proves_by_pin
from kiosk.credentials.presenting import require_credential
from kiosk.dialogue.questions import Finished, Question
from kiosk.dialogue.words import TranslatableText
from kiosk.paper.printing import require_printer
from kiosk.record.journal import Intent
from kiosk.rules.card_operation import card_operation
from kiosk.rules.guidance import guidance
from kiosk.rules.words import Errand, Operation
from kiosk.services.redirect import redirect
from kiosk.visit.person import Credential
from kiosk.visit.steps import Steps
from kiosk.visit.visit import Visit


@dataclass(frozen=True)
class GoOnWith:
    """What a service returns whose citizen goes on with another one: its name, or one of its entries (``a/b``)."""

    target: str


Conversation = Generator[Question, Any, Finished | GoOnWith | None]
"""It ends with what was done, with what the citizen goes on with, or with None when there was nothing to do."""
Procedure = Callable[[Visit], Conversation]

DEFAULT_POSITION = 100
ANYBODY = frozenset(Credential)
"""Nothing has to be shown."""
CARD = frozenset({Credential.CARD})
IN_PERSON = frozenset({Credential.CARD, Credential.ID_CARD, Credential.E_CARD})
"""What can prove that the person themselves is here."""


class Proof(StrEnum):
    """What a citizen proves before a service may finish.

    ``PIN`` is asked for before the service begins. A service that needs the digits themselves asks for the PIN on
    its own (``PIN_IN_SERVICE``); it is checked that it did. The ``INITIAL_PIN`` is public: the kiosk shows it to the
    card, which proves nothing, but spends a try. ``IN_PERSON`` is asked for before, too: with a card its PIN, with an
    ID card the face, with an electronic card nothing more.
    """

    NOTHING = "nothing"
    INITIAL_PIN = "initial-pin"
    PIN = "pin"
    PIN_IN_SERVICE = "pin-in-service"
    IN_PERSON = "in-person"


class Device(StrEnum):
    """What a service may need of a machine."""

    CARD_READER = "card-reader"
    PRINTER = "printer"


class Offline(StrEnum):
    """What a service does while the centre cannot be reached."""

    SERVE = "serve"
    REFUSE = "refuse"


class Gets(StrEnum):
    """What the citizen leaves with. Without a printer a certificate cannot be had; a receipt may be missing."""

    ANSWER = "answer"
    CERTIFICATE = "certificate"
    RECEIPT = "receipt"


class Placement(StrEnum):
    """Where a region has a thing done."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    UNSPECIFIED = "unspecified"
    """Its rules name no place."""


class UnavailableError(Exception):
    """A service cannot be done now; ``reason`` says why, in words for citizens."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ProofMissingError(Exception):
    """A service finished without the proof that it declares."""


@dataclass(frozen=True)
class Service:
    """Everything that menu, search, availability and documents need to know of one service.

    ``words`` are what citizens call it. ``position`` orders the services of a ``group``; ``elder`` is its place among
    the six of 长辈版, 0 for none; ``icon`` is its own, where its group's would say too little. ``operation`` is what
    the law calls what it does; ``way_to`` is the errand that it only shows the way for. ``feeds`` are relied on without
    asking the centre: too old, they stop it. With ``genuine_card`` a card that the centre cannot check is not enough,
    whatever the region says. ``left_open`` tells which acts of unknown outcome it goes
    on with. ``steps`` are shown while it goes on; the proof is the first of them. ``run`` is None for what no region
    has done here.
    """

    name: str
    group: str
    label: TranslatableText
    hint: TranslatableText
    words: tuple[str, ...]
    minutes: int
    accepts: frozenset[Credential]
    proof: Proof
    offline: Offline
    gets: Gets
    run: Procedure | None
    steps: Steps | None = None
    operation: Operation | None = None
    way_to: Errand | None = None
    feeds: tuple[str, ...] = ()
    position: int = DEFAULT_POSITION
    elder: int = 0
    icon: str = ""
    genuine_card: bool = False
    left_open: Callable[[Intent], bool] = lambda _act: False

    @property
    def needs(self) -> frozenset[Device]:
        """Return the devices without which it cannot be done. A receipt may be missing."""
        reads = {Device.CARD_READER} if self.accepts == CARD or self.needs_pin else set()
        return frozenset(reads | ({Device.PRINTER} if self.gets is Gets.CERTIFICATE else set()))

    @property
    def uses_pin(self) -> bool:
        """Return whether a PIN is shown to the card where there is one, by the citizen or by the kiosk."""
        return self.proof is not Proof.NOTHING

    @property
    def needs_pin(self) -> bool:
        """Return whether it cannot be done without a PIN, which needs the card."""
        return self.proof not in (Proof.NOTHING, Proof.IN_PERSON)

    @property
    def errand(self) -> Errand | None:
        """Return what the rules call what it is about; None where they say nothing of it."""
        return self.way_to or self.operation

    def placement(self, region: str) -> Placement:
        """Return where ``region`` has it done; what no rule speaks of is done here."""
        if self.errand is None or (self.operation and _is_for_kiosks(region, self.operation)):
            return Placement.HERE
        silent = guidance(region, self.errand).result.is_silent
        return Placement.UNSPECIFIED if silent else Placement.ELSEWHERE

    def usable(self, *, faces: bool) -> frozenset[Credential]:
        """Return what is enough where ``faces`` can, or cannot, be compared: an ID card alone is not enough."""
        alone = self.proof is Proof.IN_PERSON and not faces
        return self.accepts - {Credential.ID_CARD} if alone else self.accepts

    def asks_pin(self, visit: Visit) -> bool:
        """Return whether the PIN is entered next, after what was shown and proved in ``visit``."""
        match self.proof:
            case Proof.PIN:
                return not visit.state().pin_verified
            case Proof.IN_PERSON:
                return proves_by_pin(visit)
            case _:
                return self.proof is Proof.PIN_IN_SERVICE

    def start(self, visit: Visit) -> Conversation:
        """Run the service under what it declares.

        What the region does not let kiosks do is not begun: the citizen is told where to go.

        :raises UnavailableError: it cannot be done now. PrinterNotReadyError: it prints, and the printer cannot.
            PinLockedError: the card takes no more tries. ProofMissingError: it finished without what it declares.
        """
        if self.errand and self.placement(visit.region) is not Placement.HERE:
            yield from redirect(visit, self.errand, self.label)
            return None
        if reason := visit.unavailable_reason(self.name):
            raise UnavailableError(reason)
        if Device.PRINTER in self.needs:
            require_printer(visit)
        identifying = self._identify(visit)
        yield from self.steps.at(0, identifying) if self.steps else identifying
        assert self.run
        finished = yield from self.run(visit)
        if finished and not self._is_proved(visit):
            raise ProofMissingError(self.name)
        return finished

    def _identify(self, visit: Visit) -> Generator[Question, Any, None]:
        """Have what the service accepts shown, once a visit, and proved."""
        can_compare = self.proof is Proof.IN_PERSON and visit.can_compare_faces()
        yield from require_credential(visit, self.usable(faces=can_compare))
        if self.proof is Proof.PIN:
            yield from prove_identity(visit)
        elif self.proof is Proof.IN_PERSON:
            yield from prove_in_person(visit)

    def _is_proved(self, visit: Visit) -> bool:
        match self.proof:
            case Proof.PIN | Proof.PIN_IN_SERVICE:
                return visit.state().pin_verified
            case Proof.IN_PERSON:
                return visit.state().is_in_person
            case _:
                return True


def _is_for_kiosks(region: str, operation: Operation) -> bool:
    """Return whether the region lets kiosks do it at all, whatever else it asks for."""
    return card_operation(region, "kiosk", operation, "social").result.reason not in (
        "channel",
        "unspecified",
    )


_found: dict[str, Service] = {}


def service(name: str, **declared: Any) -> Callable[[Procedure], Procedure]:
    """Make a generator function the service called ``name``; ``declared`` are the fields of ``Service``."""

    def register(run: Procedure) -> Procedure:
        _found[name] = Service(name, run=run, **declared)
        return run

    return register


def redirect_service(name: str, errand: Errand, **declared: Any) -> None:
    """Declare a service that only tells where ``errand`` is done. Anybody may ask, and no centre is needed."""
    _found[name] = Service(
        name,
        run=None,
        way_to=errand,
        minutes=1,
        accepts=ANYBODY,
        proof=Proof.NOTHING,
        offline=Offline.SERVE,
        gets=Gets.ANSWER,
        **declared,
    )


certificate_service = partial(
    service,
    group="certificates",
    minutes=2,
    accepts=IN_PERSON,
    proof=Proof.IN_PERSON,
    offline=Offline.REFUSE,
    gets=Gets.CERTIFICATE,
)
"""Makes a service that prints a certificate of the holder: these need all the same."""


@cache
def services() -> Mapping[str, Service]:
    """Return every service of this folder and its groups by its name."""
    for module in walk_packages(folder.__path__, f"{folder.__name__}."):
        import_module(module.name)
    return _found
