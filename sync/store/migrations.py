"""The tables of ops.db, step by step; a step that has shipped is never changed."""

from typing import TYPE_CHECKING

from sync.store.database import Migrations

if TYPE_CHECKING:
    from sync.store.database import Database

migrations = Migrations("ops")


@migrations
def m001_tables(db: "Database") -> None:
    """Create the first tables. Times are UTC in ISO 8601, JSON is text."""
    for statement in FIRST_TABLES:
        db.execute(statement)


@migrations
def m002_commands(db: "Database") -> None:
    """Create the table of what the centre tells this kiosk to do; a command that has ended stays there."""
    db.execute(COMMAND_TABLE)


@migrations
def m003_epochs(db: "Database") -> None:
    """Let the outbox hold events of former install epochs, and count what it has removed."""
    for statement in EPOCHS:
        db.execute(statement)


@migrations
def m004_sent(db: "Database") -> None:
    """Know how far each epoch was sent, and how far the centre was with one that was left."""
    for statement in SENT:
        db.execute(statement)


@migrations
def m005_unknown_outcomes(db: "Database") -> None:
    """Find the acts of one card whose outcome is not known without reading three years of the journal."""
    db.execute(UNKNOWN_OUTCOMES)


@migrations
def m006_record_days(db: "Database") -> None:
    """Know how far the record of what happened was on each day, by the centre's clock."""
    db.execute(RECORD_DAYS)


@migrations
def m007_audit_chain(db: "Database") -> None:
    """Chain what happened; what is there already is chained when the store is opened."""
    for statement in AUDIT_CHAIN:
        db.execute(statement)


FIRST_TABLES = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    # What the kiosk does that cannot be undone, and how it ended. No outcome: the kiosk stopped in between.
    """CREATE TABLE journal (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        visit_id TEXT NOT NULL,
        effect TEXT NOT NULL,
        partition TEXT NOT NULL DEFAULT '',
        intent TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(intent)),
        intent_at TEXT NOT NULL,
        outcome TEXT CHECK (outcome IN ('done', 'failed', 'uncertain')),
        details TEXT CHECK (json_valid(details)),
        outcome_at TEXT,
        CHECK ((outcome IS NULL) = (outcome_at IS NULL))
    ) STRICT""",
    "CREATE INDEX journal_open ON journal (intent_at) WHERE outcome IS NULL",
    # AUTOINCREMENT: a sequence number is never given twice, also when old rows were removed.
    """CREATE TABLE outbox (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        install_epoch TEXT NOT NULL,
        type TEXT NOT NULL,
        partition TEXT NOT NULL DEFAULT '',
        body TEXT NOT NULL CHECK (json_valid(body)),
        occurred_at TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'queued'
            CHECK (state IN ('queued', 'sending', 'acknowledged', 'rejected')),
        reason TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        acknowledged_at TEXT
    ) STRICT""",
    "CREATE INDEX outbox_state ON outbox (state, seq)",
    """CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        event TEXT NOT NULL,
        visit_id TEXT,
        data TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(data))
    ) STRICT""",
)

COMMAND_TABLE = """CREATE TABLE command (
    key TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    value TEXT NOT NULL CHECK (json_valid(value)),
    withdrawn INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'started', 'done', 'failed')),
    reason TEXT NOT NULL DEFAULT '',
    ended_at TEXT
) STRICT"""

EPOCHS = (
    # ``acknowledged`` counts also what was removed since. ``resent_at_held``: how many events the centre held
    # when all was sent again, until it then takes one that it had not.
    """CREATE TABLE epochs (
        install_epoch TEXT PRIMARY KEY,
        last_seq INTEGER NOT NULL DEFAULT 0,
        acknowledged INTEGER NOT NULL DEFAULT 0,
        resent_at_held INTEGER
    ) STRICT""",
    """INSERT INTO epochs (install_epoch, last_seq, acknowledged)
        SELECT value, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0),
            (SELECT count(*) FROM outbox WHERE state = 'acknowledged')
        FROM meta WHERE key = 'install_epoch'""",
    # ``place`` is the order in which this store sends, whatever epoch the events are of.
    """CREATE TABLE events (
        place INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        install_epoch TEXT NOT NULL REFERENCES epochs,
        seq INTEGER NOT NULL,
        type TEXT NOT NULL,
        partition TEXT NOT NULL DEFAULT '',
        body TEXT NOT NULL CHECK (json_valid(body)),
        occurred_at TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'queued'
            CHECK (state IN ('queued', 'sending', 'acknowledged', 'rejected')),
        reason TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        acknowledged_at TEXT
    ) STRICT""",
    """INSERT INTO events SELECT seq, id, install_epoch, seq, type, partition, body, occurred_at, state, reason,
        attempts, acknowledged_at FROM outbox""",
    "DROP TABLE outbox",
    "ALTER TABLE events RENAME TO outbox",
    "CREATE INDEX outbox_state ON outbox (state)",
    "CREATE INDEX outbox_acknowledged ON outbox (acknowledged_at) WHERE state = 'acknowledged'",
)

SENT = (
    # ``sent``: the highest number that may have reached the centre. ``left_at``: how far the centre was when this
    # store left the epoch because it is another's, too.
    "ALTER TABLE epochs ADD COLUMN sent INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE epochs ADD COLUMN left_at INTEGER",
    "UPDATE epochs SET sent = last_seq",
)

UNKNOWN_OUTCOMES = (
    "CREATE INDEX journal_unknown ON journal (effect, partition)"
    " WHERE outcome IS NULL OR outcome = 'uncertain'"
)

# The last rows of ``audit`` and ``journal`` that were there on that day.
RECORD_DAYS = """CREATE TABLE record_days (
    day TEXT PRIMARY KEY,
    audit INTEGER NOT NULL,
    journal INTEGER NOT NULL
) STRICT"""

AUDIT_CHAIN = (
    # ``row`` is that of ``audit`` or of ``journal``; ``body`` what was hashed of the latter.
    """CREATE TABLE chain (
        n INTEGER PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('audit', 'intent', 'outcome')),
        row INTEGER NOT NULL,
        body TEXT,
        h BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX chain_acts ON chain (row, kind) WHERE kind != 'audit'",
)
