"""Kiosk and centre keep each other's heads: neither can change its history unnoticed (docs/security.md)."""

import base64
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import text

from central.audit.chain import open_sequencer, own_heads
from central.audit.heads import kept
from central.program.main import main as central
from central.store.acts import clerk, record
from central.store.alarms import find_alarms
from central.store.database import reading
from kiosk.cli import main as kiosk_cli
from kiosk.paper.receipt import RECEIPT_PRINT
from kiosk.record.journal import Journal, Outcome
from sync.identity import Identity
from sync.process.delivery import DeliveryWorker
from sync.process.head_exchange import HeadExchange
from sync.protocol.audit import make_head
from sync.protocol.messages import Heads
from sync.store import Store, chain, outbox, retention
from sync.store.alarms import alarms
from sync.store.chain_check import verify
from sync.store.heads import newest
from sync.store.meta import set_meta
from tests.events import STAFF_CALLED, happen
from tests.trust.chains import openssl_verifies, pem

KIOSK = "610200-001"
ACTS = "centre.acts"


class Kiosk:
    """A kiosk with its disk in ``folder``, and the real way to the centre."""

    def __init__(self, folder: Path, centre, seconds: float = 0.0) -> None:
        self.folder, self.centre, self.time = folder, centre, seconds
        self.store = Store.open(folder, KIOSK)
        self.identity = Identity.of(KIOSK, folder)
        self.line = centre.client(self.identity)
        heads = HeadExchange(self.store, self.line.seal, centre.publisher.keys.listed)
        self.worker = DeliveryWorker(self.store, self.line, folder, clock=lambda: self.time, heads=heads)

    @property
    def pem(self) -> bytes:
        return pem(Ed25519PublicKey.from_public_bytes(base64.b64decode(self.identity.public_key)))

    def record(self, count: int = 1) -> None:
        """Record what stays at the kiosk."""
        journal = Journal(self.store)
        for _ in range(count):
            journal.record(STAFF_CALLED, "visit-1")

    def syncs(self) -> None:
        """Let time go by until nothing waits, and the centre was asked once more."""
        for _ in range(3):
            self.time += 120
            self.worker.step()
        assert outbox.pending(self.store) == 0

    def sql(self, *statements: str) -> None:
        with self.store.transaction() as tx:
            for each in statements:
                tx.execute(each)

    def faults(self, *heads) -> list[tuple[int, str]]:
        return [(each.n, each.fault) for each in verify(self.store, self.identity.sealed, heads).faults]

    def alarms(self) -> list[tuple]:
        return [(each["event"], each.get("fault"), each.get("rows")) for each in alarms(self.store)]

    def off(self) -> None:
        self.worker.close()
        self.line.close()
        self.store.close()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "kiosk").mkdir()
    return tmp_path / "kiosk"


@pytest.fixture
def kiosk(centre, folder):
    yield from enrolled(centre, folder)


@pytest.fixture
def kiosk_of_any(any_centre, folder):
    yield from enrolled(any_centre, folder)


def enrolled(centre, folder):
    centre.enrol(Identity.of(KIOSK, folder))
    act(centre, 3)
    kiosk = Kiosk(folder, centre)
    yield kiosk
    kiosk.off()


def act(centre, count: int = 1) -> None:
    for number in range(count):
        with centre.engine.begin() as tx:
            record(tx, clerk("赵敏", datetime.now(UTC)), "kiosk-invited", f"K{number}")
    open_sequencer(centre.engine, centre.publisher).run()


def tamper(centre, *statements: str) -> None:
    with centre.engine.begin() as tx:
        for each in statements:
            tx.execute(text(each))


def centre_alarms(centre) -> list[tuple[str, str, str]]:
    with reading(centre.engine) as connection:
        return [(each.alarm, each.subject, each.note) for each in find_alarms(connection)]


def heads_at_the_centre(centre):
    with reading(centre.engine) as connection:
        return kept(connection, f"kiosk.{KIOSK}")


def test_each_side_keeps_the_other_s_head_with_every_sync(kiosk_of_any):
    kiosk = kiosk_of_any
    kiosk.record(5)
    kiosk.syncs()
    kiosk.record(2)
    kiosk.syncs()
    [held] = heads_at_the_centre(kiosk.centre)
    assert (held.n, held.h) == (chain.last(kiosk.store)[0], chain.last(kiosk.store)[1].hex())
    head = newest(kiosk.store)[ACTS]
    assert head.n == 3
    act(kiosk.centre)
    kiosk.syncs()
    assert newest(kiosk.store)[ACTS].n == 4
    assert kiosk.alarms() == centre_alarms(kiosk.centre) == []


def test_what_happens_at_a_kiosk_is_chained_and_whole(kiosk):
    journal = Journal(kiosk.store)
    with journal.begin_act(RECEIPT_PRINT, "visit-1", "", {"number": "1"}) as open_act:
        kiosk.record()
        open_act.settle(Outcome.UNCERTAIN, {"number": "1", "reason": "x"})
    journal.resolve(open_act.intent, Outcome.DONE, {"number": "1"}, None)
    kiosk.record(3)
    found = verify(kiosk.store, kiosk.identity.sealed)
    assert (found.whole, found.rows) == (True, 7)


@pytest.mark.parametrize(
    ("attack", "found"),
    [
        ("UPDATE audit SET event = 'visit.ended' WHERE id = 3", [(3, "changed")]),
        ("UPDATE audit SET at = '' WHERE id = 1", [(1, "changed")]),
        ("DELETE FROM audit WHERE id = 4", [(4, "changed")]),
        ("DELETE FROM chain WHERE n = 4", [(5, "removed"), (4, "not-chained")]),
        ("INSERT INTO audit (at, event) VALUES ('', 'pin.verified')", [(11, "not-chained")]),
        ("UPDATE journal SET outcome = 'failed'", [(1, "contradicted")]),
        ("UPDATE journal SET intent = '{}'", [(1, "contradicted")]),
        ("DELETE FROM journal", [(9, "contradicted"), (10, "contradicted")]),
        ("UPDATE chain SET body = '{}' WHERE n = 9", [(9, "changed"), (1, "contradicted")]),
    ],
)
def test_a_change_in_the_store_is_found_without_anything_from_elsewhere(kiosk, attack, found):
    kiosk.record(8)
    with Journal(kiosk.store).begin_act(RECEIPT_PRINT, "v", "", {"number": "1"}) as open_act:
        open_act.settle(Outcome.DONE, {"number": "1"})
    # audit has no row of the act: ids and places are the same
    kiosk.sql("INSERT INTO audit (id, at, event) VALUES (10, '', 'x')", "DELETE FROM audit WHERE id = 10")
    kiosk.sql(attack)
    assert kiosk.faults() == found


def rechain(kiosk, first: int) -> None:
    """Chain the kiosk's rows anew from row ``first`` on, as somebody with the machine's key can."""
    with kiosk.store.transaction() as tx:
        rows = tx.rows("SELECT id, at, event, visit_id, data FROM audit WHERE id >= ? ORDER BY id", (first,))
        tx.execute("DELETE FROM chain WHERE n >= ?", (first,))
        for row in rows:
            chain.add_audit(tx, *row.values())


def test_the_end_of_a_kiosk_s_history_cannot_be_taken_away_unnoticed(kiosk):
    kiosk.record(10)
    kiosk.syncs()
    [held] = heads_at_the_centre(kiosk.centre)
    kiosk.sql(f"DELETE FROM audit WHERE id > {held.n - 3}", f"DELETE FROM chain WHERE n > {held.n - 3}")
    assert kiosk.faults() == [], "the store alone is blind"
    assert kiosk.faults(held) == [(held.n - 3, "end-removed")]
    kiosk.syncs()
    assert ("history.head_refused", "went-back", None) in kiosk.alarms()
    [tampered, put_back] = centre_alarms(kiosk.centre)
    assert tampered[:2] == ("history-tampered", KIOSK) and "went-back" in tampered[2]
    assert put_back[:2] == ("history-put-back", KIOSK) and "3 rows" in put_back[2]
    kiosk.record(5)
    kiosk.syncs()
    assert len(centre_alarms(kiosk.centre)) == 2, "said once, and service goes on"


def test_a_suffix_that_a_kiosk_chained_anew_is_found(kiosk):
    kiosk.record(10)
    kiosk.syncs()
    [held] = heads_at_the_centre(kiosk.centre)
    kiosk.sql('UPDATE audit SET data = \'{"phase": "pin"}\' WHERE id = 6')
    rechain(kiosk, 6)
    assert kiosk.faults() == []
    assert kiosk.faults(held) == [(held.n, "rewritten")]
    kiosk.syncs()
    assert ("history.head_refused", "differs", None) in kiosk.alarms()
    assert "differs" in centre_alarms(kiosk.centre)[0][2]


def test_a_longer_history_that_is_another_one_is_found_when_the_centre_says_what_it_holds(kiosk):
    kiosk.record(10)
    kiosk.syncs()
    kiosk.sql("DELETE FROM audit WHERE id = 6")
    rechain(kiosk, 6)
    kiosk.record(5)
    kiosk.syncs()
    assert ("history.head_refused", "rewritten", None) in kiosk.alarms()


def test_a_store_that_was_put_back_is_told_apart_from_tampering(kiosk, tmp_path):
    kiosk.record(4)
    kiosk.syncs()
    kiosk.off()
    image = shutil.copytree(kiosk.folder, tmp_path / "image")
    machine = Kiosk(kiosk.folder, kiosk.centre, 1e6)
    happen(machine.store, "", "")
    machine.record(3)
    machine.syncs()
    machine.off()

    restored = Kiosk(image, kiosk.centre, 2e6)
    restored.syncs()
    assert [alarm for alarm, _, _ in centre_alarms(kiosk.centre)] == ["history-put-back"]
    assert "history.head_refused" not in str(restored.alarms())
    found = verify(restored.store, restored.identity.sealed, heads_at_the_centre(kiosk.centre)[:1])
    assert found.whole and len(found.lost) == 1
    restored.off()


def test_a_kiosk_that_was_set_up_anew_is_told_apart_from_tampering(kiosk):
    kiosk.record(4)
    kiosk.syncs()
    kiosk.off()
    (kiosk.folder / "ops.db").unlink()
    again = Kiosk(kiosk.folder, kiosk.centre, 1e6)
    again.syncs()
    [(alarm, subject, note)] = centre_alarms(kiosk.centre)
    assert (alarm, subject) == ("history-put-back", KIOSK) and "after row 0" in note
    again.off()


def test_acts_cut_off_at_the_centre_raise_an_alarm_on_both_sides(kiosk):
    act(kiosk.centre, 5)
    kiosk.syncs()
    (Path(kiosk.centre.folder.name) / "audit.json").unlink()
    tamper(kiosk.centre, "DELETE FROM acts WHERE n > 5")
    go_back(kiosk.centre)
    kiosk.syncs()
    assert kiosk.alarms() == [("history.head_refused", "went-back", None)]
    assert newest(kiosk.store)[ACTS].n == 8, "what was kept stays"
    [(alarm, subject, note)] = centre_alarms(kiosk.centre)
    assert (alarm, subject) == ("history-tampered", ACTS) and "end-removed" in note
    kiosk.record(2)
    kiosk.syncs()
    assert len(kiosk.alarms()) == len(centre_alarms(kiosk.centre)) == 1, "said once, and service goes on"


def test_acts_that_the_centre_chained_anew_are_found_when_a_kiosk_says_what_it_holds(kiosk_of_any):
    kiosk = kiosk_of_any
    act(kiosk.centre, 5)
    kiosk.syncs()
    (Path(kiosk.centre.folder.name) / "audit.json").unlink()
    tamper(kiosk.centre, "DELETE FROM acts WHERE n > 5")
    go_back(kiosk.centre)
    act(kiosk.centre, 7)
    kiosk.syncs()
    assert "rewritten" in centre_alarms(kiosk.centre)[0][2]


def go_back(centre) -> None:
    """Set the centre's own note of its chain back to what is in the table, signed, as its own machine could."""
    with centre.engine.begin() as tx:
        [now] = own_heads(tx)
        last = tx.execute(text("SELECT n, h FROM acts ORDER BY n DESC LIMIT 1")).one()
        head = make_head(ACTS, now.epoch, now.since, last.n, last.h, datetime.now(UTC), centre.publisher.seal)
        values = {"n": last.n, "h": last.h, "head": msgspec.json.encode(head).decode()}
        tx.execute(text("UPDATE audit_chains SET n = :n, h = :h, head = :head"), values)


def test_a_centre_that_came_back_from_a_backup_is_told_apart_from_tampering(kiosk, tmp_path):
    backup = shutil.copy(tmp_path / "central.db", tmp_path / "backup.db")
    act(kiosk.centre, 5)
    kiosk.syncs()
    kiosk.centre.engine.dispose()
    shutil.copy(backup, tmp_path / "central.db")
    kiosk.centre.enrol(Identity.of(KIOSK, kiosk.folder))
    act(kiosk.centre)
    kiosk.syncs()
    assert kiosk.alarms() == [("history.put_back", None, 5)]
    assert newest(kiosk.store)[ACTS].since == 3
    assert centre_alarms(kiosk.centre) == []


def test_a_head_that_another_key_sealed_is_refused(kiosk):
    kiosk.syncs()
    before = newest(kiosk.store)[ACTS]
    own = kiosk.worker._heads
    forged = msgspec.structs.replace(before, n=before.n + 1)
    own.take(Heads([forged]))
    assert kiosk.alarms() == [("history.head_refused", "not-signed", None)]
    assert newest(kiosk.store)[ACTS] == before


def test_a_kiosk_cannot_speak_for_another_s_history_nor_forge_the_centre_s(kiosk_of_any):
    kiosk = kiosk_of_any
    kiosk.syncs()
    own = kiosk.worker._heads.ours()
    other = msgspec.structs.replace(own.mine[0], chain="kiosk.610200-002")
    forged = msgspec.structs.replace(own.yours[0], h="0" * 64)
    kiosk.line.deliver(kiosk.store.install_epoch, [], heads=Heads([other], [forged]))
    assert centre_alarms(kiosk.centre) == [("history-not-signed", KIOSK, "its head is not sealed by its key")]
    assert len(heads_at_the_centre(kiosk.centre)) == 1


def test_a_delivery_without_heads_is_taken(kiosk):
    answer = kiosk.line.deliver(kiosk.store.install_epoch, [])
    assert answer.heads is None


TODAY = datetime(2026, 11, 27, 12, tzinfo=UTC)
LATER = TODAY + retention.KEPT + timedelta(days=2)


def grown_old(kiosk) -> None:
    """Let years go by after ten rows, and then happen three more."""
    kiosk.record(8)
    with Journal(kiosk.store).begin_act(RECEIPT_PRINT, "v", "", {"number": "1"}) as open_act:
        open_act.settle(Outcome.DONE, {"number": "1"})
    retention.purge(kiosk.store, TODAY, sign=kiosk.line.seal)
    kiosk.record(3)


def test_rows_that_were_kept_long_enough_go_and_a_signed_head_says_where_the_chain_begins(kiosk):
    grown_old(kiosk)
    held = chain.head(kiosk.store, KIOSK, kiosk.line.seal)
    removed = [retention.purge(kiosk.store, LATER, 4, kiosk.line.seal) for _ in range(4)]
    assert sum(removed) == 9
    found = verify(kiosk.store, kiosk.identity.sealed, [held])
    assert (found.whole, found.first, found.rows) == (True, 11, 3)
    cut = chain.cut_at(kiosk.store)
    assert openssl_verifies(msgspec.to_builtins(cut), kiosk.pem, kiosk.folder)


def test_nothing_of_the_chain_goes_without_a_signed_head(kiosk):
    grown_old(kiosk)
    assert retention.purge(kiosk.store, LATER) == 0
    assert verify(kiosk.store, kiosk.identity.sealed).whole


def test_a_beginning_that_was_cut_off_without_the_key_is_found(kiosk):
    kiosk.record(8)
    head = chain.head(kiosk.store, KIOSK, kiosk.line.seal)
    forged = msgspec.structs.replace(head, n=5, h=chain.hash_of(kiosk.store, 5).hex())
    kiosk.sql("DELETE FROM chain WHERE n <= 5", "DELETE FROM audit WHERE id <= 5")
    assert kiosk.faults() == [(6, "removed")]
    with kiosk.store.transaction() as tx:
        set_meta(tx, chain.CUT, msgspec.json.encode(forged).decode())
    assert kiosk.faults() == [(5, "not-signed")]


def test_both_commands_compare_with_the_heads_that_the_other_side_kept(kiosk, tmp_path):
    kiosk.record(5)
    kiosk.syncs()
    act(kiosk.centre, 2)
    config, heads = tmp_path / "kiosk.toml", tmp_path / "heads.jsonl"
    about = f'region = "610200"\nbranch = "B"\ndata = "{kiosk.folder}"\ncentral.url = "http://127.0.0.1:9"'
    config.write_text(
        f'kiosk_id = "{KIOSK}"\n{about}\nprinter = {{ port = "/nowhere", profile = "epson-tm-t88v" }}\n'
    )

    def run(program, *words, code=0):
        said = CliRunner().invoke(program, words)
        assert said.exit_code == code, said.output
        return said.stdout

    at_the_kiosk = ("--config", str(config))
    at_the_centre = ("--data", str(tmp_path))
    for name in ("feed.key", "card.key", "certificate.key", "keys.json"):
        if (source := Path(kiosk.centre.folder.name) / name).exists():
            shutil.copy(source, tmp_path / name)
    heads.write_text(run(central, "audit", "kept", KIOSK, "--json", *at_the_centre))
    whole = json.loads(run(kiosk_cli, "audit", "verify", "--json", "--heads", str(heads), *at_the_kiosk))
    assert (whole["count"], whole["heads"]) == (0, 1)
    kiosk.sql("DELETE FROM audit WHERE id > 3", "DELETE FROM chain WHERE n > 3")
    run(kiosk_cli, "audit", "verify", *at_the_kiosk)
    said = run(kiosk_cli, "audit", "verify", "--heads", str(heads), *at_the_kiosk, code=4)
    assert "row 3 rows after it were taken away" in said and "NOT as it was written" in said
    heads.write_text(run(kiosk_cli, "audit", "kept", "--json", *at_the_kiosk))
    assert json.loads(heads.read_text())["chain"] == ACTS
    heads.write_text("{}")
    assert run(kiosk_cli, "audit", "verify", "--heads", str(heads), *at_the_kiosk, code=1) == ""
