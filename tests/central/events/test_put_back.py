"""A store put back from an older image, or with a twin: found, told, nothing lost, nothing twice, nothing set aside."""

import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

from central.store import tables as models
from sync.client import AnswerLostError, CentralUnreachableError
from sync.identity import Identity
from sync.process.delivery import DeliveryWorker
from sync.store import Store, outbox
from sync.store.alarms import alarms
from tests.central.centre import Centre

KIOSK = "610200-001"


class Machine:
    """A kiosk with its disk in ``folder``, and the real way to the centre."""

    def __init__(self, folder: Path, centre: Centre, seconds: float = 0.0) -> None:
        self.folder, self.time = folder, seconds
        self.store = Store.open(folder, KIOSK)
        self.line = centre.client(Identity.of(KIOSK, folder))
        self.worker = DeliveryWorker(self.store, self.line, folder, clock=lambda: self.time)

    def happens(self, *cards: str) -> list[str]:
        with self.store.transaction() as tx:
            return [outbox.add(tx, "visit.ended", card, {}) for card in cards]

    def works(self) -> None:
        """Let time go by until nothing waits, also after it heard from the centre."""
        for _ in range(6):
            self.time += 120
            self.worker.step()
        assert outbox.pending(self.store) == 0

    def off(self) -> None:
        self.worker.close()
        self.line.close()
        self.store.close()

    def alarms(self) -> list[str]:
        return [each["event"] for each in alarms(self.store)]

    def rejected(self) -> int:
        return outbox.summary(self.store).rejected


@pytest.fixture
def enrolled(any_centre, tmp_path):
    folder = tmp_path / "kiosk"
    folder.mkdir()
    any_centre.enrol(Identity.of(KIOSK, folder))
    return any_centre


@contextmanager
def machine(folder: Path, centre: Centre):
    it = Machine(folder, centre)
    try:
        yield it
    finally:
        it.off()


def image_of(folder: Path) -> Path:
    return shutil.copytree(folder, folder.with_name(f"{folder.name}-image"))


def put_back(image: Path, folder: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(image, folder)


def at_centre(centre: Centre) -> dict[str, list[str]]:
    """Return the ids of the events there, by their types."""
    found: dict[str, list[str]] = {}
    for row in centre.rows(models.events):
        found.setdefault(row.type, []).append(row.id)
    return found


def assert_nothing_is_lost(centre: Centre, ids: list[str]) -> None:
    visits = at_centre(centre)["visit.ended"]
    assert sorted(visits) == sorted(ids)
    assert centre.rows(models.quarantine) == []


@pytest.mark.parametrize("later", [1, 3, 9], ids=["fewer since than before", "as many", "more"])
def test_a_store_put_back_begins_an_epoch_of_its_own_and_loses_nothing(enrolled, tmp_path, later):
    folder = tmp_path / "kiosk"
    with machine(folder, enrolled) as before:
        ids = before.happens("a", "b")
        before.works()
        ids += before.happens("a", "c")  # in the image, not yet sent
    image = image_of(folder)
    with machine(folder, enrolled) as before:
        before.works()
        ids += before.happens("a", "b", "c")
        before.works()
        left = before.store.install_epoch
    put_back(image, folder)
    with machine(folder, enrolled) as after:
        ids += after.happens(*"abcabcabc"[:later])
        after.works()
        assert after.store.install_epoch != left
        assert after.alarms() == ["store.put_back"]
        assert after.rejected() == 0
        assert outbox.summary(after.store).acknowledged == len(after.store.rows("SELECT 1 FROM outbox"))
    assert_nothing_is_lost(enrolled, ids)
    assert len(at_centre(enrolled)["store.put_back"]) == 1, "and the centre has been told"


def test_it_is_found_also_when_nothing_has_happened_since(enrolled, tmp_path):
    folder = tmp_path / "kiosk"
    with machine(folder, enrolled) as before:
        ids = before.happens("a")
        before.works()
    image = image_of(folder)
    with machine(folder, enrolled) as before:
        ids += before.happens("a")
        before.works()
    put_back(image, folder)
    with machine(folder, enrolled) as after:
        after.works()
        assert after.alarms() == ["store.put_back"]
        after.works()
        assert after.alarms() == ["store.put_back"], "told once"
    assert_nothing_is_lost(enrolled, ids)


def test_tries_without_a_line_do_not_hide_it(enrolled, tmp_path):
    folder = tmp_path / "kiosk"
    with machine(folder, enrolled) as before:
        ids = before.happens("a")
        before.works()
    image = image_of(folder)
    with machine(folder, enrolled) as before:
        ids += before.happens("a", "b")
        before.works()
    put_back(image, folder)
    with machine(folder, enrolled) as after:
        ids += after.happens("x", "y", "z")
        with without_a_line(after, CentralUnreachableError):
            after.worker.step()
        after.works()
        assert after.alarms() == ["store.put_back"]
    assert_nothing_is_lost(enrolled, ids)


def test_where_it_shows_only_by_taken_places_the_events_get_others(enrolled, tmp_path):
    folder = tmp_path / "kiosk"
    with machine(folder, enrolled) as before:
        ids = before.happens("a")
        before.works()
    image = image_of(folder)
    with machine(folder, enrolled) as before:
        ids += before.happens("a", "b")
        before.works()
    put_back(image, folder)
    with machine(folder, enrolled) as after:
        ids += after.happens("x", "y", "z")
        with without_a_line(after, AnswerLostError):  # something else answered: it may have been the centre
            after.worker.step()
        after.works()
        after.works()
        assert after.alarms() == ["store.put_back"]
        assert after.rejected() == 0
    assert sorted(at_centre(enrolled)["visit.ended"]) == sorted(ids)


@contextmanager
def without_a_line(kiosk: Machine, trouble: type[Exception]):
    def away(*_: object) -> None:
        raise trouble("away")

    kiosk.line.deliver = away
    yield
    del kiosk.line.deliver


def test_two_machines_made_of_one_image_are_found_and_lose_nothing(enrolled, tmp_path):
    folder = tmp_path / "kiosk"
    with machine(folder, enrolled) as only:
        ids = only.happens("a")
        only.works()
        ids += only.happens("b", "c")  # both will send these
    twin_folder = image_of(folder)
    with machine(folder, enrolled) as one, machine(twin_folder, enrolled) as two:
        for card in "defg":
            ids += one.happens(card) + two.happens(card)
            one.works()
            two.works()
        told = one.alarms() + two.alarms()
        assert told == ["store.put_back", "store.twin"]
        assert one.rejected() + two.rejected() == 0
        assert one.store.install_epoch != two.store.install_epoch
    assert_nothing_is_lost(enrolled, ids)
    assert len(at_centre(enrolled)["store.twin"]) == 1


def test_a_twin_that_delivers_what_the_other_has_not_yet_leaves_both_in_peace(enrolled, tmp_path):
    folder = tmp_path / "kiosk"
    with machine(folder, enrolled) as only:
        ids = only.happens("a", "b")
    twin_folder = image_of(folder)
    with machine(folder, enrolled) as one, machine(twin_folder, enrolled) as two:
        ids += two.happens("c")
        two.works()
        one.works()
        two.works()
        for kiosk in (one, two):
            assert kiosk.rejected() == 0
            assert "outbox.lost_at_centre" not in at_centre(enrolled)
    assert_nothing_is_lost(enrolled, ids)


def test_a_delivery_that_a_proxy_sends_twice_is_no_sign_of_it(enrolled, tmp_path):
    with machine(tmp_path / "kiosk", enrolled) as kiosk:
        deliver = kiosk.line.deliver

        def sent_twice(*about):
            deliver(*about)
            return deliver(*about)

        kiosk.line.deliver = sent_twice
        ids = kiosk.happens("a", "b")
        kiosk.works()
        ids += kiosk.happens("a", "c")
        kiosk.works()
        assert kiosk.alarms() == []
    assert_nothing_is_lost(enrolled, ids)


def test_an_ordinary_kiosk_hears_nothing_of_it_whatever_is_lost_on_the_way(enrolled, tmp_path):
    with machine(tmp_path / "kiosk", enrolled) as kiosk:
        ids = []
        for number in range(4):
            ids += kiosk.happens("a", "b")
            deliver = kiosk.line.deliver

            def heard(*about, deliver=deliver):
                deliver(*about)
                raise AnswerLostError("cut")

            if number % 2:
                kiosk.line.deliver = heard
                kiosk.worker.step()
                del kiosk.line.deliver
            kiosk.works()
        assert kiosk.alarms() == []
    assert_nothing_is_lost(enrolled, ids)
