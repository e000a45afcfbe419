"""Fix what terminals are approved for; record who was told what of whom."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns, which are empty for all terminals that are in; create the table."""
    op.add_column("terminals", sa.Column("regions", sa.String(400)))
    op.add_column("terminals", sa.Column("acts", sa.String(200)))
    op.add_column("invitations", sa.Column("region", sa.String(6)))
    op.create_table(
        "reads",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("id_number", sa.String(18), nullable=False),
        sa.Column("actor", sa.String(8), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("region", sa.String(6), nullable=False, server_default=""),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False, server_default=""),
        sa.Column("purpose", sa.String(16), nullable=False, server_default=""),
        sa.Column("proof", sa.String(16), nullable=False, server_default=""),
        sa.Column("visit_id", sa.String(64), nullable=False, server_default=""),
    )
    op.create_index("ix_reads_at", "reads", ["at"])
    op.create_index("ix_reads_person", "reads", ["id_number", "at"])
