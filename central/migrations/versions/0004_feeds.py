"""What the centre publishes to kiosks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables."""
    _create_heads()
    _create_rows()
    op.create_table(
        "feed_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("feed", sa.String(80), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("value", sa.Text()),
        sqlite_autoincrement=True,
    )


def _create_heads() -> None:
    op.create_table(
        "feeds",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("epoch", sa.String(64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("min_seq", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("checksum", sa.String(16), nullable=False),
        sa.Column("snapshot_sha256", sa.String(64)),
        sa.Column("snapshot_bytes", sa.BigInteger()),
        sa.Column("snapshot_seq", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "feed_manifest",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
    )


def _create_rows() -> None:
    op.create_table(
        "feed_rows",
        sa.Column("feed", sa.String(80), primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Text()),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("feed", "seq", name="uq_feed_rows_seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "feed_replaced",
        sa.Column("feed", sa.String(80), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("value", sa.Text()),
        sa.Column("replaced_by", sa.BigInteger(), nullable=False),
        sa.Column("replaced_at", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_feed_replaced_replaced_at", "feed_replaced", ["replaced_at"])
