"""The options that every command of ``kiosk-central`` has in common."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from text.clean import TextError, clean_text


class Text(click.ParamType):
    """A text that people will read, in its one form."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Clean what was written on the command line."""
        try:
            return clean_text(value)
        except TextError as error:
            self.fail(str(error), param, ctx)


def where(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say where the centre keeps its things."""
    folder = click.Path(path_type=Path, file_okay=False)
    data = click.option("--data", type=folder, default=Path("central-data"), help="Keys and the SQLite file.")
    database = click.option("--database", metavar="URL", help="Default: SQLite in --data.")
    return data(database(command))


def database_url(data: Path, database: str | None) -> str:
    """Return where the database is; make the folder of the centre's things at the first use."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return database or f"sqlite:///{data / 'central.db'}"
