CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        event TEXT NOT NULL,
        visit_id TEXT,
        data TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(data))
    ) STRICT;
CREATE TABLE chain (
        n INTEGER PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('audit', 'intent', 'outcome')),
        row INTEGER NOT NULL,
        body TEXT,
        h BLOB NOT NULL
    ) STRICT;
CREATE INDEX chain_acts ON chain (row, kind) WHERE kind != 'audit';
CREATE TABLE command (
    key TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    value TEXT NOT NULL CHECK (json_valid(value)),
    withdrawn INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'started', 'done', 'failed')),
    reason TEXT NOT NULL DEFAULT '',
    ended_at TEXT
) STRICT;
CREATE TABLE epochs (
        install_epoch TEXT PRIMARY KEY,
        last_seq INTEGER NOT NULL DEFAULT 0,
        acknowledged INTEGER NOT NULL DEFAULT 0,
        resent_at_held INTEGER
    , sent INTEGER NOT NULL DEFAULT 0, left_at INTEGER) STRICT;
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE TABLE journal (
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
    ) STRICT;
CREATE INDEX journal_open ON journal (intent_at) WHERE outcome IS NULL;
CREATE INDEX journal_unknown ON journal (effect, partition) WHERE outcome IS NULL OR outcome = 'uncertain';
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE "outbox" (
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
    ) STRICT;
CREATE INDEX outbox_acknowledged ON outbox (acknowledged_at) WHERE state = 'acknowledged';
CREATE INDEX outbox_state ON outbox (state);
CREATE TABLE record_days (
    day TEXT PRIMARY KEY,
    audit INTEGER NOT NULL,
    journal INTEGER NOT NULL
) STRICT;
CREATE TABLE sqlite_sequence(name,seq);
