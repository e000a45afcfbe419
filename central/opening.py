"""The centre's database, opened for one command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from central.api.kiosks import EnrolmentError
from central.api.refusals import Refused
from central.database import open_database
from central.options import database_url
from sync.protocol.secret_file import SecretFileError


@contextmanager
def opened(data: Path, database: str | None) -> Iterator[Engine]:
    """Open the database; turn expected trouble into a message and exit code 1."""
    engine: Any = open_database(database_url(data, database))
    try:
        yield engine
    except Refused as refused:
        raise click.ClickException(refused.refusal.message) from refused
    except (EnrolmentError, SecretFileError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        engine.dispose()
