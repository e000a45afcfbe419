"""The centre's database, opened for one command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, TimeoutError

from central.api.kiosks import EnrolmentError
from central.api.refusals import Refused
from central.database import connect, is_unavailable, reading
from central.options import database_url
from central.schema import SchemaError, require_current
from sync.protocol.secret_file import SecretFileError


class TablesWrong(click.ClickException):
    """The tables are not those of this program."""

    exit_code = 3


@contextmanager
def opened(data: Path, database: str | None) -> Iterator[Engine]:
    """Open the database, whose tables are up to date; turn expected trouble into a message and an exit code."""
    with connected(data, database) as engine:
        with reading(engine) as connection:
            require_current(connection)
        yield engine


@contextmanager
def connected(data: Path, database: str | None) -> Iterator[Engine]:
    """Connect to the database, whatever its tables; turn expected trouble into a message and an exit code."""
    engine: Any = connect(database_url(data, database))
    try:
        yield engine
    except SchemaError as error:
        raise TablesWrong(str(error)) from error
    except (DBAPIError, TimeoutError) as error:
        if not is_unavailable(error):
            raise
        raise click.ClickException(f"the database does not answer: {_told(error)}") from error
    except Refused as refused:
        raise click.ClickException(refused.refusal.message) from refused
    except (EnrolmentError, SecretFileError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        engine.dispose()


def _told(error: Exception) -> str:
    """Return the first line of what the driver says: a place and a reason, never a row."""
    cause = getattr(error, "orig", error)
    return str(cause).strip().partition("\n")[0]
