"""The migrations build exactly the tables that the code works with."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from central.database import open_database
from central.models import metadata
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
