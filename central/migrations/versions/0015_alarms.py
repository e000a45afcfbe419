"""Alarms for people at the centre; heads of the kiosks' histories are found by their day."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table; exchange the index."""
    op.create_table(
        "alarms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("alarm", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("note", sa.String(200), nullable=False, server_default=""),
        sa.Column("seen_at", MOMENT),
        sa.Column("seen_by", sa.String(64)),
    )
    op.create_index("ix_alarms_subject", "alarms", ["subject", "alarm"])
    op.drop_index("ix_kept_heads_received_at", "kept_heads")
    op.create_index("ix_kept_heads_day", "kept_heads", ["day"])
