import shutil
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from central.store.database import open_database
from tests.central.centre import Centre, migrated_file, running_centre, sqlite_url
from tests.central.postgres import empty, running_postgres
from tests.central.records import Records, records


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with running_postgres() as url:
        yield url


@pytest.fixture
def centre(tmp_path) -> Iterator[Centre]:
    shutil.copy(migrated_file(), tmp_path / "central.db")
    with running_centre(sqlite_url(tmp_path)) as centre:
        yield centre


@pytest.fixture(params=["sqlite", "postgresql"])
def any_centre(request, tmp_path) -> Iterator[Centre]:
    """The same behaviour is expected on both databases."""
    is_sqlite = request.param == "sqlite"
    url = sqlite_url(tmp_path) if is_sqlite else empty(request.getfixturevalue("postgres_url"))
    with running_centre(url) as centre:
        yield centre


@pytest.fixture(scope="session")
def records_engine(tmp_path_factory) -> Iterator[Engine]:
    """Records that every test leaves as they were."""
    with records(tmp_path_factory.mktemp("records")) as engine:
        yield engine


@pytest.fixture
def card_records(records_engine) -> Iterator[Records]:
    """The records in one transaction, which is undone; no wire, and time as the test likes."""
    with records_engine.connect() as tx, tx.begin() as everything:
        yield Records(tx)
        everything.rollback()


@pytest.fixture(scope="session")
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    """A database of its own beside the one of ``any_centre``, with all tables."""
    server = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE feeds"))
    server.dispose()
    engine = open_database(postgres_url.replace("/postgres?", "/feeds?"))
    yield engine
    engine.dispose()


@pytest.fixture
def on_postgres(postgres_engine: Engine) -> Engine:
    """Nothing is in the feeds."""
    with postgres_engine.begin() as tx:
        tx.execute(text("TRUNCATE feeds, feed_rows, feed_replaced, feed_changes, feed_manifest"))
    return postgres_engine


@pytest.fixture
def on_sqlite(tmp_path) -> Iterator[Engine]:
    shutil.copy(migrated_file(), tmp_path / "central.db")
    engine = open_database(sqlite_url(tmp_path))
    yield engine
    engine.dispose()


@pytest.fixture(params=["on_sqlite", "on_postgres"])
def any_engine(request) -> Engine:
    """The tables without a server before them, on both databases."""
    return request.getfixturevalue(request.param)
