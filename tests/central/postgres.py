"""A PostgreSQL server for a test run, when Debian's binaries are there."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, text

from tools import postgres


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yield the URL of an empty database; stop and remove the server afterwards."""
    try:
        with postgres.running_postgres() as url:
            yield url
    except postgres.NoPostgresError as error:
        pytest.skip(str(error))


def empty(url: str) -> str:
    """Remove all tables; return the URL."""
    engine = create_engine(url)
    with engine.begin() as tx:
        tx.execute(text("DROP SCHEMA public CASCADE"))
        tx.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url
