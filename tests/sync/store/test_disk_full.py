"""A disk without room: nothing is written by halves, the caller is told, and work goes on when there is room."""

import json
import subprocess
import sys

import pytest

from sync.process.delivery import DeliveryWorker
from sync.store import Store, StoreFullError, outbox
from tests.events import happen, pin_changed
from tests.sync.process.scripted_centre import ScriptedCentre

PADDING = json.dumps("x" * 3000)


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path, "K1")
    yield store
    store.close()


def leave_room(store: Store, pages: int) -> None:
    """Let the database grow by so many pages at the most (SQLite answers as it does for a full disk)."""
    [(now_there,)] = store._connection().execute("PRAGMA page_count").fetchall()
    store._connection().execute(f"PRAGMA max_page_count={now_there + pages}")


def fill(store: Store) -> list[str]:
    written = []
    leave_room(store, 12)
    with pytest.raises(StoreFullError):
        while True:
            with store.transaction() as tx:
                tx.execute("INSERT INTO audit (at, event, data) VALUES ('', 'visit.ended', ?)", (PADDING,))
                each = outbox.add(tx, pin_changed(), "card")
            written.append(each)
    return written


def test_what_was_written_before_is_there_and_of_the_last_nothing_is(store):
    written = fill(store)
    assert [row["id"] for row in store.rows("SELECT id FROM outbox ORDER BY place")] == written
    assert store.rows("SELECT count(*) AS n FROM audit") == [{"n": len(written)}]
    assert store.rows("SELECT last_seq FROM epochs") == [{"last_seq": len(written)}]


def test_work_goes_on_when_there_is_room_again(store):
    written = fill(store)
    leave_room(store, 1000)
    assert store.has_room()
    happen(store, "card")
    assert [event.seq for event in outbox.claim(store, 1000)] == list(range(1, len(written) + 2))


def test_the_worker_waits_and_then_delivers_what_it_could_not_settle(store, tmp_path, monkeypatch):
    written = fill(store)
    centre = ScriptedCentre()
    worker = DeliveryWorker(store, centre, tmp_path)
    settle = outbox.apply_answers
    with monkeypatch.context() as full:
        full.setattr(outbox, "apply_answers", raise_full)
        assert worker.step() > 0
        assert worker.step() > 0
    assert outbox.apply_answers is settle
    leave_room(store, 1000)
    while worker.step() == 0:
        pass
    worker.close()
    assert centre.held == written
    assert outbox.pending(store) == 0


def raise_full(*_: object, **__: object) -> None:
    raise StoreFullError


def test_a_disk_that_is_really_full_loses_nothing_that_was_written(tmp_path):
    inner = f"mount -t tmpfs -o size=6m none {tmp_path} && exec {sys.executable} -m tests.sync.full_disk {tmp_path}"
    namespace = ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run([*namespace, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk in a namespace of its own")
    run = subprocess.run([*namespace, "sh", "-c", inner], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert len(found["written"]) > 50
    assert found["there"] == found["centre"] == found["written"]
    assert found["audited"] == len(found["written"])
