"""What each event means while something is waited for: the pure part of a session."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kiosk.attendant.events import (
    Answered,
    CardIn,
    CardOut,
    CodeScanned,
    DeviceChanged,
    Event,
    IdCardLaid,
    IdCardLifted,
    PreferencesChanged,
    Presented,
    ReaderGone,
    Replied,
    Stop,
    TimeUp,
)
from kiosk.dialogue.questions import (
    CardPulled,
    InactivityTimeout,
    Interruption,
    KioskStopping,
    Question,
    ReaderLost,
    TakeCard,
    WindowFailed,
)
from kiosk.visit.visit import UnexpectedEventError

RATINGS = range(1, 6)


class Stage(StrEnum):
    """What a session is doing with the page that it shows."""

    PASSING = "passing"
    """It shows what the machine does next, and goes on."""
    ASKING = "asking"
    WARNING = "warning"
    """Nobody has answered for a while."""
    AWAITING_REPLY = "awaiting-reply"
    """The centre was asked."""
    UNTIL_TAKEN = "until-taken"
    """What was put in or laid down has to be taken back."""
    LINGERING = "lingering"
    """The page stays for a while, with the card or without."""


@dataclass(frozen=True)
class Waiting:
    """What is waited for: ``shown`` is the page.

    ``insertion`` and ``placement`` are the card and the ID card that the session is bound to, 0 for none.
    """

    stage: Stage
    shown: Question
    insertion: int = 0
    placement: int = 0

    @property
    def needs_card(self) -> bool:
        """Return whether a card that is gone interrupts it."""
        return self.stage not in (Stage.UNTIL_TAKEN, Stage.LINGERING)


@dataclass(frozen=True)
class GoOn:
    """What was waited for is there: the conversation goes on with ``value``."""

    value: Any = None


@dataclass(frozen=True)
class Interrupt:
    """The conversation is interrupted."""

    interruption: Interruption


class Then(StrEnum):
    """What else a session may do."""

    NOTHING = "nothing"
    REFRESH = "refresh"
    """Show the page again if it would say something else now."""
    SHOW_AGAIN = "show-again"
    RENEW = "renew"
    """Restart the deadline."""
    WARN = "warn"
    LATER = "later"
    """Keep it until the next question is asked."""


Reaction = GoOn | Interrupt | Then


def reaction(waiting: Waiting, event: Event) -> Reaction:
    """Return what ``event`` means to a session that waits for this.

    :raises UnexpectedEventError: it means nothing here: its sender is wrong, or this function.
    """
    match event:
        case Stop():
            return Interrupt(KioskStopping())
        case TimeUp():
            return _time_is_up(waiting)
        case Answered(question, value):
            return _touched(waiting, value) if question is waiting.shown else Then.NOTHING
        case CardIn() | CardOut() | ReaderGone():
            return _card_moved(waiting, event)
        case IdCardLaid(placement) if placement <= waiting.placement:
            return Then.NOTHING  # the session was begun by the reader's status, before this event came
        case CodeScanned() | IdCardLaid():
            return _presented(waiting, event)
        case IdCardLifted(placement):
            taken = waiting.stage is Stage.UNTIL_TAKEN and placement == waiting.placement
            return GoOn(event) if taken else Then.NOTHING
        case Replied(reply):
            return GoOn() if getattr(waiting.shown, "reply", None) is reply else Then.NOTHING
        case PreferencesChanged():
            return Then.RENEW if waiting.stage in (Stage.ASKING, Stage.WARNING) else Then.NOTHING
        case DeviceChanged():
            return Then.REFRESH


def _time_is_up(waiting: Waiting) -> Reaction:
    match waiting.stage:
        case Stage.PASSING | Stage.AWAITING_REPLY | Stage.LINGERING:
            return GoOn()
        case Stage.ASKING:
            return Then.WARN
        case Stage.WARNING:
            return Interrupt(InactivityTimeout())
        case Stage.UNTIL_TAKEN:
            return GoOn(TimeUp())


def _touched(waiting: Waiting, value: Any) -> Reaction:
    match waiting.stage, value:
        case ((Stage.UNTIL_TAKEN | Stage.LINGERING), WindowFailed()):
            return Then.SHOW_AGAIN
        case Stage.LINGERING, _:
            return GoOn()
        case Stage.UNTIL_TAKEN, int(level) if _is_rating(waiting.shown, level):
            return GoOn(level)
        case ((Stage.PASSING | Stage.ASKING | Stage.WARNING | Stage.AWAITING_REPLY), Interruption()):
            return Interrupt(value)
        case Stage.ASKING, _:
            return GoOn(value)
        case Stage.WARNING, _:
            return Then.SHOW_AGAIN
    raise UnexpectedEventError(waiting.stage, Answered(waiting.shown, None))


def _is_rating(shown: Question, level: int) -> bool:
    return isinstance(shown, TakeCard) and shown.rating and level in RATINGS


def _card_moved(waiting: Waiting, event: CardIn | CardOut | ReaderGone) -> Reaction:
    """Judge what happened to a card: an event may be late, and about the card of a session that is over."""
    match event:
        case CardIn(insertion) if insertion <= waiting.insertion:
            return Then.NOTHING
        case CardIn() if waiting.stage is Stage.LINGERING or not waiting.insertion:
            return _presented(waiting, event)
        case CardIn():
            raise UnexpectedEventError(waiting.stage, event)
    if not waiting.insertion or event.insertion != waiting.insertion or waiting.stage is Stage.LINGERING:
        return Then.NOTHING
    if waiting.stage is Stage.UNTIL_TAKEN:
        return GoOn(event)
    return Interrupt(ReaderLost() if isinstance(event, ReaderGone) else CardPulled())


def _presented(waiting: Waiting, event: Presented) -> Reaction:
    """Judge a credential that is shown: between two questions is time for it, and before the next visit."""
    match waiting.stage:
        case Stage.ASKING | Stage.WARNING:
            return GoOn(event)
        case Stage.PASSING | Stage.AWAITING_REPLY:
            return Then.LATER
        case Stage.LINGERING if not isinstance(event, CodeScanned):
            return GoOn()
        case Stage.UNTIL_TAKEN if isinstance(event, IdCardLaid):
            return Then.LATER
    return Then.NOTHING
