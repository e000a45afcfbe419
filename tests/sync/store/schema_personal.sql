CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE TABLE record (
        kind TEXT NOT NULL,
        holder TEXT NOT NULL,
        value TEXT NOT NULL,
        kept_at REAL NOT NULL,
        expires_at REAL NOT NULL,
        PRIMARY KEY (kind, holder)
    ) STRICT;
