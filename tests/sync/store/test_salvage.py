"""A damaged ops.db is set aside, and all that can still be read of it is brought into the new one."""

import json
import random
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.record.journal import Journal
from sync.protocol.events import CommandFailed
from sync.protocol.messages import EventAnswer
from sync.store import Store, now, outbox
from sync.store.database import connect
from tests.events import happen

EVENTS, PAGE = 120, 4096
TOLD = ["store.set_aside", "store.salvaged"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    """A store with events of every state, acts with and without an outcome, and audit rows."""
    folder = tmp_path_factory.mktemp("filled")
    with closing(Store.open(folder, "K1")) as store:
        with store.transaction() as tx:
            for n in range(EVENTS):
                outbox.add(tx, CommandFailed(key=f"{n:0200}", reason="x" * 100))
                tx.execute("INSERT INTO audit (at, event) VALUES (?, 'visit.ended')", (now(),))
                tx.execute(
                    "INSERT INTO journal (visit_id, effect, intent_at, outcome, outcome_at)"
                    " VALUES ('v', 'receipt.print', ?, ?, ?)",
                    (now(), *((None, None) if n % 10 == 0 else ("done", now()))),
                )
            tx.execute("INSERT INTO record_days (day, audit, journal) VALUES ('2026-01-01', 60, 60)")
        sent = outbox.claim(store, 60)
        outbox.apply_answers(store, [EventAnswer(event.id, "ok") for event in sent[:40]])
        outbox.apply_answers(
            store, [EventAnswer(event.id, "rejected", "no") for event in outbox.claim(store, 5)]
        )
        outbox.claim(store, 5)
    checkpoint(folder)
    return folder


@pytest.fixture
def folder(filled, tmp_path) -> Path:
    return shutil.copytree(filled, tmp_path / "kiosk")


def checkpoint(folder: Path) -> None:
    with closing(opened(folder)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def opened(folder: Path):
    return connect(folder / "ops.db", bytes.fromhex((folder / "store.key").read_text()))


def overwrite(folder: Path, page: int) -> None:
    with open(folder / "ops.db", "r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(random.Random(page).randbytes(PAGE))


def rows(folder: Path, table: str) -> list[dict]:
    with closing(Store.open(folder, "K1")) as store:
        return store.rows(f"SELECT * FROM {table} ORDER BY 1")


def events(store: Store, epoch: str) -> list[tuple]:
    found = store.rows(
        "SELECT id, seq, body, state FROM outbox WHERE install_epoch = ? ORDER BY place", [epoch]
    )
    return [(row["id"], row["seq"], row["body"], row["state"].replace("sending", "queued")) for row in found]


def test_from_whatever_page_is_overwritten_nothing_is_invented_and_the_rest_is_kept(folder, tmp_path):
    with closing(Store.open(folder, "K1")) as store:
        before, epoch = events(store, store.install_epoch), store.install_epoch
    checkpoint(folder)
    pages = (folder / "ops.db").stat().st_size // PAGE
    lost = {}
    for page in range(1, pages + 1, 4):
        damaged = shutil.copytree(folder, tmp_path / f"page-{page}")
        overwrite(damaged, page)
        with closing(Store.open(damaged, "K1")) as store:
            after = events(store, epoch)
            assert after == [event for event in before if event in after]
            if store.set_aside is None:  # a page that holds nothing
                assert after == before
            else:
                assert store.install_epoch != epoch
                assert store.salvaged.outbox == len(after)
                assert store.salvaged.unreadable or after == before
                told = store.rows("SELECT event FROM audit WHERE event LIKE 'store.%' ORDER BY id")
                assert [row["event"] for row in told] == TOLD
            lost[page] = len(before) - len(after)
    assert sorted(lost.values())[len(lost) // 2] < EVENTS / 4, f"too much is lost: {lost}"
    assert max(lost.values()) > 0


def test_the_journal_and_the_audit_come_over_and_open_acts_stay_open(folder):
    acts, audit = rows(folder, "journal"), rows(folder, "audit")
    checkpoint(folder)
    damage_an_index(folder)
    with closing(Store.open(folder, "K1")) as store:
        assert store.set_aside is not None
        assert store.rows("SELECT * FROM journal ORDER BY id") == acts
        found = store.rows("SELECT * FROM audit WHERE event NOT LIKE 'store.%' ORDER BY id")
        assert found == audit
        acts_without_outcome = Journal(store).acts_without_outcome()
        assert [intent.id for intent in acts_without_outcome] == [
            act["id"] for act in acts if act["outcome"] is None
        ]
        assert len(acts_without_outcome) == EVENTS / 10
        assert len(outbox.rejected(store)) == 5


def damage_an_index(folder: Path) -> None:
    with closing(opened(folder)) as connection:
        [(page,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'outbox_state'")
    overwrite(folder, page)


def test_the_centre_knows_the_salvaged_events_by_their_old_places(folder):
    with closing(Store.open(folder, "K1")) as store:
        old, acknowledged = store.install_epoch, outbox.acknowledged(store)
    checkpoint(folder)
    damage_an_index(folder)
    with closing(Store.open(folder, "K1")) as store:
        sent = outbox.claim(store, EVENTS)
        assert {event.install_epoch for event in sent} == {old}
        assert [event.seq for event in sent] == sorted(event.seq for event in sent)
        assert len(sent) == EVENTS - 40 - 5
        assert outbox.acknowledged(store, old) == acknowledged == 40
        (new, _) = outbox.claim(store, EVENTS)
        assert (new.install_epoch, new.seq, new.type) == (store.install_epoch, 1, "store.set_aside")


def test_of_a_truncated_file_what_is_left_is_kept(folder):
    with open(folder / "ops.db", "r+b") as file:
        file.truncate(file.seek(0, 2) * 2 // 3 + 100)
    with closing(Store.open(folder, "K1")) as store:
        assert store.set_aside is not None
        salvaged = store.salvaged
    assert salvaged.outbox + salvaged.journal + salvaged.audit > EVENTS // 2, salvaged
    assert salvaged.unreadable > 0


def test_of_a_file_without_its_first_page_nothing_can_be_read_and_staff_are_told(folder):
    with open(folder / "ops.db", "r+b") as file:
        file.write(bytes(PAGE))
    with closing(Store.open(folder, "K1")) as store:
        assert store.set_aside.stat().st_size > 30 * PAGE
        assert store.salvaged.unreadable > 0
        assert store.salvaged.outbox == 0
        assert outbox.pending(store) == len(TOLD)


def test_what_is_in_the_write_ahead_log_is_salvaged_too(folder, tmp_path):
    with closing(Store.open(folder, "K1")) as store:
        [late] = happen(store, "card")
        crashed = shutil.copytree(folder, tmp_path / "crashed")
    (crashed / "ops.lock").unlink()
    damage_an_index(crashed)
    with closing(Store.open(crashed, "K1")) as store:
        assert store.set_aside is not None
        assert late in [event.id for event in outbox.claim(store, 1000)]


def test_without_its_write_ahead_log_a_store_still_opens_with_what_was_before(folder, tmp_path):
    with closing(Store.open(folder, "K1")) as store:
        before = events(store, store.install_epoch)
        happen(store, "card")
        crashed = shutil.copytree(folder, tmp_path / "crashed")
    (crashed / "ops.db-wal").unlink()
    with closing(Store.open(crashed, "K1")) as again:
        assert events(again, store.install_epoch) == before


def test_a_salvage_that_was_broken_off_is_begun_again(folder, monkeypatch):
    damage_an_index(folder)
    for place in ("sync.store.opening.salvage", "pathlib.Path.rename"):
        with monkeypatch.context() as patch:
            patch.setattr(place, power_cut)
            with pytest.raises(KeyboardInterrupt):
                Store.open(folder, "K1")
    with closing(Store.open(folder, "K1")) as store:
        assert store.salvaged.outbox == EVENTS
    assert len(list(folder.glob("ops.damaged-*.db"))) == 1
    assert sorted(path.name for path in folder.glob("*salvage*")) == []


def test_a_salvage_that_was_broken_off_between_two_renamings_is_finished(folder, monkeypatch):
    damage_an_index(folder)
    rename = Path.rename

    def rename_and_be_cut_off(path: Path, target: Path) -> None:
        rename(path, target)
        if path.name == "ops.db":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename_and_be_cut_off)
        with pytest.raises(KeyboardInterrupt):
            Store.open(folder, "K1")
    assert not (folder / "ops.db").exists()
    with closing(Store.open(folder, "K1")) as store:
        assert store.salvaged.outbox == EVENTS
        assert store.set_aside.exists()
        [told] = store.rows("SELECT data FROM audit WHERE event = 'store.salvaged'")
        assert json.loads(told["data"])["outbox"] == EVENTS


def power_cut(*_args, **_keywords):
    raise KeyboardInterrupt


def test_how_old_the_record_is_stays_known(folder):
    damage_an_index(folder)
    assert rows(folder, "record_days") == [{"day": "2026-01-01", "audit": 60, "journal": 60}]
