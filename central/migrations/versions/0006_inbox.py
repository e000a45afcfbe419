"""Kiosks are invited and approved; events are kept as they were sealed."""

import base64
import hashlib
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ROWS = 10_000
EVENT = ("id", "kiosk_id", "install_epoch", "seq", "type", "partition", "occurred_at")


def upgrade() -> None:
    """Create the tables, and put together the content of the events that are there."""
    op.add_column("kiosks", sa.Column("version", sa.String(80), nullable=False, server_default=""))
    op.add_column("kiosks", sa.Column("certificate", sa.String(128)))
    _create_tables()
    _keep_the_keys()
    op.add_column("events", sa.Column("content", sa.Text(), nullable=False, server_default=""))
    op.add_column("events", sa.Column("seal", sa.BigInteger()))
    op.add_column("events", sa.Column("place", sa.Integer()))
    op.add_column("quarantine", sa.Column("seal", sa.BigInteger()))
    _put_together()
    op.drop_column("events", "body")
    op.drop_column("events", "sha256")


def _create_tables() -> None:
    op.create_table(
        "kiosk_keys",
        sa.Column("kiosk_id", sa.String(64), primary_key=True),
        sa.Column("key_id", sa.String(16), primary_key=True),
        sa.Column("public_key", sa.String(44), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "invitations",
        sa.Column("kiosk_id", sa.String(64), primary_key=True),
        sa.Column("code_sha256", sa.String(64), nullable=False),
        sa.Column("auto_approve", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.String(44)),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "seals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("kiosk_id", sa.String(64), nullable=False),
        sa.Column("install_epoch", sa.String(64), nullable=False),
        sa.Column("algorithm", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("signature", sa.String(200), nullable=False),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    )


def _keep_the_keys() -> None:
    columns = ("id", "public_key", "enrolled_at")
    kiosks = sa.table("kiosks", *map(sa.column, columns))
    keys = sa.table("kiosk_keys", *map(sa.column, ("kiosk_id", "key_id", "public_key", "enrolled_at")))
    for row in op.get_bind().execute(sa.select(kiosks)).all():
        name = hashlib.sha256(base64.b64decode(row.public_key)).hexdigest()[:16]
        op.execute(
            keys.insert().values(
                kiosk_id=row.id, key_id=name, public_key=row.public_key, enrolled_at=row.enrolled_at
            )
        )


def _put_together() -> None:
    """Write each event as its kiosk would send it again."""
    events = sa.table("events", *map(sa.column, (*EVENT, "body", "content")))
    events.c.occurred_at.type = sa.DateTime(timezone=True)
    filling = events.update().where(events.c.id == sa.bindparam("known_as"))
    filling = filling.values(content=sa.bindparam("whole"))
    last = ""
    while True:
        some = sa.select(events).where(events.c.id > last).order_by(events.c.id).limit(ROWS)
        rows = op.get_bind().execute(some).all()
        if not rows:
            return
        op.get_bind().execute(filling, [{"known_as": row.id, "whole": _content(row)} for row in rows])
        last = rows[-1].id


def _content(row: sa.Row[Any]) -> str:
    about = {name: getattr(row, name) for name in EVENT}
    at = about["occurred_at"]
    about["occurred_at"] = at.isoformat() + ("" if at.tzinfo else "+00:00")
    return msgspec.json.encode(about | {"body": msgspec.Raw(row.body)}).decode()
