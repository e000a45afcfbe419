"""A session: one conversation at the window, carried on by what happens until it is over."""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from kiosk.attendant import unexpected
from kiosk.attendant.events import Answered, CardOut, CodeScanned, Event, ReaderGone, Replied
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
class UntilCardTaken:
    """Show a page until the card is taken: answered with what became of the card, or with a rating."""

    page: Question


@dataclass(frozen=True)
class Linger:
    """Show a page for a while, with or without the card, unless somebody touches it or the next card comes."""

    page: Question


Asked = QuestionOrFactory | UntilCardTaken | Linger
Conversation = Generator[Asked, Any, None]
"""What a session says and asks, in order. An interruption is thrown into it."""


class Session:
    """Runs a conversation with the holder of the card of ``insertion``, or (0) with nobody's, one event at a time.

    :param timeouts: how long it waits for people, as they are spoken to now.
    :param happened: takes the event that a reply is there, from another thread.
    """

    def __init__(
        self,
        conversation: Conversation,
        window: Window,
        timeouts: Callable[[], Timeouts],
        insertion: int,
        happened: Callable[[Event], None],
    ) -> None:
        self._conversation, self._window, self._timeouts = conversation, window, timeouts
        self._happened = happened
        self._insertion = insertion
        self._card_gone: CardOut | ReaderGone | None = None
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
        if isinstance(event, CardOut | ReaderGone) and event.insertion == self._insertion:
            self._card_gone = event
        then = self._meaning(event)
        if isinstance(event, CodeScanned) or (isinstance(event, Answered) and then != GoOn(event.value)):
            event.wipe()
        self._follow(then)

    def _meaning(self, event: Event) -> Reaction:
        try:
            return reaction(self._waiting, event)
        except UnexpectedEventError as error:
            unexpected.handle(error)
            return Then.NOTHING

    @property
    def _waiting(self) -> Waiting:
        assert self._window.shown
        return Waiting(self._stage, self._window.shown, self._insertion)

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
            if not self._card_gone or self._stage is Stage.LINGERING:
                return
            if self._waiting.needs_card:
                lost = isinstance(self._card_gone, ReaderGone)
                resume, value = self._conversation.throw, ReaderLost() if lost else CardPulled()
            else:
                resume, value = self._conversation.send, self._card_gone

    def _show(self, asked: Asked) -> None:
        self._asked = asked
        shown = self._window.show(asked.page if isinstance(asked, UntilCardTaken | Linger) else asked)
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
            case Stage.UNTIL_CARD_TAKEN:
                return FOREVER
            case Stage.LINGERING:
                return timeouts.linger


def _stage(asked: Asked, shown: Question) -> Stage:
    match asked, shown:
        case UntilCardTaken(), _:
            return Stage.UNTIL_CARD_TAKEN
        case Linger(), _:
            return Stage.LINGERING
        case _, Working():
            return Stage.PASSING
        case _, AwaitReply():
            return Stage.AWAITING_REPLY
    return Stage.ASKING
