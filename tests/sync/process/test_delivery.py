"""The sync process: patient with the way, strict with the events, never stuck on one of them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.backoff import LONGEST_ASKED, LONGEST_WAIT, Backoff
from sync.client import CentralFailedError, CentralRefusedError, CentralUnreachableError
from sync.only_one import AlreadyRunningError
from sync.process.delivery import DeliveryWorker, last_contact
from sync.store import Store, now, outbox, put_back
from sync.store.alarms import alarms
from tests.events import happen
from tests.sync.process.scripted_centre import ScriptedCentre


class Setup:
    def __init__(self, folder) -> None:
        self.folder = folder
        self.time = 1000.0
        self.centre = ScriptedCentre()
        self.store = Store.open(folder, "K1")
        self.start()

    def start(self) -> None:
        self.worker = DeliveryWorker(self.store, self.centre, self.folder, clock=lambda: self.time)

    def add(self, *partitions: str) -> list[str]:
        return happen(self.store, *partitions)

    def steps(self, most: int = 60) -> None:
        """Let the worker work, its waits passing at once, until nothing changes any more."""
        for _ in range(most):
            pause = self.worker.step()
            if pause and not outbox.pending(self.store):
                return

    def states(self) -> list[str]:
        return [row["state"] for row in self.store.rows("SELECT state FROM outbox ORDER BY seq")]


@pytest.fixture
def given_worker(tmp_path):
    setup = Setup(tmp_path)
    yield setup
    setup.worker.close()
    setup.store.close()


def test_events_are_delivered_in_order_and_the_contact_is_noted(given_worker):
    ids = given_worker.add("a", "b", "a")
    assert given_worker.worker.step() == 0
    assert given_worker.centre.held == ids
    assert given_worker.states() == ["acknowledged"] * 3
    assert last_contact(given_worker.store).clock_offset == 1.5


def test_with_nothing_to_say_the_centre_is_greeted_now_and_then_only(given_worker):
    for _ in range(10):
        given_worker.worker.step()
    assert given_worker.centre.deliveries == [[]]
    given_worker.time += LONGEST_WAIT
    given_worker.worker.step()
    assert given_worker.centre.deliveries == [[], []]


def test_what_cannot_be_delivered_now_is_delivered_later(given_worker):
    ids = given_worker.add("a", "b")
    given_worker.centre.trouble = away
    assert given_worker.worker.step() > 0
    assert given_worker.states() == ["queued"] * 2
    given_worker.centre.trouble = lambda ids: None
    given_worker.steps()
    assert given_worker.centre.held == ids


def away(ids):
    raise CentralUnreachableError("away")


def test_a_centre_that_asks_for_time_is_given_it(given_worker):
    def busy(ids):
        raise CentralUnreachableError("busy", retry_after=30)

    given_worker.add("a")
    given_worker.centre.trouble = busy
    assert given_worker.worker.step() >= 30


def test_the_past_is_removed_by_the_centres_clock_and_not_before_that_is_known(given_worker):
    years = timedelta(days=4 * 366).total_seconds()
    with given_worker.store.transaction() as tx:
        tx.execute("INSERT INTO audit (at, event) VALUES (?, 'kiosk.started')", (now(),))
    left = []
    for offset in (0, None, years):
        given_worker.centre.clock_offset = offset
        given_worker.worker.step()
        given_worker.time += LONGEST_WAIT
        left.append(len(given_worker.store.rows("SELECT id FROM audit WHERE event = 'kiosk.started'")))
    assert left == [1, 1, 0]


@given(st.floats(0, allow_infinity=True, allow_nan=False))
def test_what_the_centre_asks_for_is_waited_out_within_reason_and_not_by_all_alike(seconds):
    pauses = {Backoff().after_failure(seconds) for _ in range(5)}
    assert min(pauses) >= min(seconds, LONGEST_ASKED)
    assert max(pauses) <= 1.25 * LONGEST_ASKED
    assert len(pauses) > 1


@pytest.mark.parametrize("result", ["rejected", "conflict"])
def test_an_event_that_the_centre_cannot_take_is_set_aside_and_the_others_go_on(given_worker, result):
    ids = given_worker.add("a", "a", "b")
    given_worker.centre.results[ids[0]] = result
    given_worker.steps()
    assert given_worker.states() == ["rejected", "acknowledged", "acknowledged"]
    assert given_worker.centre.held == ids[1:]


def test_an_event_that_makes_the_whole_delivery_refused_is_found_and_set_aside(given_worker):
    ids = given_worker.add(*"abcdefgh")

    def refuses(sent):
        if ids[5] in sent:
            raise CentralRefusedError("bad-request", "")

    given_worker.centre.trouble = refuses
    given_worker.steps()
    assert [state for state in given_worker.states() if state != "acknowledged"] == ["rejected"]
    assert given_worker.centre.held == [each for each in ids if each != ids[5]]


def test_an_event_that_breaks_the_centre_waits_with_its_card_and_the_others_go_on(given_worker):
    ids = given_worker.add("a", "poison", "b", "poison", "c")

    def breaks(sent):
        if ids[1] in sent:
            raise CentralFailedError("500")

    given_worker.centre.trouble = breaks
    given_worker.steps(20)
    assert given_worker.centre.held == [ids[0], ids[2], ids[4]]
    assert given_worker.states()[1] == given_worker.states()[3] == "queued"
    given_worker.centre.trouble = lambda ids: None
    given_worker.time += LONGEST_WAIT
    given_worker.steps()
    assert given_worker.centre.held[3:] == [ids[1], ids[3]]


def test_an_event_without_an_answer_keeps_its_card_waiting_and_no_other(given_worker):
    first, second, other = given_worker.add("a", "a", "b")
    given_worker.centre.silent_about = {first, second}
    given_worker.worker.step()
    (late,) = given_worker.add("b")
    given_worker.worker.step()
    assert given_worker.centre.deliveries == [[first, second, other], [late]]


@pytest.mark.parametrize("code", ["kiosk-revoked", "signature-wrong", "clock-off", "upgrade-required"])
def test_a_kiosk_that_is_not_let_in_keeps_its_events(given_worker, code):
    def refuses(ids):
        raise CentralRefusedError(code, "")

    given_worker.add("a")
    given_worker.centre.trouble = refuses
    for _ in range(5):
        assert given_worker.worker.step() > 0
    assert given_worker.states() == ["queued"]


def test_what_software_of_before_set_aside_because_it_was_too_old_is_sent_after_the_upgrade(given_worker):
    (old,) = given_worker.add("a")
    given_worker.centre.results = {old: "rejected"}
    given_worker.steps()
    with given_worker.store.transaction() as tx:
        tx.execute("UPDATE outbox SET reason = 'upgrade-required'")
    given_worker.worker.close()
    given_worker.centre.results = {}
    given_worker.start()
    given_worker.steps()
    assert given_worker.centre.held == [old]


@pytest.mark.parametrize(("offsets", "jumps"), [((0, 3000), 0), ((0, 7200, 7200), 1), ((-1e8, 0), 2)])
def test_an_hour_that_is_suddenly_between_the_clocks_is_an_alarm(given_worker, offsets, jumps):
    for offset in offsets:
        given_worker.centre.clock_offset = offset
        given_worker.worker.step()
        given_worker.time += LONGEST_WAIT
    raised = [each for each in alarms(given_worker.store) if each["event"] == "clock.jumped"]
    assert len(raised) == jumps


def test_a_centre_restored_from_a_backup_is_told_everything_again(given_worker):
    ids = given_worker.add("a", "b", "a")
    given_worker.steps()
    del given_worker.centre.held[1:]
    ids += given_worker.add("a")
    given_worker.steps()
    assert given_worker.centre.held == ids  # in the old order, although something newer was sent first
    assert given_worker.states() == ["acknowledged"] * 4


def test_each_epoch_is_asked_about_also_when_the_line_fails_on_the_first_or_events_never_end(given_worker):
    # given a store with a former epoch, and a centre that can be reached only now and then
    put_back.begin_epoch(given_worker.store, 0)
    asked, deliver = [], given_worker.centre.deliver

    def now_and_then(epoch, *about):
        asked.append(epoch)
        if len(asked) % 3 == 2:
            raise CentralUnreachableError("away")
        return deliver(epoch, *about)

    given_worker.centre.deliver = now_and_then
    # when there is something to deliver in each step
    for _ in range(10):
        given_worker.add("a")
        given_worker.worker.step()
        if not given_worker.worker.epochs_to_ask():
            break
    # then the former epoch, too, was asked about, and neither is asked again before its time
    assert set(asked) == set(outbox.epochs(given_worker.store))
    given_worker.time += 10
    assert given_worker.worker.epochs_to_ask() == []
    given_worker.time += 60
    assert given_worker.worker.epochs_to_ask() == outbox.epochs(given_worker.store)


def test_what_a_dead_process_was_sending_is_sent_by_the_next(given_worker):
    ids = given_worker.add("a")
    outbox.claim(given_worker.store, 10)
    given_worker.worker.close()
    given_worker.worker = DeliveryWorker(given_worker.store, given_worker.centre, given_worker.folder)
    given_worker.steps()
    assert given_worker.centre.held == ids


def test_what_a_dead_process_was_sending_goes_before_what_came_later(given_worker):
    first, second = given_worker.add("a", "a")
    outbox.claim(given_worker.store, 1)
    given_worker.worker.close()
    given_worker.worker = DeliveryWorker(
        given_worker.store, given_worker.centre, given_worker.folder, largest_batch=1
    )
    given_worker.steps()
    assert given_worker.centre.held == [first, second]


def test_two_processes_do_not_deliver_at_once(given_worker):
    with pytest.raises(AlreadyRunningError):
        DeliveryWorker(given_worker.store, given_worker.centre, given_worker.folder)


@given(st.integers(1, 200))
def test_patience_grows_is_bounded_and_is_not_the_same_for_all(failures):
    backoff = Backoff()
    pauses = [backoff.after_failure() for _ in range(failures)]
    assert all(0 < pause <= LONGEST_WAIT for pause in pauses)
    assert failures < 10 or pauses[-1] >= LONGEST_WAIT / 2
    backoff.reset()
    assert backoff.after_failure() <= 0.5
