"""The attendant: one question at a time, and a way out of each for whoever falls silent, leaves or is in a hurry."""

import queue
import threading
from contextlib import closing, contextmanager, nullcontext
from datetime import date
from types import SimpleNamespace

import pytest

from hardware.card.errors import CardMute, NotSocialSecurityCard
from hardware.card.items import Holder, Sex
from hardware.card.monitor import CardReaderStatus
from hardware.printer.status import PrinterStatus
from hardware.status import ChipState, DeviceState, MediaState, PaperState
from kiosk import dialogue
from kiosk.attendant import Attendant, Patience
from kiosk.dialogue import CitizenFinished, WentBack
from kiosk.journal import Journal
from sync.store import Store, StoreFullError

PATIENCE = Patience(answer=0.4, still_there=1, linger=0.2)
HOLDER = Holder(
    name="王建国", id_number="999999197503170619", sex=Sex.MALE, birth=date(1975, 3, 17), nation="01"
)


class Reader:
    """A reader whose card is put in and pulled by the test."""

    def __init__(self) -> None:
        self.insertion = 0
        self.trouble: Exception | None = None

    @property
    def status(self) -> CardReaderStatus:
        media = MediaState.PRESENT if self.insertion else MediaState.NOT_PRESENT
        return CardReaderStatus(DeviceState.ONLINE, media, ChipState.ONLINE, "reader", self.insertion)

    @contextmanager
    def session(self, insertion):
        if self.trouble:
            raise self.trouble
        yield SimpleNamespace(identity="61" * 16, read_basic=lambda: None, read_holder=lambda: HOLDER)


class Scene:
    """An attendant at work, and what it shows."""

    def __init__(self, store: Store) -> None:
        self.reader = Reader()
        self.printer = SimpleNamespace(status=PrinterStatus(line=DeviceState.ONLINE, paper=PaperState.FULL))
        self.store = store
        self.shown: queue.Queue = queue.Queue()
        self.attendant = Attendant(
            "kiosk-1", "610200", self.reader, self.printer, None, Journal(store), self.shown.put, PATIENCE
        )
        self.thread = threading.Thread(target=self.attendant.run)

    def insert(self, number: int = 1) -> None:
        self.reader.insertion = number
        self.attendant.device_changed()

    def pull(self) -> None:
        self.insert(0)

    def see(self, kind: type) -> dialogue.Question:
        """Wait for a question of this kind, passing over others."""
        while not isinstance(question := self.shown.get(timeout=10), kind):
            pass
        return question

    def menu(self) -> dialogue.Choose:
        self.insert()
        return self.see(dialogue.Choose)

    def recorded(self) -> list[str]:
        return [row["event"] for row in self.store.rows("SELECT event FROM audit ORDER BY id")]


@pytest.fixture
def scene(tmp_path):
    store = Store.open(tmp_path, "kiosk-1")
    scene = Scene(store)
    scene.thread.start()
    scene.see(dialogue.Idle)
    yield scene
    scene.attendant.stop()
    scene.thread.join(10)
    assert not scene.thread.is_alive()
    store.close()


def test_a_silent_citizen_is_asked_and_may_go_on_with_the_same_question(scene):
    menu = scene.menu()
    asked = scene.see(dialogue.StillThere)
    scene.attendant.answer(asked, None)
    assert scene.see(dialogue.Choose) is menu


def test_a_citizen_who_does_not_answer_any_more_is_asked_to_take_the_card(scene):
    scene.menu()
    scene.see(dialogue.StillThere)
    scene.see(dialogue.TakeCard)
    scene.pull()
    scene.see(dialogue.Idle)
    assert scene.recorded() == ["visit.started", "visit.ended"]


def test_an_answer_to_a_question_that_is_no_longer_shown_means_nothing(scene):
    menu = scene.menu()
    scene.see(dialogue.StillThere)
    scene.attendant.answer(menu, CitizenFinished())
    scene.see(dialogue.TakeCard)  # after the patience, not because of the old answer
    assert "service.started" not in scene.recorded()


def test_ending_the_visit_leads_to_the_card(scene):
    scene.attendant.answer(scene.menu(), CitizenFinished())
    scene.see(dialogue.TakeCard)


def test_another_card_is_never_taken_for_the_one_before(scene):
    scene.menu()
    scene.insert(2)
    second = scene.see(dialogue.Choose)
    assert second.title == "王*国，您好"
    assert scene.recorded().count("visit.started") == 2


@pytest.mark.parametrize(
    ("trouble", "title"), [(CardMute(), "读不出这张卡"), (NotSocialSecurityCard(), "这不是社会保障卡")]
)
def test_a_card_that_cannot_be_used_is_refused_until_it_is_pulled(scene, trouble, title):
    scene.reader.trouble = trouble
    scene.insert()
    assert scene.see(dialogue.RefuseCard).title == title
    scene.pull()
    scene.see(dialogue.Idle)
    assert scene.recorded() == ["visit.started", "visit.card_refused"]


def test_trouble_with_the_printer_is_shown_while_nobody_is_here_and_goes_when_it_is_mended(scene):
    healthy = scene.printer.status
    scene.printer.status = PrinterStatus(line=DeviceState.ONLINE, paper=PaperState.OUT)
    scene.attendant.device_changed()
    assert scene.see(dialogue.Idle).troubles == ("打印机缺纸，暂时不能打印证明",)
    scene.printer.status = healthy
    scene.attendant.device_changed()
    assert scene.see(dialogue.Idle).troubles == ()


def test_calling_staff_is_recorded_with_where_the_citizen_is(scene):
    scene.menu()
    scene.attendant.call_staff()
    [row] = scene.store.rows("SELECT data FROM audit WHERE event = 'staff.called'")
    assert row["data"] == '{"phase": "menu"}'


def test_going_back_at_the_menu_of_a_service_ends_only_the_service(scene, monkeypatch):
    def ask_once(_visit):
        yield dialogue.Confirm(title="?", yes="是", no="否")

    service = SimpleNamespace(run=ask_once)
    monkeypatch.setattr("kiosk.attendant.services", lambda: {"card-information": service})
    scene.attendant.answer(scene.menu(), "card-information")
    scene.attendant.answer(scene.see(dialogue.Confirm), WentBack())
    scene.see(dialogue.Choose)
    assert scene.recorded()[-1] == "service.ended"


def test_whatever_ends_a_service_its_own_cleaning_up_is_done(scene, monkeypatch):
    cleaned = threading.Event()

    def keep_a_secret(_visit):
        with nullcontext():
            try:
                yield dialogue.Confirm(title="?", yes="是", no="否")
            finally:
                cleaned.set()

    monkeypatch.setattr(
        "kiosk.attendant.services", lambda: {"card-information": SimpleNamespace(run=keep_a_secret)}
    )
    scene.attendant.answer(scene.menu(), "card-information")
    scene.see(dialogue.Confirm)
    scene.pull()
    assert cleaned.wait(5)


def test_paper_near_its_end_is_told_to_staff_while_the_kiosk_rests(scene):
    scene.printer.status = PrinterStatus(line=DeviceState.ONLINE, paper=PaperState.LOW)
    scene.attendant.device_changed()
    assert scene.see(dialogue.Idle).troubles == ("打印纸快用完了，请工作人员备纸",)


def test_a_kiosk_without_room_on_its_disk_says_so_and_starts_anew_when_there_is_some(tmp_path):
    with closing(Store.open(tmp_path, "kiosk-1")) as store:
        room = threading.Event()
        full = FullStore(store, room)
        scene = Scene(full)
        ended = threading.Event()
        scene.thread = threading.Thread(target=run_until_full, args=(scene.attendant, ended))
        scene.thread.start()
        scene.see(dialogue.Idle)
        scene.insert()
        page = scene.see(dialogue.OutOfService)
        assert "存储空间已满" in page.text
        scene.attendant.call_staff()
        scene.pull()
        assert not ended.is_set()
        room.set()
        scene.attendant.device_changed()
        scene.thread.join(30)
        assert ended.is_set()
        assert scene.recorded() == []


class FullStore:
    """A store whose disk has no room until ``room`` is set."""

    def __init__(self, store: Store, room: threading.Event) -> None:
        self._store, self._room = store, room
        self.rows = store.rows

    def transaction(self):
        if not self._room.is_set():
            raise StoreFullError
        return self._store.transaction()

    def has_room(self) -> bool:
        return self._room.is_set()


def run_until_full(attendant: Attendant, ended: threading.Event) -> None:
    with pytest.raises(StoreFullError):
        attendant.run()
    ended.set()
