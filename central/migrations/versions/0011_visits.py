"""Visits, in which a card proves that it is genuine, and what a card's keys are derived with."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table; nothing is known yet of the keys of cards that are on record."""
    op.create_table(
        "visits",
        sa.Column("kiosk_id", sa.String(64), primary_key=True),
        sa.Column("visit_id", sa.String(64), primary_key=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("id_number", sa.String(18), nullable=False),
        sa.Column("card_identity", sa.String(32)),
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("challenge", sa.LargeBinary),
        sa.Column("challenge_until", MOMENT),
        sa.Column("proof", sa.String(16)),
        sa.Column("until", MOMENT),
        sa.Column("wrong_answers", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("ix_visits_opened_at", "visits", ["opened_at"])
    op.create_index("ix_visits_kiosk", "visits", ["kiosk_id", "opened_at"])
    op.create_index("ix_visits_person", "visits", ["id_number", "opened_at"])
    op.create_index("ix_visits_card", "visits", ["card_identity", "kiosk_id", "opened_at"])
    op.add_column("cards", sa.Column("reset_information", sa.String(64)))
    op.add_column("cards", sa.Column("algorithm", sa.String(8)))
    op.add_column("cards", sa.Column("key_generation", sa.Integer, nullable=False, server_default="1"))
