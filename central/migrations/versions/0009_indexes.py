"""Look-ups go by an index: a person's cards and certificates, events by their arrival and by their type."""

from alembic import op

revision = "0009"
down_revision = "0008"

INDEXES = {
    "ix_cards_id_number": ("cards", ["id_number"]),
    "ix_certificates_id_number": ("certificates", ["id_number"]),
    "ix_events_received_at": ("events", ["received_at"]),
    "ix_events_type": ("events", ["type", "received_at"]),
}


def upgrade() -> None:
    """Create the indexes. On PostgreSQL a table can be read, but not written to, while its index is made."""
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)
