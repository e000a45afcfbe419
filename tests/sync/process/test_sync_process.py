"""The sync process: the outbox goes first, also in the middle of a large load."""

import pytest

from sync.only_one import AlreadyRunningError
from sync.process.sync_process import DELIVERIES_IN_A_ROW, SyncProcess


class Scripted:
    """A worker or a follower that says what it did, and whether it has more to do."""

    def __init__(self, name: str, log: list[str], pauses: list[float]) -> None:
        self.name, self.log, self.pauses = name, log, pauses

    def step(self) -> float:
        self.log.append(self.name)
        return self.pauses.pop(0) if self.pauses else 5.0


def made(worker: list[float], follower: list[float]):
    log: list[str] = []
    now = [0.0]
    return (
        log,
        now,
        SyncProcess(Scripted("outbox", log, worker), Scripted("feeds", log, follower), clock=lambda: now[0]),
    )


def test_the_outbox_is_empty_before_the_feeds_have_their_turn():
    log, _, process = made([0, 0, 0.2], [0])
    while not log.count("feeds"):
        process.step()
    assert log == ["outbox", "outbox", "outbox", "feeds"]


def test_an_event_goes_between_two_pieces_of_a_large_load():
    log, now, process = made([0.2, 0, 0.2], [0] * 10)
    process.step()
    process.step()
    now[0] = 0.3  # something may have been put into the outbox meanwhile
    process.step()
    process.step()
    assert log == ["outbox", "feeds", "feeds", "outbox", "outbox", "feeds"]


def test_an_outbox_that_is_never_empty_does_not_keep_the_feeds_waiting_for_ever():
    log, _, process = made([0] * 100, [0])
    for _ in range(DELIVERIES_IN_A_ROW):
        process.step()
    assert log == ["outbox"] * DELIVERIES_IN_A_ROW + ["feeds"]


def test_a_worker_that_waits_for_the_centre_is_not_hurried_by_the_feeds():
    log, _, process = made([30.0], [0] * 5)
    for _ in range(3):
        process.step()
    assert log == ["outbox", "feeds", "feeds", "feeds"]


def test_nothing_to_do_means_a_pause():
    _, _, process = made([0.2], [7.0])
    assert process.step() == pytest.approx(0.2)


def test_only_one_process_follows_the_feeds_of_a_folder(tmp_path):
    from sync.store import Store
    from tests.sync.publisher import Publisher

    store, centre = Store.open(tmp_path, "K1"), Publisher()
    process = SyncProcess.of(store, centre, tmp_path, centre.public_key)
    with pytest.raises(AlreadyRunningError):
        SyncProcess.of(store, centre, tmp_path, centre.public_key)
    process.close()
    SyncProcess.of(store, centre, tmp_path, centre.public_key).close()
    store.close()
