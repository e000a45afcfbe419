"""Record who did what, in which channel: one table for acts of every kind, which takes in the record of the cards."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

MOMENT = sa.DateTime(timezone=True)
PIN_RESET_VALID = timedelta(minutes=5)
# Staff had no names: they were `counter`. Of decisions and revocations nobody was recorded: they are `unknown`. What
# channel a terminal stood for was not recorded either: it is what it stands for today.
CARDS = """
INSERT INTO acts (at, act, subject, kind, before, after, until, actor, "by", channel)
SELECT e.at, e.operation, c.partition, e.kind, e.before, e.status, e.until,
  CASE e."by" WHEN 'counter' THEN 'clerk' WHEN 'centre' THEN 'job' ELSE 'terminal' END,
  CASE e.operation WHEN 'expire' THEN 'publish-expired' ELSE e."by" END,
  CASE e.operation WHEN 'expire' THEN 'job' ELSE e.channel END
FROM card_events e JOIN cards c ON c.identity = e.identity ORDER BY e.id
"""
ISSUED = """
INSERT INTO acts (at, act, subject, actor, "by", channel)
SELECT d.issued_at, 'document-issued', d.number,
  CASE d.kiosk_id WHEN 'counter' THEN 'clerk' ELSE 'terminal' END, d.kiosk_id,
  CASE d.kiosk_id WHEN 'counter' THEN 'window' ELSE coalesce(t.channel, 'kiosk') END
FROM certificates d LEFT JOIN terminals t ON t.kiosk_id = d.kiosk_id
WHERE d.number IS NOT NULL ORDER BY d.serial
"""
REVOKED = """
INSERT INTO acts (at, act, subject, actor, "by", channel, note)
SELECT revoked_at, 'document-revoked', number, 'clerk', 'unknown', 'window', coalesce(revoked_for, '')
FROM certificates WHERE revoked_at IS NOT NULL AND number IS NOT NULL ORDER BY revoked_at
"""
ACCEPTED = """
INSERT INTO acts (at, act, subject, kind, after, actor, "by", channel)
SELECT a.received_at, 'application-accepted', a.number, a.item, 'accepted', 'terminal',
  coalesce(d.kiosk_id, 'unknown'), a.channel
FROM applications a LEFT JOIN certificates d ON d.number = a.number ORDER BY a.received_at
"""
DECIDED = """
INSERT INTO acts (at, act, subject, kind, before, after, actor, "by", channel, note)
SELECT decided_at, 'application-' || status, number, item, 'accepted', status, 'clerk', 'unknown', 'window', note
FROM applications WHERE decided_at IS NOT NULL ORDER BY decided_at
"""


def upgrade() -> None:
    """Create the table, and fill it with what is known of the acts until now."""
    op.create_table(
        "acts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(32)),
        sa.Column("before", sa.String(16)),
        sa.Column("after", sa.String(16)),
        sa.Column("until", MOMENT),
        sa.Column("actor", sa.String(8), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("proof", sa.String(200), nullable=False, server_default=""),
        sa.Column("note", sa.String(200), nullable=False, server_default=""),
    )
    for acts_of_old in (CARDS, ISSUED, REVOKED, ACCEPTED, DECIDED):
        op.execute(acts_of_old)
    _pin_resets()
    op.create_index("ix_acts_at", "acts", ["at"])
    op.create_index("ix_acts_subject", "acts", ["subject", "at"])
    op.create_index("ix_acts_by", "acts", ["by", "at"])
    op.drop_table("card_events")


def _pin_resets() -> None:
    """Record when each authorisation was given: so long before it ends."""
    resets = sa.table("pin_resets", *map(sa.column, ("kiosk_id", "identity")), sa.column("until", MOMENT))
    cards = sa.table("cards", *map(sa.column, ("identity", "partition")))
    terminals = sa.table("terminals", *map(sa.column, ("kiosk_id", "channel")))
    acts = sa.table(
        "acts", *map(sa.column, ("act", "subject", "actor", "by", "channel")), sa.column("at", MOMENT)
    )
    given = (
        sa.select(resets.c.kiosk_id, resets.c.until, cards.c.partition, terminals.c.channel)
        .join(cards, cards.c.identity == resets.c.identity)
        .outerjoin(terminals, terminals.c.kiosk_id == resets.c.kiosk_id)
        .order_by(resets.c.until)
    )
    tx = op.get_bind()
    for row in tx.execute(given).all():
        who = {"actor": "terminal", "by": row.kiosk_id, "channel": row.channel or "kiosk"}
        what = {"act": "pin-reset-authorised", "subject": row.partition, "at": row.until - PIN_RESET_VALID}
        tx.execute(sa.insert(acts).values(what | who))
