"""The migrations build exactly the tables that the code works with."""

import json

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text

from central.feeds.tables import feed_rows, feeds
from central.store.database import open_database
from central.store.tables import metadata, prints
from sync.protocol.feeds import checksum, row_hash
from tests.central.centre import sqlite_url
from tests.central.postgres import empty
from tests.central.store.past import as_of


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_migrations_and_models_are_the_same(database, tmp_path, request):
    is_sqlite = database == "sqlite"
    engine = open_database(
        sqlite_url(tmp_path) if is_sqlite else empty(request.getfixturevalue("postgres_url"))
    )
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        constraints = {
            name: {each["name"] for each in inspect(connection).get_unique_constraints(name)}
            for name in ("events", "quarantine", "certificates")
        }
    engine.dispose()
    assert "uq_events_place" in constraints["events"]
    assert "uq_quarantine_content" in constraints["quarantine"]
    assert "uq_certificates_request" in constraints["certificates"]


def test_copies_that_were_reported_before_are_numbered_and_those_looked_at_are_known(tmp_path):
    url = sqlite_url(tmp_path)
    with as_of("0004", url) as connection:
        _tell(connection, 1, "certificate.printed", copy=2, result="uncertain")
        _tell(connection, 2, "certificate.printed", copy=3, result="uncertain")
        _tell(connection, 3, "certificate.print_resolved", copy=2, complete=True)
        connection.execute(
            text(
                "INSERT INTO prints (event_id, certificate_number, result, occurred_at)"
                " SELECT id, 'N1', 'uncertain', occurred_at FROM events WHERE type = 'certificate.printed'"
            )
        )
    engine = open_database(url)
    with engine.connect() as connection:
        copies = connection.execute(select(prints.c.copy, prints.c.complete).order_by(prints.c.copy)).all()
    engine.dispose()
    assert [tuple(row) for row in copies] == [(2, True), (3, None)]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_was_published_before_stays_published(database, tmp_path, request):
    is_sqlite = database == "sqlite"
    url = sqlite_url(tmp_path) if is_sqlite else empty(request.getfixturevalue("postgres_url"))
    with as_of("0006", url) as connection:
        columns = "(feed, key, seq, value, changed_at)"
        for row in ("'outlets', 'b', 1, '1', 7", "'outlets', 'a', 3, NULL, 9", "'guides', 'a', 1, '2', 8"):
            connection.execute(text(f"INSERT INTO feed_rows {columns} VALUES ({row})"))
        columns = "(name, epoch, seq, min_seq, rows, checksum, snapshot_sha256, snapshot_bytes, snapshot_seq)"
        connection.execute(
            text(f"INSERT INTO feeds {columns} VALUES ('outlets', 'e', 3, 0, 1, '0', 'f', 9, 3)")
        )
    engine = open_database(url)
    with engine.connect() as connection:
        head = connection.execute(select(feeds)).one()
        c = feed_rows.c
        rows = connection.execute(
            select(c.feed, c.key, c.seq, c.value, c.changed_at).order_by(c.feed, c.seq)
        ).all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [
        ("guides", "a", 1, "2", 8),
        ("outlets", "b", 1, "1", 7),
        ("outlets", "a", 3, None, 9),
    ]
    assert head.checksum == checksum([row_hash("b", 1, "1")])
    assert (head.seq, head.snapshot_sha256, head.snapshot_seq) == (3, None, 0)


def _tell(connection, seq: int, kind: str, **body: object) -> None:
    row = {"id": f"e{seq}", "kiosk_id": "k", "install_epoch": "e", "seq": seq, "type": kind, "partition": ""}
    row |= {"occurred_at": "2026-11-22 00:00:00.000000", "received_at": "2026-11-22 00:00:00.000000"}
    row |= {"body": json.dumps({"number": "N1"} | body), "sha256": "0" * 64}
    columns = ", ".join(row)
    connection.execute(text(f"INSERT INTO events ({columns}) VALUES (:{', :'.join(row)})"), row)
