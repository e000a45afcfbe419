"""The device loop: one queue of everything that happens, and one session at a time that it is for.

It runs in a thread of its own. Devices, the window and the line to the centre only put events into its queue.
"""

import queue
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import structlog

from command_line.watchdog import ALIVE_EVERY, Watchdog
from hardware.card.monitor import CardReaderStatus
from hardware.id_card.reader import IdCardReaderStatus
from hardware.scanner.token import Token
from kiosk.attendant.citizen_visit import CitizenVisit
from kiosk.attendant.equipment import Equipment
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
    ReaderGone,
    Stop,
    TimeUp,
)
from kiosk.attendant.idle import DISK_FULL_PAGE
from kiosk.attendant.rest import Rest
from kiosk.attendant.session import FOREVER, REFRESH_SECONDS, Session
from kiosk.attendant.timeouts import Timeouts
from kiosk.attendant.window import Draw, Window
from kiosk.dialogue.preferences import Preferences
from kiosk.dialogue.questions import KioskStopping, Question
from sync.protocol import events as catalogue
from sync.store import StoreFullError

NAME = "attendant"
BUSY_SECONDS = 120.0
"""What the loop may do between two events: at the most it has a PIN changed on the reader's own pad (3 × 30 s)."""

log = structlog.get_logger()


class DeviceLoop:
    """Serves the visitors of one kiosk, one after the other, until it is stopped."""

    def __init__(
        self,
        equipment: Equipment,
        show: Draw,
        timeouts: Timeouts | None = None,
        watchdog: Watchdog | None = None,
    ) -> None:
        self._equipment, self._watchdog = equipment, watchdog or Watchdog()
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._window = Window(show, self._events.put)
        self._default_timeouts = timeouts or Timeouts()
        self._visit = CitizenVisit(equipment, self._window, self._events.put)
        self._insertion_told = self._placement_told = self._placement_lying = 0
        self._stopping = False

    # What the window and the devices tell, from their own threads.

    def answer(self, question: Question, value: Any) -> None:
        """Take the citizen's answer to ``question``; stale answers are ignored."""
        self._window.answer(question, value)

    def prefer(self, manner: Preferences) -> None:
        """Speak in ``manner`` until the visit is over; the question is shown again in it."""
        self._window.prefer(manner)

    def device_changed(self, status: object = None) -> None:
        """Take a device's new status; without one, look at all of them again."""
        match status:
            case CardReaderStatus(insertion=insertion) if insertion != self._insertion_told:
                self._card_moved(status)
            case IdCardReaderStatus():
                self._id_card_moved(status)
        self._events.put(DeviceChanged())

    def code_scanned(self, token: Token) -> None:
        """Take what a citizen showed to the scanner."""
        self._events.put(CodeScanned(token))

    def call_staff(self) -> None:
        """Record that somebody asks for staff."""
        with suppress(StoreFullError):  # the page says so already
            called = catalogue.StaffCalled(phase=self._visit.state.phase)
            self._equipment.journal.record(called, self._visit.state.visit_id)

    @property
    def holds_card(self) -> bool:
        """Return whether the visit that is on has a card in the reader; from any thread."""
        return bool(self._visit.state.insertion)

    def stop(self) -> None:
        """End the session that is on, and then ``run``."""
        self._stopping = True
        self._events.put(Stop())

    # The life of the kiosk, in a thread of its own.

    def run(self) -> None:
        """Serve visitors until stopped.

        :raises StoreFullError: nothing could be recorded for a while, and now it can: settle what was left open.
        """
        with suppress(KioskStopping), self._watched():
            session: Rest | Session | None = None
            try:
                while True:
                    session = self._session_after(session)
                    with closing(session):
                        self._carry_on(session)
            except StoreFullError:
                self.wait_for_room()
                raise

    def wait_for_room(self) -> None:
        """Say that the kiosk is out of service until there is room on the disk again and no card in the reader.

        :raises KioskStopping: the kiosk is stopping.
        """
        log.error("no room left on the disk")
        self._window.show(DISK_FULL_PAGE)
        while self._equipment.reader.status.insertion or not self._equipment.journal.has_room():
            event = self._next_event(time.monotonic() + self._timeouts().linger)
            if isinstance(event, Answered | CodeScanned):
                event.wipe()
            if isinstance(event, Stop):
                raise KioskStopping

    def _card_moved(self, status: CardReaderStatus) -> None:
        before, self._insertion_told = self._insertion_told, status.insertion
        if before:
            self._events.put(CardOut(before) if status.reader else ReaderGone(before))
        if status.insertion:
            self._events.put(CardIn(status.insertion))

    def _id_card_moved(self, status: IdCardReaderStatus) -> None:
        """Tell what became of the ID card that lay there, and of the one that was laid down now."""
        before, is_new = self._placement_lying, status.placement != self._placement_told
        if before and (is_new or status.is_free):
            self._placement_lying = 0
            self._events.put(IdCardLifted(before))
        if is_new:
            self._placement_told = self._placement_lying = status.placement
            self._events.put(IdCardLaid(status.placement))

    def _session_after(self, before: Rest | Session | None) -> Rest | Session:
        """Return the session for what is there now; a staff card will be asked for here, too."""
        begun = before.begun if isinstance(before, Rest) else None
        first = self._equipment.document_there(self._visit.last_placement) or begun
        if isinstance(begun, CodeScanned) and first is not begun:
            begun.wipe()
        if first is None:
            return Rest(self._equipment, self._window, self._timeouts, self._visit.last_placement)
        conversation = self._visit.serve(first)
        documents = self._visit.documents
        beside = self._equipment.id_card_there(self._visit.last_placement)
        waiting = beside if beside != first else None
        return Session(conversation, self._window, self._timeouts, documents, self._events.put, waiting)

    def _carry_on(self, session: Rest | Session) -> None:
        session.begin()
        while not session.is_over:
            self._equipment.centre.watch(isinstance(session, Session) and session.shows_what_can_be_done)
            session.take(self._next_event_for(session))

    def _next_event_for(self, session: Rest | Session) -> Event:
        """Return the next event; meanwhile a page that says what can be done is kept true."""
        while True:
            look_again = time.monotonic() + REFRESH_SECONDS if session.shows_what_can_be_done else FOREVER
            event = self._next_event(min(session.deadline, look_again))
            if not isinstance(event, TimeUp) or time.monotonic() >= session.deadline:
                return event
            self._window.refresh()

    def _next_event(self, deadline: float) -> Event:
        """Return the next event, or that ``deadline`` (monotonic seconds) has come."""
        event: Event = self._wait_for_event(deadline)
        if isinstance(event, PreferencesChanged):
            changed = catalogue.PreferencesChanged(**event.changes)
            self._equipment.journal.record(changed, self._visit.state.visit_id)
        return event

    def _wait_for_event(self, deadline: float) -> Event:
        while True:
            self._watchdog.promise(NAME, BUSY_SECONDS)
            if self._stopping:
                return Stop()
            left = max(0.0, deadline - time.monotonic())
            with suppress(queue.Empty):
                return self._events.get(timeout=min(left, ALIVE_EVERY))
            if left <= ALIVE_EVERY:
                return TimeUp()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Be looked after by the watchdog meanwhile."""
        self._watchdog.promise(NAME, BUSY_SECONDS)
        try:
            yield
        finally:
            self._watchdog.done(NAME)

    def _timeouts(self) -> Timeouts:
        return self._default_timeouts.adjusted_for(self._window.manner)
