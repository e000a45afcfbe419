"""Feed rows lie in the order of their numbers, as pages are read; those taken away are found without looking at all.

Checksums are added up of xxHash, which costs a kiosk a quarter of BLAKE2b.
"""

import sqlalchemy as sa
from alembic import op
from xxhash import xxh3_64_intdigest

revision = "0007"
down_revision = "0006"

ROWS = 10_000
COLUMNS = "feed, seq, key, value, changed_at"


def upgrade() -> None:
    """Rewrite the rows in the other order and recompute their sums. Kiosks then start over from new snapshots."""
    _write_anew()
    for name in op.get_bind().execute(sa.text("SELECT name FROM feeds")).scalars().all():
        _sum_up(name)


def _sum_up(name: str) -> None:
    wanted = "SELECT key, seq, value FROM feed_rows WHERE feed = :name AND value IS NOT NULL"
    rows = op.get_bind().execute(sa.text(wanted).execution_options(yield_per=ROWS), {"name": name})
    total = sum(
        xxh3_64_intdigest(
            value.encode(), xxh3_64_intdigest(key.encode(), 0 if name == "card-status" else seq)
        )
        for key, seq, value in rows
    )
    reset = "checksum = :total, snapshot_sha256 = NULL, snapshot_bytes = NULL, snapshot_seq = 0"
    op.get_bind().execute(
        sa.text(f"UPDATE feeds SET {reset} WHERE name = :name"),  # noqa: S608
        {"total": f"{total % 2**64:016x}", "name": name},
    )


def _write_anew() -> None:
    op.create_table(
        "feed_rows_in_order",
        sa.Column("feed", sa.String(80), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("value", sa.Text()),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("feed", "key", name="uq_feed_rows_key"),
        sqlite_with_rowid=False,
    )
    op.execute(
        f"INSERT INTO feed_rows_in_order ({COLUMNS}) SELECT {COLUMNS} FROM feed_rows ORDER BY feed, seq"  # noqa: S608
    )
    op.drop_table("feed_rows")
    op.rename_table("feed_rows_in_order", "feed_rows")
    gone = sa.text("value IS NULL")
    op.create_index(
        "ix_feed_rows_gone",
        "feed_rows",
        ["feed", "changed_at"],
        sqlite_where=gone,
        postgresql_where=gone,
    )
