"""What a card's keys are derived with; nothing of it is known of the cards that are on record."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("cards", sa.Column("reset_information", sa.String(64)))
    op.add_column("cards", sa.Column("algorithm", sa.String(8)))
    op.add_column("cards", sa.Column("key_generation", sa.Integer, nullable=False, server_default="1"))
