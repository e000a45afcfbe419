"""Cards are known by what the kiosks' events call them, and when they were activated."""

import sqlalchemy as sa
from alembic import op

from sync.protocol.messages import card_partition

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add both columns and work the names out for the cards that are there."""
    op.add_column("cards", sa.Column("partition", sa.String(length=32), nullable=True))
    op.add_column("cards", sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True))
    _name_the_cards()
    with op.batch_alter_table("cards") as cards:
        cards.alter_column("partition", existing_type=sa.String(length=32), nullable=False)
    op.create_index("ix_cards_partition", "cards", ["partition"], unique=True)


def _name_the_cards() -> None:
    cards = sa.table("cards", sa.column("identity"), sa.column("partition"))
    names = [
        {"known_as": identity, "named": card_partition(identity)}
        for identity in op.get_bind().execute(sa.select(cards.c.identity)).scalars()
    ]
    naming = cards.update().where(cards.c.identity == sa.bindparam("known_as"))
    if names:
        op.get_bind().execute(naming.values(partition=sa.bindparam("named")), names)
