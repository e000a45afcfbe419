"""The migrations build exactly the tables that the code works with."""

import json

import pytest
from alembic import command, config
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, select, text

from central.database import MIGRATIONS, open_database
from central.models import metadata, prints
from tests.central.centre import sqlite_url
from tests.central.postgres import empty


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
    old = create_engine(url)
    to_feeds = config.Config()
    to_feeds.set_main_option("script_location", str(MIGRATIONS))
    with old.begin() as connection:
        to_feeds.attributes["connection"] = connection
        command.upgrade(to_feeds, "0004")
        _tell(connection, 1, "certificate.printed", copy=2, result="uncertain")
        _tell(connection, 2, "certificate.printed", copy=3, result="uncertain")
        _tell(connection, 3, "certificate.print_resolved", copy=2, complete=True)
        connection.execute(
            text(
                "INSERT INTO prints (event_id, certificate_number, result, occurred_at)"
                " SELECT id, 'N1', 'uncertain', occurred_at FROM events WHERE type = 'certificate.printed'"
            )
        )
    old.dispose()
    engine = open_database(url)
    with engine.connect() as connection:
        copies = connection.execute(select(prints.c.copy, prints.c.complete).order_by(prints.c.copy)).all()
    engine.dispose()
    assert [tuple(row) for row in copies] == [(2, True), (3, None)]


def _tell(connection, seq: int, kind: str, **body: object) -> None:
    row = {"id": f"e{seq}", "kiosk_id": "k", "install_epoch": "e", "seq": seq, "type": kind, "partition": ""}
    row |= {"occurred_at": "2026-11-22 00:00:00.000000", "received_at": "2026-11-22 00:00:00.000000"}
    row |= {"body": json.dumps({"number": "N1"} | body), "sha256": "0" * 64}
    columns = ", ".join(row)
    connection.execute(text(f"INSERT INTO events ({columns}) VALUES (:{', :'.join(row)})"), row)
