"""The centre's database, opened for one command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from central.api.refusals import Refused
from central.database import open_database
from central.options import database_url, make_folder, require_centre
from command_line.failure import Failure, one_line


@contextmanager
def opened(data: Path, database: str | None, *, create: bool = False) -> Iterator[Engine]:
    """Open the database; turn what a database or a rule says into a line.

    :param create: begin a centre where there is none.
    :raises Failure: there is none, it cannot be used, or a rule forbids what was asked.
    """
    if create:
        make_folder(data)
    else:
        require_centre(data, database)
    engine: Engine | None = None
    try:
        engine = open_database(database_url(data, database))
        yield engine
    except Refused as refused:
        raise Failure(refused.refusal.message, refused.refusal.code) from refused
    except SQLAlchemyError as error:
        raise Failure(f"the database: {_reason(error)}", "database") from error
    finally:
        if engine:
            engine.dispose()


def _reason(error: SQLAlchemyError) -> str:
    # What SQLAlchemy adds is the statement, for programmers.
    return one_line(error.orig if isinstance(error, DBAPIError) else error)
