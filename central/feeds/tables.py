"""The tables of the feeds."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, UniqueConstraint

from central.store.tables import metadata

feeds = Table(
    "feeds",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("epoch", String(64), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("min_seq", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("checksum", String(16), nullable=False),
    Column("snapshot_sha256", String(64)),
    Column("snapshot_bytes", BigInteger),
    Column("snapshot_seq", BigInteger, nullable=False),
)

# Every key's last change, in the order of the numbers, as pages are read. A value of NULL says that the row was taken
# away. ``changed_at``: seconds since 1970.
feed_rows = Table(
    "feed_rows",
    metadata,
    Column("feed", String(80), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("key", String(200), nullable=False),
    Column("value", Text),
    Column("changed_at", BigInteger, nullable=False),
    UniqueConstraint("feed", "key", name="uq_feed_rows_key"),
    sqlite_with_rowid=False,
)
Index(
    "ix_feed_rows_gone",
    feed_rows.c.feed,
    feed_rows.c.changed_at,
    sqlite_where=feed_rows.c.value.is_(None),
    postgresql_where=feed_rows.c.value.is_(None),
)

# Changes that a later one replaced, for kiosks that are still on their way to an earlier head.
feed_replaced = Table(
    "feed_replaced",
    metadata,
    Column("feed", String(80), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("key", String(200), nullable=False),
    Column("value", Text),
    Column("replaced_by", BigInteger, nullable=False),
    Column("replaced_at", BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,
)

# What was published and has no number yet. The key of a card's state is its identity: hashed when it is numbered.
feed_changes = Table(
    "feed_changes",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("feed", String(80), nullable=False),
    Column("key", String(200), nullable=False),
    Column("value", Text),
    sqlite_autoincrement=True,
)

# One row: the number of the manifest.
feed_manifest = Table(
    "feed_manifest",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
)
