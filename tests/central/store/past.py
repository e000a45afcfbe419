"""The database as an earlier version left it."""

from contextlib import contextmanager

from alembic import command, config
from sqlalchemy import create_engine

from central.store.schema import MIGRATIONS


@contextmanager
def as_of(revision: str, url: str):
    """Give a transaction on a new database with the tables as they were at ``revision``."""
    engine = create_engine(url)
    known = config.Config()
    known.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        known.attributes["connection"] = connection
        command.upgrade(known, revision)
        yield connection
    engine.dispose()
