"""Serves one citizen after another: waits for a card, runs the services they choose, gives the card back.

It runs in a thread of its own. Devices and the window only put events into its queue; it shows one question at a
time and waits for that question's answer.
"""

import secrets
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

import structlog
from uuid_utils import uuid7

from hardware.card.errors import (
    CardChangedError,
    CardError,
    CardRemovedError,
    NoCardError,
    NoReaderError,
    PinLockedError,
    ReaderServiceDownError,
)
from hardware.card.monitor import CardReaderStatus
from hardware.card.reader import CardReader
from hardware.card.session import CardSession
from hardware.printer.receipt_printer import ReceiptPrinter
from kiosk.attendant.error_notices import (
    CARD_PULLED,
    EXPECTED_ERRORS,
    HOTLINE,
    READER_LOST,
    locked_notice,
    notice_of,
    problem_of,
    refusal_of,
)
from kiosk.attendant.idle import DISK_FULL_PAGE, idle_page, unavailable
from kiosk.attendant.service_selection import OFFER_ELDER, ServiceSelection, is_elder
from kiosk.attendant.timeouts import Timeouts
from kiosk.attendant.window import FOREVER, Answer, Draw, PreferencesChanged, QuestionOrFactory, Window
from kiosk.credentials.card_holder import read_holder
from kiosk.credentials.card_permission import is_usable
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES, Preferences
from kiosk.dialogue.questions import (
    CardPulled,
    CitizenFinished,
    Finished,
    InactivityTimeout,
    InactivityWarning,
    Interruption,
    KioskStopping,
    Notice,
    OutOfService,
    Picture,
    Question,
    ReaderLost,
    TakeCard,
    WentBack,
    WentHome,
    Working,
)
from kiosk.dialogue.words import _
from kiosk.menu.menu import Unavailable
from kiosk.published.state import CardListedError, KioskOutOfServiceError, PublishedState
from kiosk.record.journal import Journal
from kiosk.services.service import Conversation, services
from kiosk.visit.visit import (
    CardInserted,
    CardRead,
    CardRefused,
    CardTaken,
    Event,
    Failed,
    Phase,
    ServiceChosen,
    ServiceEnded,
    Visit,
    VisitOver,
    VisitState,
    next_state,
    record_of,
)
from sync.client import CentralClient
from sync.protocol import events
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.event_kinds import name_of, values_of
from sync.protocol.messages import card_partition
from sync.store import StoreFullError
from sync.store.personal import PersonalRecords
from text.masking import mask_name

log = structlog.get_logger()

Result = TypeVar("Result")

RATINGS = range(1, 6)
LOOK_AGAIN_SECONDS = 30.0
READER_GONE = (ReaderLost, ReaderServiceDownError, NoReaderError)
CARD_GONE = (CardPulled, CardRemovedError, CardChangedError, NoCardError, *READER_GONE)


class VisitLoop:
    """Serves citizens at one kiosk until it is stopped."""

    def __init__(
        self,
        kiosk_id: str,
        region: str,
        reader: CardReader,
        printer: ReceiptPrinter,
        centre: CentralClient,
        journal: Journal,
        show: Draw,
        patience: Timeouts | None = None,
        published: PublishedState | None = None,
        personal: PersonalRecords | None = None,
    ) -> None:
        self._kiosk_id = kiosk_id
        self._region = region
        self._reader = reader
        self._printer = printer
        self._centre = centre
        self._journal = journal
        self._window = Window(show)
        self._usual_patience = patience or Timeouts()
        self._published = published or PublishedState()
        self._personal = personal
        self._state = VisitState()
        self._reader_was_lost = False

    # What the window and the devices tell, from their own threads.

    def answer(self, question: Question, value: Any) -> None:
        """Take the citizen's answer to ``question``; stale answers are ignored."""
        self._window.answer(question, value)

    def prefer(self, manner: Preferences) -> None:
        """Speak in ``manner`` until the visit is over; the question is shown again in it."""
        self._window.prefer(manner)

    def device_changed(self, status: object = None) -> None:
        """Look at the devices again."""
        if isinstance(status, CardReaderStatus) and not status.reader:
            self._reader_was_lost = (
                True  # it may be back, with the same card in it, before anybody has looked
            )
        self._window.wake()

    def call_staff(self) -> None:
        """Record that somebody asks for staff."""
        with suppress(StoreFullError):  # the page says so already
            self._journal.record(events.StaffCalled(phase=self._state.phase), self._state.visit_id)

    def stop(self) -> None:
        """End the visit that is going on, and then ``run``."""
        self._window.stop()

    # The life of the kiosk, in the attendant's own thread.

    def run(self) -> None:
        """Serve citizens until stopped.

        :raises StoreFullError: nothing could be recorded for a while, and now it can: settle what was left open.
        """
        with suppress(KioskStopping):
            try:
                while True:
                    self._wait_for_card()
                    self._serve()
            except StoreFullError:
                self.wait_for_room()
                raise

    def wait_for_room(self) -> None:
        """Say that the kiosk is out of service until there is room on the disk again and no card in the reader.

        :raises KioskStopping: the kiosk is stopping.
        """
        log.error("no room left on the disk")
        self._show(DISK_FULL_PAGE)
        while self._reader.status.insertion or not self._journal.has_room():
            self._next_event(time.monotonic() + self._patience.linger)

    def _wait_for_card(self) -> None:
        self._window.forget()
        quiet_until = self._deadline(self._patience.rest)
        while not self._reader.status.insertion:
            # Between two citizens only: the rules must not change under a service.
            self._published.load_latest_rules()
            page = self._closed() or idle_page(
                self._reader.status, self._printer.status, self._unavailable_now()
            )
            if page != self._window.shown:
                self._show(page)
            # What the centre publishes, and its age, change without an event.
            look_again = self._deadline(LOOK_AGAIN_SECONDS)
            if isinstance(self._next_event(min(quiet_until, look_again)), PreferencesChanged):
                quiet_until = self._deadline(self._patience.rest)
            elif time.monotonic() >= quiet_until:
                if self._window.manner != DEFAULT_PREFERENCES:
                    self._window.forget()
                    self._show(page)
                quiet_until = self._deadline(self._patience.rest)

    def _closed(self) -> OutOfService | None:
        why = self._published.out_of_service()
        if not why:
            return None
        text = _("{why}没有办完的业务请到窗口办理。", why=why)
        return OutOfService(title=_("本机暂停服务"), text=text, number="")

    def _serve(self) -> None:
        self._reader_was_lost = False
        self._happened(CardInserted(str(uuid7()), self._reader.status.insertion))
        farewell = None
        try:
            self._visit_with_card()
        except CARD_GONE as gone:
            farewell = self._farewell(gone)
        except (KioskStopping, StoreFullError):
            raise
        except Exception as error:
            self._out_of_service(error)
        self._happened(CardTaken())
        if farewell:
            self._linger(farewell)

    def _farewell(self, gone: Exception) -> Notice | None:
        """Return the notice for a citizen whose card can no longer be reached, or None."""
        if isinstance(gone, READER_GONE):
            log.error("card reader lost in a visit", trouble=type(gone).__name__)
            self._happened(CardRefused(problem_of(gone)))
            return READER_LOST
        return CARD_PULLED if self._state.phase in (Phase.SERVICE, Phase.READING_CARD) else None

    def _visit_with_card(self) -> None:
        self._show(
            Working(title=_("正在读卡"), text=_("请不要拔出社会保障卡。"), picture=Picture.INSERT_CARD)
        )
        try:
            with self._reader.session(self._state.insertion) as card:
                self._offer_services(self._open_visit(card))
        except CARD_GONE:
            raise
        except (CardError, CardListedError, KioskOutOfServiceError) as trouble:
            self._happened(CardRefused(problem_of(trouble)))
            self._until_card_taken(refusal_of(trouble))
            return
        self._happened(VisitOver())
        self._until_card_taken(
            TakeCard(
                title=_("请取回您的社会保障卡"),
                text=_("请带好卡和打印的材料，再见。"),
                rating=bool(self._state.done),
            )
        )

    def _open_visit(self, card: CardSession) -> Visit:
        if why := self._published.out_of_service():
            raise KioskOutOfServiceError(why)
        card.read_basic()
        self._reject_listed_card(card.identity)
        holder = read_holder(card, self._centre, self._region)
        self._happened(CardRead(card.identity))
        return Visit(
            visit_id=self._state.visit_id,
            partition=card_partition(card.identity),
            kiosk_id=self._kiosk_id,
            region=self._region,
            card=card,
            holder=holder,
            centre=self._centre,
            journal=self._journal,
            printer=self._printer,
            state=lambda: self._state,
            happened=self._happened,
            manner=lambda: self._window.manner,
            personal=self._personal,
        )

    def _reject_listed_card(self, identity: str) -> None:
        """Continue only with a card that is not lost or cancelled; the list may mean another card with the same hash.

        :raises CardListedError: it is, or the centre cannot be asked.
        """
        try:
            self._published.reject_listed_card(identity)
        except CardListedError:
            if not is_usable(self._centre, self._region, identity):
                raise
            log.info("the listed hash is another card's")

    def _offer_services(self, visit: Visit) -> None:
        greeting = _("{name}，您好", name=mask_name(visit.holder.name))
        reception = ServiceSelection(greeting, visit, self._unavailable_now)
        with suppress(CitizenFinished, InactivityTimeout):
            self._offer_elder(visit)
            while True:
                name = self._converse(reception.choose_service())
                if why := self._published.unavailable().get(name):
                    self._tell(Notice(title=_("这项业务现在不能办"), text=why, phone=HOTLINE))
                    continue
                self._happened(ServiceChosen(name))
                last_page = self._run_service(services()[name].start(visit))
                self._happened(ServiceEnded(done=isinstance(last_page, Finished)))
                if last_page:
                    self._tell(last_page)

    def _offer_elder(self, visit: Visit) -> None:
        manner = self._window.manner
        with suppress(WentBack, WentHome):
            if (
                not manner.elder
                and is_elder(visit.holder.id_number, datetime.now(CHINA).date())
                and self._ask(OFFER_ELDER)
            ):
                self._window.speak(elder=True)
                visit.record(events.PreferencesChanged(elder=True))

    def _run_service(self, conversation: Conversation) -> Finished | Notice | None:
        try:
            return self._converse(conversation)
        except CARD_GONE:
            raise
        except (WentBack, WentHome):
            return None
        except EXPECTED_ERRORS as trouble:
            log.info("service ended with expected error", trouble=type(trouble).__name__)
            return locked_notice(self._region) if isinstance(trouble, PinLockedError) else notice_of(trouble)

    def _tell(self, page: Finished | Notice) -> None:
        """Show how a service ended, long enough to be read also by somebody who has pulled the card."""
        try:
            with suppress(WentBack, WentHome):
                self._ask(page)
        except CARD_GONE as gone:
            self._linger(page)
            raise CardPulled from gone

    def _converse(self, conversation: Generator[QuestionOrFactory, Any, Result]) -> Result:
        try:
            question = next(conversation)
            while True:
                try:
                    answer = self._ask(question)
                except Interruption as interruption:
                    question = conversation.throw(interruption)
                else:
                    question = conversation.send(answer)
        except StopIteration as end:
            return end.value

    def _out_of_service(self, error: Exception) -> None:
        number = f"{secrets.randbelow(10**6):06}"
        log.error("service failed", number=number, error=type(error).__name__, exc_info=error)
        service = self._state.service
        failed = events.ServiceFailed(service=service, number=number, error=type(error).__name__)
        self._journal.record(failed, self._state.visit_id)
        self._happened(Failed(number))
        page = OutOfService(
            title=_("抱歉，本机暂时不能办理"),
            text=_("刚才的业务没有办完，没有重复办理。请取回您的卡，把下面的编号告诉工作人员。"),
            number=number,
        )
        self._linger(page)
        self._until_card_taken(page)

    # Questions and answers.

    def _ask(self, asked: QuestionOrFactory) -> Any:
        """Show a question and return its answer.

        :raises Interruption: the citizen went back, finished or left, the card was pulled, or the kiosk is stopping.
        """
        if isinstance(self._show(asked), Working):
            self._check_card()
            return None
        while True:
            with suppress(InactivityTimeout):
                return self._answer_within(lambda patience: patience.answer)
            self._ask_whether_still_there()
            self._show(asked)

    def _ask_whether_still_there(self) -> None:
        seconds = self._patience.still_there
        self._show(
            InactivityWarning(
                title=_("您还在吗？"), text=_("需要更多时间，请点下面的按钮。"), seconds=seconds
            )
        )
        self._answer_within(lambda patience: patience.still_there)

    def _answer_within(self, seconds: Callable[[Timeouts], float]) -> Any:
        deadline = self._deadline(seconds(self._patience))
        while True:
            self._check_card()
            match self._next_event(deadline):
                case Answer() as answer if answer.question is not self._window.shown:
                    answer.wipe()
                case Answer(value=Interruption() as interruption):
                    raise interruption
                case Answer(value=value):
                    return value
                case PreferencesChanged():
                    deadline = self._deadline(seconds(self._patience))
            if time.monotonic() >= deadline:
                raise InactivityTimeout

    def _until_card_taken(self, page: Question) -> None:
        self._show(page)
        while self._reader.status.insertion == self._state.insertion:
            match self._next_event():
                case Answer(TakeCard(rating=True) as rated, int(level)) if rated is page and level in RATINGS:
                    self._journal.record(events.VisitRated(level=level), self._state.visit_id)
                    page = TakeCard(title=rated.title, text=_("谢谢您的评价。请带好卡和打印的材料，再见。"))
                    self._show(page)
        if self._is_reader_lost():
            self._linger(page)

    def _linger(self, page: Question) -> None:
        self._show(page)
        deadline = self._deadline(self._patience.linger)
        known = self._reader.status.insertion
        while time.monotonic() < deadline and self._reader.status.insertion in (known, 0):
            event = self._next_event(deadline)
            if isinstance(event, Answer) and event.question is page:
                return

    def _next_event(self, deadline: float = FOREVER) -> object:
        event = self._window.next_event(deadline)
        if isinstance(event, PreferencesChanged):
            self._journal.record(events.PreferencesChanged(**event.changes), self._state.visit_id)
        return event

    @property
    def _patience(self) -> Timeouts:
        return self._usual_patience.adjusted_for(self._window.manner)

    @staticmethod
    def _deadline(seconds: float) -> float:
        return time.monotonic() + seconds

    def _check_card(self) -> None:
        if self._reader.status.insertion != self._state.insertion:
            raise ReaderLost if self._is_reader_lost() else CardPulled

    def _is_reader_lost(self) -> bool:
        return self._reader_was_lost or not self._reader.status.reader

    def _show(self, asked: QuestionOrFactory) -> Question:
        return self._window.show(asked)

    def _unavailable_now(self) -> Unavailable:
        return unavailable(self._printer.status, self._published.unavailable())

    def _happened(self, event: Event) -> None:
        before, self._state = self._state, next_state(self._state, event)
        self._window.speak(on_behalf=self._state.on_behalf)
        if record := record_of(before, self._state):
            visit_id = self._state.visit_id or before.visit_id
            self._journal.record(record, visit_id)
            log.info(name_of(type(record)), visit_id=visit_id, **values_of(record))
