"""Any sequence of faults: in the end the centre has each event exactly once, each card's in order.

Two kiosks and the real store, outbox, worker and inbox; only the line between them is the test's: it can lose
requests, lose answers, repeat and cut them. A kiosk may crash or be set up anew, the centre be restored.
"""

import shutil
import tempfile
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import Table, delete, insert, select, text

from central.events.events import receive
from central.program.event_handlers import HANDLERS
from central.store import tables as models
from central.store.database import open_database, reading
from sync.client import AnswerLostError, CentralUnreachableError
from sync.process.delivery import DeliveryWorker
from sync.protocol.messages import Delivery, DeliveryAnswer
from sync.store import Store, outbox
from tests.central.centre import a_caller, migrated_file, sqlite_url

KIOSKS = ("K1", "K2")
FAULTS = ("none", "request lost", "answer lost", "request repeated", "answer cut")


class Line:
    """The way from one kiosk to the centre, with the next fault on it."""

    clock_offset = 0.0

    def __init__(self, engine, kiosk_id: str) -> None:
        self._engine, self.fault = engine, "none"
        self._identity, self._caller = a_caller(kiosk_id)

    def deliver(self, install_epoch, events, acknowledged, sent):
        sealed = self._identity.seal(install_epoch, events)
        about = {"acknowledged": acknowledged, "sent": sent}
        request = msgspec.json.encode(msgspec.structs.replace(sealed, **about))
        if self.fault == "request lost":
            raise CentralUnreachableError(self.fault)
        answer = self._arrive(request)
        if self.fault == "request repeated":
            answer = self._arrive(request)
        if self.fault == "answer lost":
            raise AnswerLostError(self.fault)
        if self.fault == "answer cut":
            return DeliveryAnswer(answer.answers[: len(answer.answers) // 2], answer.high_water, answer.held)
        return answer

    def _arrive(self, request: bytes) -> DeliveryAnswer:
        with self._engine.begin() as tx:
            delivery = msgspec.json.decode(request, type=Delivery)
            return receive(tx, self._caller, delivery, datetime.now(UTC), handlers=HANDLERS)


class Kiosk:
    def __init__(self, folder: Path, kiosk_id: str, engine) -> None:
        self.folder, self.kiosk_id, self.line = folder / kiosk_id, kiosk_id, Line(engine, kiosk_id)
        self.time = 0.0
        self.start()

    def start(self) -> None:
        self.store = Store.open(self.folder, self.kiosk_id)
        self.worker = DeliveryWorker(
            self.store, self.line, self.folder, clock=lambda: self.time, largest_batch=3
        )

    def crash(self) -> None:
        self.worker.close()
        self.store.close()

    def rows(self) -> list[dict]:
        return self.store.rows("SELECT * FROM outbox ORDER BY seq")


class ExactlyOnce(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="exactly-once-"))
        shutil.copy(migrated_file(), self.folder / "central.db")
        self.engine = open_database(sqlite_url(self.folder))
        self.kiosks = {name: Kiosk(self.folder, name, self.engine) for name in KIOSKS}
        self.backup: dict[Table, list[dict]] = {}
        self.gone: set[str] = set()  # events that no kiosk holds any more

    @rule(
        kiosk=st.sampled_from(KIOSKS), cards=st.lists(st.sampled_from(["a", "b", ""]), min_size=1, max_size=5)
    )
    def something_happens(self, kiosk, cards):
        for card in cards:
            with self.kiosks[kiosk].store.transaction() as tx:
                outbox.add(tx, "visit.ended", card, {})

    @rule(kiosk=st.sampled_from(KIOSKS), card=st.sampled_from(["a", ""]))
    def something_happens_that_the_centre_never_takes(self, kiosk, card):
        with self.kiosks[kiosk].store.transaction() as tx:
            outbox.add(tx, "certificate.printed", card, {"poison": True})

    @rule(kiosk=st.sampled_from(KIOSKS), faults=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=3))
    def the_worker_works(self, kiosk, faults):
        for fault in faults:
            self.kiosks[kiosk].time += 25
            self.kiosks[kiosk].line.fault = fault
            self.kiosks[kiosk].worker.step()

    @rule(kiosk=st.sampled_from(KIOSKS), sending=st.integers(0, 4))
    def a_kiosk_crashes(self, kiosk, sending):
        outbox.claim(self.kiosks[kiosk].store, sending)
        self.kiosks[kiosk].crash()
        self.kiosks[kiosk].start()

    @rule(kiosk=st.sampled_from(KIOSKS))
    def a_kiosk_is_set_up_anew(self, kiosk):
        self.gone |= {row["id"] for row in self.kiosks[kiosk].rows()}
        self.kiosks[kiosk].crash()
        shutil.rmtree(self.kiosks[kiosk].folder)
        self.kiosks[kiosk].start()

    @rule(kiosk=st.sampled_from(KIOSKS), page=st.integers(0, 20))
    def a_page_of_a_kiosks_disk_is_damaged(self, kiosk, page):
        damaged = self.kiosks[kiosk]
        before = {row["id"] for row in damaged.rows()}
        damaged.crash()
        with open(damaged.folder / "ops.db", "r+b") as file:
            file.seek(page * 4096 % file.seek(0, 2))
            file.write(b"damage")
        damaged.start()
        self.gone |= before - {row["id"] for row in damaged.rows()}

    @rule(kiosk=st.sampled_from(KIOSKS))
    def an_image_is_taken_of_a_kiosks_disk(self, kiosk):
        self.kiosks[kiosk].crash()
        image = self.folder / f"image-{kiosk}"
        shutil.rmtree(image, ignore_errors=True)
        shutil.copytree(self.kiosks[kiosk].folder, image)
        self.kiosks[kiosk].start()

    @rule(kiosk=st.sampled_from(KIOSKS))
    def the_image_is_put_back(self, kiosk):
        back, image = self.kiosks[kiosk], self.folder / f"image-{kiosk}"
        if image.exists():
            before = {row["id"] for row in back.rows()}
            back.crash()
            shutil.rmtree(back.folder)
            shutil.copytree(image, back.folder)
            back.start()
            self.gone |= before
            self.gone -= {row["id"] for row in back.rows()}

    @rule(kiosk=st.sampled_from(KIOSKS))
    def staff_retry_what_was_rejected(self, kiosk):
        outbox.retry(self.kiosks[kiosk].store)

    @rule(kiosk=st.sampled_from(KIOSKS))
    def a_quiet_month_goes_by(self, kiosk):
        self.the_worker_works(kiosk, ["none"] * 3)
        before = {row["id"] for row in self.kiosks[kiosk].rows()}
        outbox.purge(self.kiosks[kiosk].store, datetime.now(UTC) + timedelta(days=31))
        self.gone |= before - {row["id"] for row in self.kiosks[kiosk].rows()}

    @rule()
    def the_centre_is_backed_up(self):
        with reading(self.engine) as connection:
            self.backup = {
                table: [
                    dict(row) for row in connection.execute(select(table).order_by(text("rowid"))).mappings()
                ]
                for table in (models.events, models.positions)
            }

    @rule()
    def the_centre_is_restored_from_the_backup(self):
        with self.engine.begin() as tx:
            for table in (models.events, models.positions):
                tx.execute(delete(table))
                if self.backup.get(table):
                    tx.execute(insert(table), self.backup[table])

    @invariant()
    def the_centre_never_has_an_event_twice_nor_out_of_order(self):
        seqs = defaultdict(list)
        for row in self._held():
            seqs[row["kiosk_id"], row["install_epoch"], row["partition"] or row["id"]].append(row["seq"])
        for found in seqs.values():
            assert found == sorted(set(found))

    def teardown(self):
        try:
            for kiosk in self.kiosks.values():
                self._finish(kiosk)
                kiosk.crash()
            self._check()
        finally:
            self.engine.dispose()
            shutil.rmtree(self.folder)

    def _finish(self, kiosk: Kiosk) -> None:
        """Let the worker work without faults until it has nothing left also after hearing from the centre."""
        kiosk.line.fault = "none"
        quiet = steps = 0
        while quiet < 3:
            kiosk.time += 120
            kiosk.worker.step()
            quiet = 0 if outbox.pending(kiosk.store) else quiet + 1
            steps += 1
            assert steps < 500, "the worker does not come to an end"
        self.rows = getattr(self, "rows", []) + kiosk.rows()

    def _check(self) -> None:
        poison = {row["id"] for row in self.rows if row["type"] == "certificate.printed"}
        assert {row["state"] for row in self.rows if row["id"] in poison} <= {"rejected"}
        assert {row["state"] for row in self.rows if row["id"] not in poison} <= {"acknowledged"}
        expected = {row["id"] for row in self.rows} - poison
        assert {row["id"] for row in self._held()} - self.gone == expected

    def _held(self) -> list[dict]:
        """Return the centre's events in the order in which it took them in."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(models.events).order_by(text("rowid"))).mappings()
            return [dict(row) for row in rows]


TestExactlyOnce = ExactlyOnce.TestCase
TestExactlyOnce.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
