"""Feed rows lie in the order of their numbers, as pages are read; rows taken away are found without looking at all."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

COLUMNS = "feed, seq, key, value, changed_at"


def upgrade() -> None:
    """Write the rows anew, in the other order."""
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
