"""Whatever is touched, put in, laid down, shown, taken away or waited for, in any order: nobody is left behind."""

from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.id_card.reader import IdCardReaderStatus
from hardware.printer.status import PrinterStatus
from hardware.scanner.token import Token
from hardware.status import DeviceState, MediaState, PaperState
from kiosk.attendant import unexpected
from kiosk.attendant.citizen_visit import CitizenVisit
from kiosk.attendant.equipment import Equipment
from kiosk.attendant.events import (
    Answered,
    CardIn,
    CardOut,
    CodeScanned,
    IdCardLaid,
    IdCardLifted,
    Stop,
    TimeUp,
    Touched,
)
from kiosk.attendant.session import Session
from kiosk.attendant.timeouts import Timeouts
from kiosk.attendant.window import Window
from kiosk.dialogue.questions import BEGIN, CitizenFinished, KioskStopping, WentBack
from kiosk.published.state import PublishedState
from kiosk.visit.visit import VisitState
from sync.client import CentralUnreachableError
from sync.protocol.credentials import RESOLVE_E_CARD
from tests.kiosk.scene import ELDER, HOLDER, IdReader, Reader, e_card, id_card

PEOPLE = (HOLDER, ELDER)
HAPPENINGS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["insert", "lay", "scan"]), st.sampled_from(PEOPLE)),
        st.tuples(st.sampled_from(["pull", "lift", "wait", "back", "finish", "choose"]), st.none()),
    ),
    max_size=12,
)


class Centre:
    """A centre that resolves electronic cards at once, and else is away."""

    is_reachable = True
    person = HOLDER

    def start(self, call, _request):
        reply = Future()
        if call is RESOLVE_E_CARD:
            reply.set_result(e_card(self.person))
        else:
            reply.set_exception(CentralUnreachableError("away"))
        return reply


class Kiosk:
    """A kiosk without threads: each happening is an event of the session that is on, or begins one."""

    def __init__(self):
        self.reader, self.id_reader, self.centre = Reader(), IdReader(), Centre()
        self.recorded = []
        journal = SimpleNamespace(
            record=lambda event, *_: self.recorded.append(event),
            alarm=lambda event, *_: self.recorded.append(event),
            left_open=lambda _partition: [],
        )
        printer = SimpleNamespace(status=PrinterStatus(line=DeviceState.ONLINE, paper=PaperState.FULL))
        self.equipment = Equipment(
            *("kiosk-1", "610200", self.reader, printer, self.centre, journal, PublishedState()),
            id_card_reader=self.id_reader,
            scanner=SimpleNamespace(state=DeviceState.ONLINE),
        )
        self.window = Window(lambda *_: None, lambda _: None)
        self.visit = CitizenVisit(self.equipment, self.window, lambda _: None)
        self.session, self.insertions, self.codes, self.replies = None, 0, [], []

    def happen(self, what, person):
        event = getattr(self, what)(person)
        if self.session is None and (first := self.first(event)):
            documents = self.visit.documents
            self.session = Session(
                self.visit.serve(first), self.window, Timeouts, documents, self.replies.append
            )
            self.session.begin()
        elif self.session and event:
            self.session.take(event)
        while self.session and not self.session.is_over and (self.replies or not self.session.deadline):
            self.session.take(self.replies.pop(0) if self.replies else TimeUp())
        if self.session and self.session.is_over:
            self.session.close()
            self.session = None

    def first(self, event):
        there = self.equipment.document_there(self.visit.last_placement)
        return there or (event if isinstance(event, Touched | CodeScanned) else None)

    def insert(self, person):
        if self.reader.insertion:
            return None
        self.insertions += 1
        self.reader.holder, self.reader.insertion = person, self.insertions
        return CardIn(self.insertions)

    def pull(self, _person):
        insertion, self.reader.insertion = self.reader.insertion, 0
        return CardOut(insertion) if insertion else None

    def lay(self, person):
        if self.id_reader.status.lying:
            return None
        self.id_reader.card = id_card(person)
        placement = self.id_reader.status.placement + 1
        self.id_reader.status = IdCardReaderStatus(DeviceState.ONLINE, MediaState.PRESENT, placement)
        return IdCardLaid(placement)

    def lift(self, _person):
        lying = self.id_reader.status.lying
        self.id_reader.status = replace(self.id_reader.status, media=MediaState.NOT_PRESENT)
        return IdCardLifted(lying) if lying else None

    def scan(self, person):
        self.centre.person = person
        self.codes.append(Token(bytearray(b"a-code")))
        return CodeScanned(self.codes[-1])

    def wait(self, _person):
        return TimeUp()

    def choose(self, _person):
        return self.answer("print-participation-certificate") if self.session else Touched(BEGIN)

    def back(self, _person):
        return self.answer(WentBack())

    def finish(self, _person):
        return self.answer(CitizenFinished())

    def answer(self, value):
        return Answered(self.window.shown, value) if self.session else None


@contextmanager
def tolerant():
    before = unexpected.handle_with(lambda _error: None)
    try:
        yield
    finally:
        unexpected.handle_with(before)


def play(happenings):
    kiosk = Kiosk()
    with tolerant():
        for what, person in happenings:
            kiosk.happen(what, person)
    return kiosk


@settings(max_examples=60, deadline=None)
@given(HAPPENINGS)
def test_when_everything_is_taken_away_and_nobody_answers_the_kiosk_rests_with_nothing_left(happenings):
    kiosk = play([*happenings, ("finish", None), ("pull", None), ("lift", None)])
    with tolerant():
        for _ in range(30):
            if kiosk.session is None:
                break
            kiosk.happen("wait", None)
    assert kiosk.session is None
    assert kiosk.visit.state == VisitState() and kiosk.visit._reception is None


@settings(max_examples=40, deadline=None)
@given(HAPPENINGS)
def test_a_stopped_kiosk_ends_whatever_goes_on_and_keeps_no_code(happenings):
    kiosk = play(happenings)
    if kiosk.session:
        with suppress(KioskStopping):
            kiosk.session.take(Stop())
        kiosk.session.close()
    assert all(not bytes(code._value) for code in kiosk.codes)
