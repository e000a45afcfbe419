"""What every command of ``kiosk-central`` needs: where the centre keeps its things, and its database opened."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from central.api.kiosks import EnrolmentError
from central.api.refusals import Refused
from central.database import open_database
from sync.protocol.secret_file import SecretFileError


def where(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say where the centre keeps its things."""
    folder = click.Path(path_type=Path, file_okay=False)
    data = click.option("--data", type=folder, default=Path("central-data"), help="Keys and the SQLite file.")
    database = click.option("--database", metavar="URL", help="Default: SQLite in --data.")
    return data(database(command))


@contextmanager
def opened(data: Path, database: str | None) -> Iterator[Engine]:
    """Open the database; turn expected trouble into a message and exit code 1."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine: Any = open_database(database or f"sqlite:///{data / 'central.db'}")
    try:
        yield engine
    except Refused as refused:
        raise click.ClickException(refused.refusal.message) from refused
    except (EnrolmentError, SecretFileError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        engine.dispose()
