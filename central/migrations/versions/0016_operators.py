"""A register of operators, and acts that wait for a second person."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables; nobody is registered, so anyone at the keyboard may act."""
    op.create_table(
        "operators",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("added_by", sa.String(64), nullable=False),
        sa.Column("disabled_at", MOMENT),
        sa.Column("disabled_by", sa.String(64)),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("summary", sa.String(200), nullable=False),
        sa.Column("requested_by", sa.String(64), nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("settled_by", sa.String(64)),
        sa.Column("settled_at", MOMENT),
    )
    op.create_index("ix_requests_state", "requests", ["state", "expires_at"])
