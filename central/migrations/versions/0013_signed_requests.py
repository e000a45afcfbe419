"""Remember which requests were answered lately; and a kiosk's key says of which algorithm it is."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Create the table of nonces; all keys that there are were made for Ed25519."""
    op.create_table(
        "nonces",
        sa.Column("kiosk_id", sa.String(64), primary_key=True),
        sa.Column("nonce", sa.String(64), primary_key=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_nonces_created", "nonces", ["created"])
    for table, may_be_missing in (("kiosks", False), ("kiosk_keys", False), ("invitations", True)):
        with op.batch_alter_table(table) as changed:
            changed.add_column(
                sa.Column("algorithm", sa.String(32), nullable=False, server_default="ed25519")
            )
            changed.alter_column(
                "public_key",
                existing_type=sa.String(44),
                type_=sa.String(120),
                existing_nullable=may_be_missing,
            )
