"""Electronic cards in visits, faces that were compared, and how the person of a document was identified."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and the table; of what was done before, the acts say how the person was identified."""
    op.add_column("visits", sa.Column("e_card_until", MOMENT))
    op.add_column("visits", sa.Column("e_card_token", sa.String(64)))
    for table in ("certificates", "applications"):
        op.add_column(table, sa.Column("verified_by", sa.String(16), nullable=False, server_default=""))
    op.create_table(
        "face_tries",
        sa.Column("kiosk_id", sa.String(64), primary_key=True),
        sa.Column("request_id", sa.String(64), primary_key=True),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("visit_id", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("id_number", sa.String(18), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("matched", sa.Boolean, nullable=False),
    )
    op.create_index("ix_face_tries_at", "face_tries", ["at"])
    op.create_index("ix_face_tries_person", "face_tries", ["id_number", "at"])
