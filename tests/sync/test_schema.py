"""The tables of ops.db are what they were when they shipped, and a step more with each migration."""

from pathlib import Path

from sync.store import Store

GOLDEN = Path(__file__).with_name("schema.sql")


def test_the_migrations_build_the_golden_schema(tmp_path):
    store = Store.open(tmp_path, "K1")
    rows = store.rows("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    store.close()
    schema = "".join(f"{row['sql']};\n" for row in rows)
    assert schema == GOLDEN.read_text(), "a shipped migration changed, or the golden schema lacks a new one"
