"""Serves one citizen after another: waits for a card, runs the services they choose, gives the card back.

It runs in a thread of its own. Devices and the window only put events into its queue; it shows one question at a
time and waits for that question's answer.
"""

import queue
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from uuid_utils import uuid7

from hardware.card.errors import CardChanged, CardError, CardRemoved, NoCard, PinLocked
from hardware.card.masking import mask_name
from hardware.card.pin import Pin
from hardware.card.reader import CardReader
from hardware.card.session import CardSession
from hardware.printer.receipt_printer import ReceiptPrinter
from hardware.status import DeviceState, PaperState
from kiosk.dialogue import (
    CardPulled,
    CitizenFinished,
    Finished,
    Idle,
    Interruption,
    KioskStopping,
    NobodyThere,
    Notice,
    OutOfService,
    Picture,
    Question,
    StillThere,
    TakeCard,
    WentBack,
    Working,
)
from kiosk.journal import Journal
from kiosk.menu import menu_question, service_options
from kiosk.published import CardListed, NotServing, Published
from kiosk.services import Conversation, services
from kiosk.troubles import EXPECTED, HOTLINE, PRINTER_PROBLEMS, locked_notice, notice_of, refusal_of
from kiosk.visit import (
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
from sync.protocol.messages import card_partition
from sync.store.personal import Personal

log = structlog.get_logger()

LOOK_AGAIN_SECONDS = 30.0
CARD_GONE = (CardPulled, CardRemoved, CardChanged, NoCard)


@dataclass(frozen=True)
class Patience:
    """How long the kiosk waits, in seconds."""

    answer: float = 90
    still_there: int = 30
    linger: float = 12


@dataclass(frozen=True)
class _Answer:
    question: Question
    value: Any

    def wipe(self) -> None:
        if isinstance(self.value, Pin):
            self.value.wipe()


class Attendant:
    """Serves citizens at one kiosk until it is stopped."""

    def __init__(
        self,
        kiosk_id: str,
        region: str,
        reader: CardReader,
        printer: ReceiptPrinter,
        centre: CentralClient,
        journal: Journal,
        show: Callable[[Question], None],
        patience: Patience | None = None,
        published: Published | None = None,
        personal: Personal | None = None,
    ) -> None:
        self._kiosk_id = kiosk_id
        self._region = region
        self._reader = reader
        self._printer = printer
        self._centre = centre
        self._journal = journal
        self._show_on_window = show
        self._patience = patience or Patience()
        self._published = published or Published()
        self._personal = personal
        self._events: queue.Queue[object] = queue.Queue()
        self._shown: Question | None = None
        self._state = VisitState()
        self._stopping = False

    # What the window and the devices tell, from their own threads.

    def answer(self, question: Question, value: Any) -> None:
        """Take the citizen's answer to ``question``; an answer to a question no longer shown means nothing."""
        self._events.put(_Answer(question, value))

    def device_changed(self, _status: object = None) -> None:
        """Look at the devices again."""
        self._events.put(None)

    def call_staff(self) -> None:
        """Record that somebody asks for staff."""
        self._journal.record("staff.called", self._state.visit_id, phase=self._state.phase)

    def stop(self) -> None:
        """End the visit that is going on, and then ``run``."""
        self._stopping = True
        self._events.put(None)

    # The life of the kiosk, in the attendant's own thread.

    def run(self) -> None:
        """Serve citizens until stopped."""
        with suppress(KioskStopping):
            while True:
                self._wait_for_card()
                self._serve()

    def _wait_for_card(self) -> None:
        while not self._reader.status.insertion:
            # Between two citizens only: the rules must not change under a service.
            self._published.take_rules()
            page = self._closed() or Idle(
                title="您好，请插入社会保障卡",
                text="本机可以打印社保证明、激活社保卡、修改社保密码",
                services=service_options(self._published.why_not),
                troubles=self._troubles(),
            )
            if page != self._shown:
                self._show(page)
            # What the centre publishes, and its age, change without an event.
            self._next_event(time.monotonic() + LOOK_AGAIN_SECONDS)

    def _closed(self) -> OutOfService | None:
        why = self._published.out_of_service()
        return OutOfService(title="本机暂停服务", text=why, number="") if why else None

    def _serve(self) -> None:
        self._happened(CardInserted(str(uuid7()), self._reader.status.insertion))
        gone_during = Phase.IDLE
        try:
            self._visit_with_card()
        except CARD_GONE:
            gone_during = self._state.phase
        except KioskStopping:
            raise
        except Exception as error:
            self._out_of_service(error)
        self._happened(CardTaken())
        if gone_during in (Phase.SERVICE, Phase.READING_CARD):
            self._say_card_was_pulled()

    def _visit_with_card(self) -> None:
        self._show(Working(title="正在读卡", text="请不要拔出社会保障卡。", picture=Picture.INSERT_CARD))
        try:
            with self._reader.session(self._state.insertion) as card:
                self._offer_services(self._open_visit(card))
        except CARD_GONE:
            raise
        except (CardError, CardListed, NotServing) as trouble:
            self._happened(CardRefused(type(trouble).__name__))
            self._until_card_taken(refusal_of(trouble))
            return
        self._happened(VisitOver())
        self._until_card_taken(TakeCard(title="请取回您的社会保障卡", text="请带好卡和打印的材料，再见。"))

    def _open_visit(self, card: CardSession) -> Visit:
        if why := self._published.out_of_service():
            raise NotServing(why)
        card.read_basic()
        self._published.require_unlisted(card.identity)
        holder = card.read_holder()
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
            personal=self._personal,
        )

    def _offer_services(self, visit: Visit) -> None:
        greeting = f"{mask_name(visit.holder.name)}，您好"
        with suppress(CitizenFinished, NobodyThere):
            while True:
                name = self._ask(menu_question(greeting, self._published.why_not))
                if why := self._published.why_not(name):
                    self._tell(Notice(title="这项业务现在不能办", text=why, phone=HOTLINE))
                    continue
                self._happened(ServiceChosen(name))
                last_page = self._run_service(services()[name].run(visit))
                self._happened(ServiceEnded(done=isinstance(last_page, Finished)))
                if last_page:
                    self._tell(last_page)

    def _run_service(self, conversation: Conversation) -> Finished | Notice | None:
        try:
            return self._converse(conversation)
        except CARD_GONE:
            raise
        except WentBack:
            return None
        except EXPECTED as trouble:
            log.info("service ended by trouble", trouble=type(trouble).__name__)
            return locked_notice(self._region) if isinstance(trouble, PinLocked) else notice_of(trouble)

    def _tell(self, page: Finished | Notice) -> None:
        """Show how a service ended, long enough to be read also by somebody who has pulled the card."""
        try:
            self._ask(page)
        except CARD_GONE:
            self._linger(page)
            raise

    def _converse(self, conversation: Conversation) -> Finished | None:
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
        self._journal.record(
            "service.failed", self._state.visit_id, service=service, number=number, error=type(error).__name__
        )
        self._happened(Failed(number))
        page = OutOfService(
            title="抱歉，本机暂时不能办理",
            text="刚才的业务没有办完，没有重复办理。请取回您的卡，把下面的编号告诉工作人员。",
            number=number,
        )
        self._linger(page)
        self._until_card_taken(page)

    def _say_card_was_pulled(self) -> None:
        self._linger(
            Notice(
                title="卡已取出，业务没有办完",
                text="没有重复办理，也没有信息丢失。如需继续，请重新插入社会保障卡。",
                picture=Picture.INSERT_CARD,
            )
        )

    # Questions and answers.

    def _ask(self, question: Question) -> Any:
        """Show ``question`` and return its answer.

        :raises Interruption: the citizen went back, finished or left, the card was pulled, or the kiosk is stopping.
        """
        self._show(question)
        if isinstance(question, Working):
            self._check_card()
            return None
        while True:
            with suppress(NobodyThere):
                return self._answer_within(self._patience.answer)
            self._ask_whether_still_there()
            self._show(question)

    def _ask_whether_still_there(self) -> None:
        seconds = self._patience.still_there
        self._show(StillThere(title="您还在吗？", text="需要更多时间，请点下面的按钮。", seconds=seconds))
        self._answer_within(seconds)

    def _answer_within(self, seconds: float) -> Any:
        deadline = time.monotonic() + seconds
        while True:
            self._check_card()
            event = self._next_event(deadline)
            if isinstance(event, _Answer):
                if event.question is not self._shown:
                    event.wipe()
                elif isinstance(event.value, Interruption):
                    raise event.value
                else:
                    return event.value
            if time.monotonic() >= deadline:
                raise NobodyThere

    def _until_card_taken(self, page: Question) -> None:
        self._show(page)
        while self._reader.status.insertion == self._state.insertion:
            self._next_event()

    def _linger(self, page: Question) -> None:
        self._show(page)
        deadline = time.monotonic() + self._patience.linger
        known = self._reader.status.insertion
        while time.monotonic() < deadline and self._reader.status.insertion in (known, 0):
            event = self._next_event(deadline)
            if isinstance(event, _Answer) and event.question is page:
                return

    def _next_event(self, deadline: float = float("inf")) -> object:
        """Return the next event, or None when a device changed or ``deadline`` (monotonic seconds) has come."""
        if self._stopping:
            raise KioskStopping
        wait = None if deadline == float("inf") else max(0.0, deadline - time.monotonic())
        with suppress(queue.Empty):
            event = self._events.get(timeout=wait)
            if self._stopping:
                raise KioskStopping
            return event
        return None

    def _check_card(self) -> None:
        if self._reader.status.insertion != self._state.insertion:
            raise CardPulled

    def _show(self, question: Question) -> None:
        self._shown = question
        self._show_on_window(question)

    def _troubles(self) -> tuple[str, ...]:
        troubles = []
        reader, printer = self._reader.status, self._printer.status
        if reader.device not in (DeviceState.ONLINE, DeviceState.STARTING):
            troubles.append("读卡器暂停使用，请到窗口办理")
        if printer.line is not DeviceState.STARTING and (problem := printer.problem):
            troubles.append(f"{PRINTER_PROBLEMS[problem]}，暂时不能打印证明")
        elif printer.paper is PaperState.LOW:
            troubles.append("打印纸快用完了，请工作人员备纸")
        return tuple(troubles)

    def _happened(self, event: Event) -> None:
        before, self._state = self._state, next_state(self._state, event)
        if record := record_of(before, self._state):
            name, data = record
            visit_id = self._state.visit_id or before.visit_id
            self._journal.record(name, visit_id, **data)
            log.info(name, visit_id=visit_id, **data)
