"""An attendant at work without devices: the test is the citizen, the card and the window."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

from command_line.watchdog import Watchdog
from hardware.card.items import Holder, Sex
from hardware.card.monitor import CardReaderStatus
from hardware.card.social_security import PinStatus
from hardware.face.matcher import Likeness, Picture
from hardware.face.service import FaceMatcherStatus
from hardware.id_card.card import IdCard, ResidentIdCard
from hardware.id_card.reader import IdCardReaderStatus
from hardware.printer.status import PrinterStatus
from hardware.scanner.token import Token
from hardware.status import ChipState, DeviceState, MediaState, PaperState
from kiosk.attendant import unexpected
from kiosk.attendant.device_loop import DeviceLoop
from kiosk.attendant.equipment import Equipment
from kiosk.attendant.timeouts import Timeouts
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES, Preferences
from kiosk.dialogue.words import TranslatableText
from kiosk.record.journal import Journal
from kiosk.visit.centre import Centre
from kiosk.visit.visit import UnexpectedEventError
from sync.protocol.cards import CARD_STATE, CardState
from sync.protocol.credentials import (
    FACE_TRIES,
    REPORT_FACE,
    RESOLVE_E_CARD,
    ECardHolder,
    FaceResult,
    FaceTries,
)
from sync.protocol.messages import card_partition
from sync.protocol.visits import BEGIN_VISIT, PROVE_CARD, CardProof, VisitOpened, VisitProof, VisitRequest
from sync.reachability import Reachability
from sync.store import Store
from sync.store.personal import PersonalRecords
from tests.deadline import DEADLINE_SECONDS
from tests.kiosk.saying import said
from tests.people import LI, WANG

Shown = TypeVar("Shown", bound=dialogue.Question)

PATIENCE = Timeouts(answer=DEADLINE_SECONDS, still_there=5, linger=0.2)
IDENTITY = "61" * 16
UNTIL = datetime(2099, 1, 1, tzinfo=UTC)
PROVEN, LIMITED, UNPROVEN = (
    VisitProof(proven=True, until=UNTIL),
    VisitProof(proven=False, until=UNTIL),
    VisitProof(proven=False),
)
HOLDER = Holder(name="王建国", id_number=WANG.id_number, sex=Sex.MALE, birth=date(1975, 3, 17), nation="01")
ELDER = Holder(name="李秀英", id_number=LI.id_number, sex=Sex.FEMALE, birth=date(1948, 9, 6), nation="01")


def id_card(holder: Holder) -> ResidentIdCard:
    """Return the ID card of a holder."""
    return ResidentIdCard(
        name=holder.name,
        number=holder.id_number,
        sex=holder.sex,
        birth=holder.birth,
        valid_from=date(2018, 6, 5),
        valid_until=None,
        nation="01",
        address="铜川市",
        issuer="铜川市公安局",
    )


def e_card(holder: Holder) -> ECardHolder:
    """Return what the centre says of a holder's electronic card."""
    return ECardHolder(id_number=holder.id_number, name=holder.name, card_status="normal", until=UNTIL)


WANG_ID_CARD, LI_ID_CARD = id_card(HOLDER), id_card(ELDER)


class Reader:
    """A reader whose card is put in and pulled by the test."""

    def __init__(self) -> None:
        self.insertion = 0
        self.is_lost = False
        self.holder = HOLDER
        self.pin = PinStatus(set=True, tries_left=6, locked=False)
        self.trouble: Exception | None = None

    @property
    def status(self) -> CardReaderStatus:
        if self.is_lost:
            return CardReaderStatus(DeviceState.OFFLINE)
        media = MediaState.PRESENT if self.insertion else MediaState.NOT_PRESENT
        return CardReaderStatus(DeviceState.ONLINE, media, ChipState.ONLINE, "reader", self.insertion)

    def read_holder(self):
        return self.holder

    @contextmanager
    def session(self, insertion):
        if self.trouble:
            raise self.trouble
        yield SimpleNamespace(
            identity=IDENTITY,
            read_basic=lambda: None,
            read_holder=lambda: self.read_holder(),
            challenge=lambda: bytes(8),
            internal_authenticate=lambda _process, _source: bytes(8),
            pin_status=lambda: self.pin,
        )


class IdReader:
    """An ID card reader; the test lays cards on it and lifts them."""

    def __init__(self) -> None:
        self.status = IdCardReaderStatus(DeviceState.ONLINE, MediaState.NOT_PRESENT)
        self.card: IdCard | Exception | None = None

    def read_with_photo(self) -> tuple[IdCard, Picture]:
        if isinstance(self.card, Exception):
            self.status = replace(self.status, media=MediaState.UNKNOWN)
            raise self.card
        assert self.card
        self.photo = Picture(bytearray(b"photo"))
        return self.card, self.photo


class Faces:
    """A camera before which the test puts somebody: how like they are, in turn, or an error."""

    def __init__(self) -> None:
        self.status = FaceMatcherStatus(DeviceState.ONLINE)
        self.seen: list[Likeness | Exception] = []

    def capture(self) -> Picture:
        if isinstance(self.seen[0], Exception):
            raise self.seen.pop(0)
        return Picture(bytearray(b"live"))

    def compare(self, reference: Picture, live: Picture) -> Likeness:
        assert (reference.take(), live.take()) == (b"photo", b"live")
        likeness = self.seen.pop(0)
        assert isinstance(likeness, Likeness)
        return likeness


class Client:
    """The centre, which answers when the test lets it: with ``answer``, or what is raised.

    What it is asked for in passing, it says at once: the state of the card that is in (``social``), and, when it
    ``may_judge``, what it makes of the card (``judgements`` in turn, the last of them for good), which may be raised.
    """

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.asked: queue.Queue = queue.Queue()
        self.answer: object = None
        self.social = "normal"
        self.judgements: list[VisitProof | Exception] = [PROVEN]
        self.may_judge = threading.Event()
        self.may_judge.set()
        self.e_card: ECardHolder | Exception = e_card(HOLDER)
        self.face_tries = 3
        self.begun: list[VisitRequest] = []
        self.proved: list[CardProof] = []

    def call(self, call, request):
        if call is CARD_STATE:
            return CardState(self.social)
        if call is BEGIN_VISIT:
            self.begun.append(request)
            return VisitOpened(card=CardState(self.social), process="00" * 8, source="00" * 8)
        if call is RESOLVE_E_CARD:
            if isinstance(self.e_card, Exception):
                raise self.e_card
            return self.e_card
        if call is FACE_TRIES:
            return FaceTries(left=self.face_tries)
        if call is REPORT_FACE:
            self.face_tries -= request.score < 0.8
            return FaceResult(matched=request.score >= 0.8, left=self.face_tries)
        if call is PROVE_CARD:
            return self._judge(request)
        self.asked.put(request)
        assert self.may_answer.wait(DEADLINE_SECONDS)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def _judge(self, proof: CardProof) -> VisitProof:
        self.proved.append(proof)
        assert self.may_judge.wait(DEADLINE_SECONDS)
        judgement = self.judgements.pop(0) if len(self.judgements) > 1 else self.judgements[0]
        if isinstance(judgement, Exception):
            raise judgement
        return judgement


class Scene:
    """An attendant at work, and what it shows."""

    def __init__(
        self,
        store: Store,
        patience: Timeouts,
        personal: PersonalRecords | None = None,
        watchdog: Watchdog | None = None,
        reader: Reader | None = None,
        *,
        camera: bool = True,
    ) -> None:
        self.reader, self.watchdog = reader or Reader(), watchdog or Watchdog()
        self.id_reader, self.scanner = IdReader(), SimpleNamespace(state=DeviceState.ONLINE)
        self.faces = Faces()
        self.printer = SimpleNamespace(status=PrinterStatus(line=DeviceState.ONLINE, paper=PaperState.FULL))
        self.store = store
        self.shown: queue.Queue = queue.Queue()
        self.manner = DEFAULT_PREFERENCES
        self.loose: list[str] = []
        self.unexpected: list[str] = []
        self.client = Client()
        self.look: Callable[[], bool] = lambda: True
        self.line = Reachability(lambda: self.look(), self._line_changed)  # it looks once it is started
        centre, journal = Centre(self.client, self.line), Journal(store)
        equipment = Equipment(
            *("kiosk-1", "610200", self.reader, self.printer, centre, journal),
            personal=personal,
            id_card_reader=self.id_reader,
            scanner=self.scanner,
            faces=self.faces if camera else None,
        )
        self._equipment = equipment
        self.attendant = DeviceLoop(equipment, self._draw, patience, self.watchdog)
        self.thread = threading.Thread(target=self.attendant.run)

    def _draw(self, question: dialogue.Question, manner: Preferences) -> None:
        self.shown.put((question, manner))
        if isinstance(question.title, TranslatableText):  # not one that the test made up
            self.loose += said(question).loose

    def _line_changed(self) -> None:
        self.attendant.device_changed()

    def note_unexpected(self, error: UnexpectedEventError) -> None:
        self.unexpected.append(str(error))

    @property
    def partition(self) -> str:
        """What the events of the card that is in keep their order within."""
        return card_partition(IDENTITY)

    def insert(self, number: int = 1) -> None:
        self.reader.insertion = number
        self.attendant.device_changed(self.reader.status)

    def pull(self) -> None:
        self.insert(0)

    def have(self, id_reader: Any, scanner: Any) -> None:
        """Have other devices from now on, which the kiosk looks at when they tell something."""
        object.__setattr__(self._equipment, "id_card_reader", id_reader)
        object.__setattr__(self._equipment, "scanner", scanner)

    def wait_until(self, reached: Callable[[], bool]) -> None:
        """Wait for something that no page tells."""
        end = time.monotonic() + DEADLINE_SECONDS
        while not reached():
            assert time.monotonic() < end
            time.sleep(0.01)

    def lay(self, card: IdCard | Exception = WANG_ID_CARD) -> None:
        """Lay an ID card down, or one that cannot be read."""
        self.id_reader.card = card
        placement = self.id_reader.status.placement + 1
        self._id_reader_is(media=MediaState.PRESENT, placement=placement)

    def lift(self) -> None:
        """Take the ID card away."""
        self._id_reader_is(media=MediaState.NOT_PRESENT)

    def _id_reader_is(self, **status: Any) -> None:
        self.id_reader.status = replace(self.id_reader.status, **status)
        self.attendant.device_changed(self.id_reader.status)

    def scan(self, code: bytes = b"an-invented-token-0001") -> Token:
        """Show a code to the scanner."""
        token = Token(bytearray(code))
        self.attendant.code_scanned(token)
        return token

    def lose_reader(self) -> None:
        """Have the reader service stop."""
        self.reader.is_lost = True
        self.attendant.device_changed(self.reader.status)

    def find_reader(self, insertion: int) -> None:
        """Have the reader service back; whatever card is in is a new insertion."""
        self.reader.is_lost, self.reader.insertion = False, insertion
        self.attendant.device_changed(self.reader.status)

    def see(self, kind: type[Shown]) -> Shown:
        """Wait for a question of this kind, passing over others; ``manner`` is how it was shown."""
        while True:
            question, self.manner = self.shown.get(timeout=DEADLINE_SECONDS)
            if isinstance(question, kind):
                return question

    def answer(self, kind: type, value: object) -> None:
        self.attendant.answer(self.see(kind), value)

    def menu(self, holder: Holder = HOLDER) -> dialogue.Home:
        self.reader.holder = holder
        self.insert()
        return self.see(dialogue.Home)

    def group(self, name: str) -> dialogue.Choose:
        """Put a card in, and open a group of the menu."""
        self.attendant.answer(self.menu(), name)
        return self.see(dialogue.Choose)

    def choose(self, service: str, page: dialogue.Choose | None = None) -> None:
        """Choose a service on the first page of the menu, of a card that goes in, and read what is said of it."""
        self.attendant.answer(page or self.menu(), service)
        self.answer(dialogue.IntroduceService, None)

    def recorded(self) -> list[str]:
        return [row["event"] for row in self.store.rows("SELECT event FROM audit ORDER BY id")]

    def data(self, event: str) -> list[str]:
        return [row["data"] for row in self.store.rows(f"SELECT data FROM audit WHERE event = '{event}'")]


@contextmanager
def at_work(folder: Path, patience: Timeouts = PATIENCE, **parts: Any) -> Iterator[Scene]:
    """Have an attendant at work, who rests now; all that it says can be said in every language."""
    store = Store.open(folder, "kiosk-1")
    scene = Scene(store, patience, PersonalRecords(folder, store.key), **parts)
    before = unexpected.handle_with(scene.note_unexpected)
    scene.thread.start()
    try:
        scene.see(dialogue.Idle)
        yield scene
    finally:
        scene.attendant.stop()
        scene.client.may_answer.set()
        scene.client.may_judge.set()
        scene.thread.join(DEADLINE_SECONDS)
        store.close()
        scene.line.close()
        unexpected.handle_with(before)
    assert not scene.thread.is_alive()
    assert scene.loose == []
    assert scene.unexpected == []
