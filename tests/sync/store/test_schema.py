"""The tables of ops.db are what they were when they shipped, and a step more with each migration."""

from contextlib import closing
from pathlib import Path

from sync.keys import store_key as keys
from sync.protocol import secret_file
from sync.store import Store, outbox
from sync.store.database import connect
from sync.store.migrations import migrations
from tests.events import happen

GOLDEN = Path(__file__).with_name("schema.sql")


def test_the_migrations_build_the_golden_schema(tmp_path):
    store = Store.open(tmp_path, "K1")
    rows = store.rows("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    store.close()
    schema = "".join(f"{row['sql']};\n" for row in rows)
    assert schema == GOLDEN.read_text(), "a shipped migration changed, or the golden schema lacks a new one"


def test_a_store_of_the_first_version_keeps_everything(tmp_path):
    key = secret_file.read_or_create(tmp_path / "store.key")
    (tmp_path / "ops.key-id").write_text(keys.fingerprint(key))
    with closing(connect(tmp_path / "ops.db", key)) as connection:
        migrations.apply(connection, stop_before="m003_epochs")
        for statement in FIRST_VERSION:
            connection.execute(statement)
    with closing(Store.open(tmp_path, "K1")) as store:
        assert store.set_aside is None
        assert store.install_epoch == "first"
        assert store.rows("SELECT effect FROM journal WHERE outcome IS NULL") == [{"effect": "receipt.print"}]
        assert store.rows("SELECT event FROM audit") == [{"event": "kiosk.started"}]
        assert [each.reason for each in outbox.rejected(store)] == ["no"]
        assert outbox.acknowledged(store) == 1
        [new] = happen(store, "card")
        sent = outbox.claim(store, 10)
    assert [(event.id, event.seq) for event in sent] == [("e2", 2), ("e3", 3), (new, 6)]


FIRST_VERSION = (
    "INSERT INTO meta VALUES ('install_epoch', 'first'), ('kiosk_id', 'K1'), ('set_aside', '')",
    "INSERT INTO journal (visit_id, effect, intent_at) VALUES ('v', 'receipt.print', '2026-11-22T00:00:00Z')",
    "INSERT INTO audit (at, event) VALUES ('2026-11-22T00:00:00Z', 'kiosk.started')",
    *(
        "INSERT INTO outbox (id, install_epoch, type, partition, body, occurred_at, state, reason)"
        f" VALUES ('e{n}', 'first', 't', 'card', '{{}}', '2026-11-22T00:00:00Z', '{state}', '{reason}')"
        for n, state, reason in (
            (1, "acknowledged", ""),
            (2, "queued", ""),
            (3, "queued", ""),
            (4, "rejected", "no"),
            (5, "queued", ""),
        )
    ),
    "DELETE FROM outbox WHERE id = 'e5'",  # its number is not given again
)
