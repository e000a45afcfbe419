"""The centre's database, opened for one command."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from central.audit.chain import open_sequencer
from central.feeds.publisher import open_publisher
from central.keys.key_list import KeyListError
from central.program.options import database_url, defaults, require_centre, require_database_file
from central.store.acts import Actor, clerk
from central.store.database import connect, is_unavailable, reading
from central.store.refusals import RefusedError
from central.store.schema import SchemaError, require_current
from command_line.failure import CommandError, Exit, one_line
from sync.protocol.secret_file import SecretFileError


@contextmanager
def command_database(data: Path, database: str | None) -> Iterator[Engine]:
    """Open the database of a centre that was begun before, whose tables are up to date.

    :raises CommandError: there is none, it cannot be used, or a rule forbids what was asked.
    """
    require_centre(data, database)
    with current(data, database) as engine:
        yield engine


@contextmanager
def acting(data: Path, database: str | None, operator: str) -> Iterator[tuple[Connection, Actor]]:
    """Open the database of a centre for one act: its transaction, and the member of staff who does it.

    :raises CommandError: as ``command_database`` does; then nothing was done.
    """
    with acting_database(data, database) as engine, engine.begin() as tx:
        yield tx, clerk(operator, datetime.now(UTC))


@contextmanager
def acting_database(data: Path, database: str | None) -> Iterator[Engine]:
    """Open the database of a centre for a command that acts; at its end the acts get their place in the audit chain.

    Where the centre has no key yet, the first `serve` gives it to them.
    """
    with command_database(data, database) as engine:
        yield engine
        with suppress(SecretFileError, KeyListError):
            open_sequencer(engine, open_publisher(data, defaults().keys, create=False)).run()


@contextmanager
def current(data: Path, database: str | None) -> Iterator[Engine]:
    """Connect to the database, whose tables are up to date.

    :raises CommandError: they are not, or it cannot be used.
    """
    with connected(data, database) as engine:
        with reading(engine) as connection:
            require_current(connection)
        yield engine


@contextmanager
def connected(data: Path, database: str | None) -> Iterator[Engine]:
    """Connect to the database, whatever its tables; turn what a database or a rule says into a line.

    :raises CommandError: it cannot be used, or a rule forbids what was asked.
    """
    require_database_file(database_url(data, database))
    engine: Engine = connect(database_url(data, database))
    try:
        yield engine
    except SchemaError as error:
        raise CommandError(str(error), "tables", Exit.NOT_YET) from error
    except RefusedError as refused:
        raise CommandError(refused.refusal.message, refused.refusal.code) from refused
    except SQLAlchemyError as error:
        trouble = "the database does not answer" if is_unavailable(error) else "the database"
        raise CommandError(f"{trouble}: {_reason(error)}", "database") from error
    finally:
        engine.dispose()


def _reason(error: SQLAlchemyError) -> str:
    # What SQLAlchemy adds is the statement, for programmers.
    return one_line(error.orig if isinstance(error, DBAPIError) else error)
