"""Acts get a place in an audit chain: those until now by the first `serve`, in the order that they were recorded in."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the columns, and the tables of the chains, their epochs and the heads of the kiosks'."""
    op.add_column("acts", sa.Column("digest", sa.String(64), nullable=False, server_default=""))
    op.add_column("acts", sa.Column("n", sa.BigInteger))
    op.add_column("acts", sa.Column("h", sa.LargeBinary))
    op.create_index("ix_acts_n", "acts", ["n"], unique=True)
    waits = sa.text("n IS NULL")
    op.create_index("ix_acts_waiting", "acts", ["id"], sqlite_where=waits, postgresql_where=waits)
    op.create_table(
        "audit_chains",
        sa.Column("chain", sa.String(80), primary_key=True),
        sa.Column("epoch", sa.String(64), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("n", sa.BigInteger, nullable=False),
        sa.Column("h", sa.LargeBinary, nullable=False),
        sa.Column("head", sa.Text, nullable=False),
        sa.Column("cut", sa.Text),
    )
    op.create_table(
        "audit_epochs",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("chain", sa.String(80), nullable=False),
        sa.Column("epoch", sa.String(64), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.UniqueConstraint("epoch"),
    )
    op.create_table(
        "kept_heads",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("chain", sa.String(80), nullable=False),
        sa.Column("epoch", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("head", sa.Text, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
    )
    op.create_index("ix_kept_heads_received_at", "kept_heads", ["received_at"])
    op.create_index("ix_kept_heads_chain", "kept_heads", ["chain", "id"])
