"""Loss reports and what else is done to cards, applications, and what became of uncertain copies."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables and columns; number the copies that are on record."""
    for name, kind in (("lost_at", MOMENT), ("lost_until", MOMENT), ("before_loss", sa.String(16))):
        op.add_column("cards", sa.Column(name, kind))
    op.create_index("ix_cards_lost_until", "cards", ["lost_until"])
    op.add_column("certificates", sa.Column("revoked_at", MOMENT))
    op.add_column("certificates", sa.Column("revoked_for", sa.String(80)))
    op.add_column("prints", sa.Column("copy", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("prints", sa.Column("complete", sa.Boolean()))
    _card_tables()
    _applications()
    _read_the_events_again()


def _card_tables() -> None:
    op.create_table(
        "card_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("identity", sa.String(32), sa.ForeignKey("cards.identity"), nullable=False),
        sa.Column("operation", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16)),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("until", MOMENT),
        sa.Column("before", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
    )
    op.create_index("ix_card_events_identity", "card_events", ["identity"])
    op.create_table(
        "terminals",
        sa.Column("kiosk_id", sa.String(64), primary_key=True),
        sa.Column("channel", sa.String(16), nullable=False),
    )
    op.create_table(
        "pin_resets",
        sa.Column("authorisation", sa.String(64), primary_key=True),
        sa.Column("kiosk_id", sa.String(64), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("identity", sa.String(32), sa.ForeignKey("cards.identity"), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("challenge", sa.String(32)),
        sa.UniqueConstraint("kiosk_id", "request_id", name="uq_pin_resets_request"),
    )


def _applications() -> None:
    op.create_table(
        "applications",
        sa.Column("number", sa.String(20), primary_key=True),
        sa.Column("item", sa.String(32), nullable=False),
        sa.Column("id_number", sa.String(18), sa.ForeignKey("people.id_number"), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("due", sa.Date()),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.Column("note", sa.String(200), nullable=False, server_default=""),
    )
    op.create_index("ix_applications_id_number", "applications", ["id_number"])


def _read_the_events_again() -> None:
    events = sa.table("events", *map(sa.column, ("id", "kiosk_id", "type", "body")))
    prints = sa.table("prints", *map(sa.column, ("event_id", "certificate_number", "copy", "complete")))
    tx = op.get_bind()

    def told(kind: str) -> list[tuple[str, dict[str, Any]]]:
        rows = tx.execute(sa.select(events.c.id, events.c.body).where(events.c.type == kind))
        return [(row.id, json.loads(row.body)) for row in rows]

    for event_id, body in told("certificate.printed"):
        numbered = sa.update(prints).where(prints.c.event_id == event_id)
        tx.execute(numbered.values(copy=body.get("copy", 1)))
    for _, body in told("certificate.print_resolved"):
        this = (prints.c.certificate_number == body["number"]) & (prints.c.copy == body.get("copy", 1))
        tx.execute(sa.update(prints).where(this).values(complete=body["complete"]))
