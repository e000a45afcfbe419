"""A session: one conversation at the window, carried on by what happens until it is over."""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from kiosk.attendant import unexpected
from kiosk.attendant.events import (
    Answered,
    CardIn,
    CardOut,
    CodeScanned,
    Event,
    IdCardLaid,
    IdCardLifted,
    Presented,
    ReaderGone,
    Replied,
)
from kiosk.attendant.reactions import GoOn, Interrupt, Reaction, Stage, Then, Waiting, reaction
from kiosk.attendant.timeouts import Timeouts
from kiosk.attendant.window import QuestionOrFactory, Window
from kiosk.dialogue.questions import (
    AwaitReply,
    CardPulled,
    InactivityWarning,
    Question,
    ReaderLost,
    Working,
)
from kiosk.dialogue.words import _
from kiosk.visit.visit import UnexpectedEventError

FOREVER = float("inf")
REFRESH_SECONDS = 0.5
"""How often a page that says what can be done is looked at again, besides each time that a device tells something."""


@dataclass(frozen=True)
class UntilTaken:
    """Show a page until a card or an ID card is taken back: answered with what became of it, a rating, or ``TimeUp``.

    ``forever``: nobody is told that the time is up.
    """

    page: Question
    forever: bool = False


@dataclass(frozen=True)
class Linger:
    """Show a page for a while, with or without the card, unless somebody touches it or the next card comes."""

    page: Question


Asked = QuestionOrFactory | UntilTaken | Linger
Conversation = Generator[Asked, Any, None]
"""What a session says and asks, in order. An interruption is thrown into it."""


class Session:
    """Runs a conversation with one citizen, one event at a time.

    :param documents: what of theirs is in the card reader and on the ID card reader now, by the readers' counters.
    :param timeouts: how long it waits for people, as they are spoken to now.
    :param happened: takes the event that a reply is there, from another thread.
    :param waiting: the ID card that lies there already, beside the card that the session begins with.
    """

    def __init__(
        self,
        conversation: Conversation,
        window: Window,
        timeouts: Callable[[], Timeouts],
        documents: Callable[[], tuple[int, int]],
        happened: Callable[[Event], None],
        waiting: IdCardLaid | None = None,
    ) -> None:
        self._conversation, self._window, self._timeouts = conversation, window, timeouts
        self._happened = happened
        self._documents = documents
        self._card_gone: CardOut | ReaderGone | None = None
        self._later: list[Presented] = [waiting] if waiting else []
        self._asked: Asked | None = None
        self._stage = Stage.PASSING
        self._deadline = 0.0
        self.is_over = False

    def begin(self) -> None:
        """Say the first thing."""
        self._go_on(self._conversation.send, None)

    @property
    def deadline(self) -> float:
        """When it wants to hear that the time is up, in seconds of the monotonic clock."""
        return self._deadline

    @property
    def shows_what_can_be_done(self) -> bool:
        """Return whether its page may change by itself."""
        return callable(self._asked)

    def take(self, event: Event) -> None:
        """Do what an event means here.

        :raises Exception: the conversation's own; KioskStopping at the latest.
        """
        waiting = self._waiting
        if isinstance(event, CardOut | ReaderGone) and event.insertion == waiting.insertion:
            self._card_gone = event
        then = self._meaning(waiting, event)
        if isinstance(event, IdCardLifted):
            self._later = [later for later in self._later if later != IdCardLaid(event.placement)]
        if isinstance(event, CardIn | IdCardLaid | CodeScanned) and then is Then.LATER:
            self._later = [*(later for later in self._later if later != event), event]
        elif (isinstance(event, CodeScanned) and then != GoOn(event)) or (
            isinstance(event, Answered) and then != GoOn(event.value)
        ):
            event.wipe()
        self._follow(then)

    def close(self) -> None:
        """Forget what nobody has asked for."""
        self._conversation.close()
        for event in self._later:
            if isinstance(event, CodeScanned):
                event.wipe()

    def _meaning(self, waiting: Waiting, event: Event) -> Reaction:
        try:
            return reaction(waiting, event)
        except UnexpectedEventError as error:
            unexpected.handle(error)
            return Then.NOTHING

    @property
    def _waiting(self) -> Waiting:
        assert self._window.shown
        return Waiting(self._stage, self._window.shown, *self._documents())

    def _follow(self, then: Reaction) -> None:
        match then:
            case GoOn(value):
                self._go_on(self._conversation.send, value)
            case Interrupt(interruption):
                self._go_on(self._conversation.throw, interruption)
            case Then.WARN:
                self._warn()
            case Then.SHOW_AGAIN:
                assert self._asked
                self._show(self._asked)
            case Then.RENEW:
                self._begin_to_wait(self._stage)
            case Then.REFRESH:
                self._window.refresh()

    def _go_on(self, resume: Callable[[Any], Asked], value: Any) -> None:
        """Let the conversation go on until it waits for something that has not happened yet."""
        while True:
            try:
                asked = resume(value)
            except StopIteration:
                self.is_over = True
                return
            self._show(asked)
            if isinstance(asked, AwaitReply):
                asked.reply.add_done_callback(lambda reply: self._happened(Replied(reply)))
            if gone := self._gone():
                needs_card, lost = self._waiting.needs_card, isinstance(gone, ReaderGone)
                resume = self._conversation.throw if needs_card else self._conversation.send
                value = (ReaderLost() if lost else CardPulled()) if needs_card else gone
            elif self._later and self._stage is Stage.ASKING:
                resume, value = self._conversation.send, self._later.pop(0)
            else:
                return

    def _gone(self) -> CardOut | ReaderGone | None:
        """Return what became of the card that the conversation still counts on."""
        gone = self._card_gone
        is_this_one = gone is not None and gone.insertion == self._waiting.insertion
        return gone if is_this_one and self._stage is not Stage.LINGERING else None

    def _show(self, asked: Asked) -> None:
        self._asked = asked
        shown = self._window.show(asked.page if isinstance(asked, UntilTaken | Linger) else asked)
        self._begin_to_wait(_stage(asked, shown))

    def _warn(self) -> None:
        page = InactivityWarning(
            title=_("您还在吗？"),
            text=_("需要更多时间，请点下面的按钮。"),
            seconds=self._timeouts().still_there,
        )
        self._window.show(page)
        self._begin_to_wait(Stage.WARNING)

    def _begin_to_wait(self, stage: Stage) -> None:
        self._stage = stage
        self._deadline = time.monotonic() + self._seconds(stage)

    def _seconds(self, stage: Stage) -> float:
        timeouts = self._timeouts()
        match stage:
            case Stage.PASSING:
                return 0
            case Stage.ASKING:
                return timeouts.answer
            case Stage.WARNING:
                return timeouts.still_there
            case Stage.AWAITING_REPLY:
                return getattr(self._window.shown, "seconds", 0)
            case Stage.UNTIL_TAKEN:
                return FOREVER if getattr(self._asked, "forever", False) else timeouts.left
            case Stage.LINGERING:
                return timeouts.linger


def _stage(asked: Asked, shown: Question) -> Stage:
    match asked, shown:
        case UntilTaken(), _:
            return Stage.UNTIL_TAKEN
        case Linger(), _:
            return Stage.LINGERING
        case _, Working():
            return Stage.PASSING
        case _, AwaitReply():
            return Stage.AWAITING_REPLY
    return Stage.ASKING
