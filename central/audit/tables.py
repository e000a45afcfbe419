"""The tables of the audit chains."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String, Table, Text

from central.store.tables import Moment, RowNumber, metadata

# How far each chain of the centre is. `head` is the signed head (sync.protocol.audit.Head) as JSON; `cut` that of the
# last row that was cut off, because it was kept long enough.
audit_chains = Table(
    "audit_chains",
    metadata,
    Column("chain", String(80), primary_key=True),
    Column("epoch", String(64), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("h", LargeBinary, nullable=False),
    Column("head", Text, nullable=False),
    Column("cut", Text),
)

# The epochs of each chain, and why one began.
audit_epochs = Table(
    "audit_epochs",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("chain", String(80), nullable=False),
    Column("epoch", String(64), nullable=False, unique=True),
    Column("since", BigInteger, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("reason", String(32), nullable=False),
)

# What the kiosks say how far their chains are: the last head of each day.
kept_heads = Table(
    "kept_heads",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("chain", String(80), nullable=False),
    Column("epoch", String(64), nullable=False),
    Column("day", String(10), nullable=False),
    Column("head", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
)
Index("ix_kept_heads_day", kept_heads.c.day)
Index("ix_kept_heads_chain", kept_heads.c.chain, kept_heads.c.id)
