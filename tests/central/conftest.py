import shutil
from collections.abc import Iterator

import pytest

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


@pytest.fixture
def card_records(tmp_path) -> Iterator[Records]:
    """The records in one transaction; no wire, and time as the test likes."""
    with records(tmp_path) as engine, engine.begin() as tx:
        yield Records(tx)
