"""What happens at a kiosk: devices, the window and the line put their events into the queue of the device loop."""

from concurrent.futures import Future
from dataclasses import asdict, dataclass
from typing import Any

from hardware.card.pin import Pin
from hardware.scanner.token import Token
from kiosk.dialogue.preferences import Preferences
from kiosk.dialogue.questions import Question


@dataclass(frozen=True)
class CardIn:
    """A card went into the reader; ``insertion`` numbers it."""

    insertion: int


@dataclass(frozen=True)
class CardOut:
    """The card of this insertion was taken out of the reader."""

    insertion: int


@dataclass(frozen=True)
class ReaderGone:
    """The card reader or its service is gone; where the card of this insertion is, nobody can tell. 0: none was in."""

    insertion: int


@dataclass(frozen=True)
class CodeScanned:
    """Somebody showed a QR code to the scanner."""

    token: Token

    def wipe(self) -> None:
        """Forget a token that nobody will use."""
        self.token.forget()


@dataclass(frozen=True)
class IdCardLaid:
    """An ID card was laid on its reader; ``placement`` numbers it."""

    placement: int


@dataclass(frozen=True)
class IdCardLifted:
    """The ID card of this placement was lifted, or its reader is gone and nobody can tell."""

    placement: int


@dataclass(frozen=True)
class Touched:
    """Somebody chose ``key`` on the page between visits: ``BEGIN``, a group, or a service."""

    key: str


@dataclass(frozen=True)
class DeviceChanged:
    """A device is in another state, or the centre can be reached no longer, or again."""


@dataclass(frozen=True)
class Answered:
    """The citizen touched an answer to ``question``."""

    question: Question
    value: Any

    def wipe(self) -> None:
        """Forget a PIN that nobody will use."""
        if isinstance(self.value, Pin):
            self.value.wipe()


@dataclass(frozen=True)
class PreferencesChanged:
    """The citizen chose to be spoken to otherwise."""

    before: Preferences
    after: Preferences

    @property
    def changes(self) -> dict[str, Any]:
        """Changed fields and their new values."""
        before, after = asdict(self.before), asdict(self.after)
        return {name: value for name, value in after.items() if value != before[name]}


@dataclass(frozen=True)
class Replied:
    """The centre has answered, or it is certain that it will not."""

    reply: Future[Any]


@dataclass(frozen=True)
class TimeUp:
    """Nothing happened until the moment that the session had named."""


@dataclass(frozen=True)
class Stop:
    """The kiosk is being stopped."""


Presented = CardIn | IdCardLaid | CodeScanned
"""A credential that somebody shows."""
Shown = Answered | CodeScanned
"""Events that may hold a secret of the citizen: a session that does not use it wipes it."""
Event = (
    CardIn
    | CardOut
    | ReaderGone
    | IdCardLaid
    | IdCardLifted
    | DeviceChanged
    | Shown
    | PreferencesChanged
    | Replied
    | TimeUp
    | Stop
)
