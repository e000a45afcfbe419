"""Let a kiosk have several TLS certificates, which overlap when one is renewed, each named by its SHA-256."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create the table; the SHA-1 fingerprints of before name nothing that is checked now."""
    op.create_table(
        "kiosk_certificates",
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        sa.Column("kiosk_id", sa.String(64), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_kiosk_certificates_kiosk_id", "kiosk_certificates", ["kiosk_id"])
    op.drop_column("kiosks", "certificate")
