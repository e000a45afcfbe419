"""What the commands of ``kiosk-central`` have in common: where the centre keeps its things, and its troubles."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from central.api.kiosks import EnrolmentError
from central.database import open_database


def where(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say where the centre keeps its things."""
    folder = click.Path(path_type=Path, file_okay=False)
    data = click.option("--data", type=folder, default=Path("central-data"), help="Keys and the SQLite file.")
    database = click.option("--database", metavar="URL", help="Default: SQLite in --data.")
    return data(database(command))


def url_of(data: Path, database: str | None) -> str:
    """Return the database's URL."""
    return database or f"sqlite:///{data / 'central.db'}"


@contextmanager
def opened(data: Path, database: str | None) -> Iterator[Engine]:
    """Open the database; turn expected trouble into a message and exit code 1."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine: Any = open_database(url_of(data, database))
    try:
        yield engine
    except EnrolmentError as error:
        raise click.ClickException(str(error)) from error
    finally:
        engine.dispose()
