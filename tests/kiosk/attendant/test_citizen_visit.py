"""The attendant: one question at a time, and a way out of each for whoever falls silent, leaves or is in a hurry."""

import threading
from contextlib import closing, nullcontext
from types import SimpleNamespace

import pytest

from hardware.card.errors import (
    CardContentError,
    CardUnreadableError,
    CardUnresponsiveError,
    ContentKind,
    NoReaderError,
    NotSocialSecurityCardError,
    ReaderServiceDownError,
)
from hardware.printer.status import PrinterStatus
from hardware.status import DeviceState, PaperState
from kiosk.attendant import citizen_visit
from kiosk.attendant.device_loop import DeviceLoop
from kiosk.attendant.timeouts import Timeouts
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.questions import CitizenFinished, WentBack, WentHome, WindowFailed
from sync.store import Store, StoreFullError
from tests.deadline import DEADLINE_SECONDS
from tests.kiosk.scene import PATIENCE, Scene, at_work


@pytest.fixture
def silence(tmp_path):
    """An attendant with little patience."""
    with at_work(tmp_path, Timeouts(answer=0.2, still_there=0)) as scene:
        yield scene


def test_a_silent_citizen_is_asked_and_may_go_on_with_the_same_question(tmp_path):
    with at_work(tmp_path, Timeouts(answer=0.2, still_there=10)) as scene:
        menu = scene.menu()
        asked = scene.see(dialogue.InactivityWarning)
        scene.attendant.answer(asked, None)
        assert scene.see(dialogue.Choose) == menu


def test_a_citizen_who_does_not_answer_any_more_is_asked_to_take_the_card(silence):
    silence.menu()
    silence.see(dialogue.InactivityWarning)
    silence.see(dialogue.TakeCard)
    silence.pull()
    silence.see(dialogue.Idle)
    assert silence.recorded() == ["visit.started", "visit.ended"]


def test_an_answer_to_a_question_that_is_no_longer_shown_means_nothing(silence):
    menu = silence.menu()
    silence.see(dialogue.InactivityWarning)
    silence.attendant.answer(menu, "card-information")
    silence.see(dialogue.TakeCard)
    assert "service.started" not in silence.recorded()


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
    ("trouble", "title"),
    [(CardUnresponsiveError(), "读不出这张卡"), (NotSocialSecurityCardError(), "这不是社会保障卡")],
)
def test_a_card_that_cannot_be_used_is_refused_until_it_is_pulled(scene, trouble, title):
    scene.reader.trouble = trouble
    scene.insert()
    assert scene.see(dialogue.RefuseCard).title == title
    scene.pull()
    scene.see(dialogue.Idle)
    assert scene.recorded() == ["visit.started", "visit.card_refused"]


READER_TROUBLE = "读卡器出了问题，业务没有办完"
PULLED = "卡已取出，业务没有办完"


@pytest.fixture
def holding(scene, monkeypatch):
    """A visit in the middle of a service."""
    monkeypatch.setattr(citizen_visit, "services", lambda: {"card-information": SimpleNamespace(start=hold)})
    scene.choose("card-information")
    scene.see(dialogue.Confirm)
    return scene


def hold(_visit):
    yield dialogue.Confirm(title="?", text="", yes="", no="")


def test_a_card_that_is_pulled_in_a_service_is_told(holding):
    holding.pull()
    assert holding.see(dialogue.Notice).title == PULLED
    holding.see(dialogue.Idle)


def test_a_reader_service_that_stops_in_a_service_is_no_pulled_card(holding):
    holding.lose_reader()
    assert holding.see(dialogue.Notice).title == READER_TROUBLE
    assert "读卡器暂停使用，请到窗口办理" in holding.see(dialogue.Idle).troubles


def test_a_reader_service_that_is_back_before_anybody_looked_is_no_pulled_card(holding):
    holding.reader.is_lost = True
    lost = holding.reader.status
    holding.reader.is_lost, holding.reader.insertion = False, 2
    holding.attendant.device_changed(lost)
    holding.attendant.device_changed(holding.reader.status)
    assert holding.see(dialogue.Notice).title == READER_TROUBLE
    holding.see(dialogue.Choose)  # the card is in, and its next visit begins


def test_a_reader_service_that_stops_while_the_menu_is_shown_is_told(scene):
    scene.menu()
    scene.lose_reader()
    assert scene.see(dialogue.Notice).title == READER_TROUBLE


@pytest.mark.parametrize(
    ("trouble", "problem"), [(ReaderServiceDownError(), "ReaderServiceDown"), (NoReaderError(), "NoReader")]
)
def test_a_reader_that_is_gone_before_the_card_is_read_is_told_and_recorded(scene, trouble, problem):
    scene.reader.trouble = trouble
    scene.insert()
    assert scene.see(dialogue.Notice).title == READER_TROUBLE
    scene.pull()
    scene.see(dialogue.Idle)
    assert scene.data("visit.card_refused") == [f'{{"problem": "{problem}"}}']


def test_a_reader_service_that_stops_does_not_take_the_last_page_away_at_once(scene):
    scene.attendant.answer(scene.menu(), CitizenFinished())
    first = scene.see(dialogue.TakeCard)
    scene.lose_reader()
    assert scene.see(dialogue.TakeCard) == first
    scene.see(dialogue.Idle)


def test_the_next_visit_does_not_suffer_from_a_reader_that_was_lost_before(holding):
    holding.lose_reader()
    holding.see(dialogue.Idle)
    holding.find_reader(insertion=2)
    holding.see(dialogue.Choose)
    holding.pull()
    assert not isinstance(holding.shown.get(timeout=DEADLINE_SECONDS)[0], dialogue.Notice)


@pytest.mark.parametrize("kind", list(ContentKind))
def test_a_card_that_was_read_and_is_not_for_the_kiosk_goes_to_the_counter_at_once(scene, kind):
    scene.reader.trouble = CardContentError("社会保障号码", kind)
    scene.insert()

    refusal = scene.see(dialogue.RefuseCard)

    assert refusal.title == "这张卡请到窗口办理"
    assert "到窗口办理" in refusal.text
    assert "擦" not in refusal.text
    [row] = scene.store.rows("SELECT data FROM audit WHERE event = 'visit.card_refused'")
    assert row["data"] == f'{{"problem": "{kind}"}}'


def test_a_card_with_dirty_contacts_is_to_be_wiped_and_put_in_again(scene):
    scene.reader.trouble = CardUnreadableError("EF06")
    scene.insert()

    assert "擦干净芯片，再插一次" in scene.see(dialogue.RefuseCard).text


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


@pytest.mark.parametrize("way_out", [WentBack(), WentHome()])
def test_going_back_or_home_in_a_service_ends_only_the_service(scene, monkeypatch, way_out):
    def ask_once(_visit):
        yield dialogue.Confirm(title="?", yes="是", no="否")

    service = SimpleNamespace(start=ask_once)
    monkeypatch.setattr("kiosk.attendant.citizen_visit.services", lambda: {"card-information": service})
    scene.choose("card-information")
    scene.attendant.answer(scene.see(dialogue.Confirm), way_out)
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
        "kiosk.attendant.citizen_visit.services",
        lambda: {"card-information": SimpleNamespace(start=keep_a_secret)},
    )
    scene.choose("card-information")
    scene.see(dialogue.Confirm)
    scene.pull()
    assert cleaned.wait(DEADLINE_SECONDS)


def test_paper_near_its_end_is_told_to_staff_while_the_kiosk_rests(scene):
    scene.printer.status = PrinterStatus(line=DeviceState.ONLINE, paper=PaperState.LOW)
    scene.attendant.device_changed()
    assert scene.see(dialogue.Idle).troubles == ("打印纸快用完了，请工作人员备纸",)


def test_home_on_the_page_that_tells_how_a_service_ended_leads_to_the_menu(scene, monkeypatch):
    def serve(_visit):
        yield from ()
        return dialogue.Finished(title="?")

    monkeypatch.setattr(
        "kiosk.attendant.citizen_visit.services", lambda: {"card-information": SimpleNamespace(start=serve)}
    )
    scene.choose("card-information")
    scene.answer(dialogue.Finished, WentHome())
    scene.see(dialogue.Choose)


def test_a_kiosk_without_room_on_its_disk_says_so_and_starts_anew_when_there_is_some(tmp_path):
    with closing(Store.open(tmp_path, "kiosk-1")) as store:
        room = threading.Event()
        full = FullStore(store, room)
        scene = Scene(full, PATIENCE)
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
        scene.thread.join(DEADLINE_SECONDS)
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


def run_until_full(attendant: DeviceLoop, ended: threading.Event) -> None:
    with pytest.raises(StoreFullError):
        attendant.run()
    ended.set()


def test_a_window_that_failed_ends_the_visit_with_a_number_and_the_next_one_is_served(scene):
    scene.attendant.answer(scene.menu(), WindowFailed())
    assert scene.see(dialogue.OutOfService).number
    scene.pull()
    scene.see(dialogue.Idle)
    assert "service.failed" in scene.recorded()
    assert scene.menu().options
