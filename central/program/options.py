"""The options that every command of ``kiosk-central`` has in common, and where their defaults come from."""

import os
import pwd
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal

import click
import msgspec
from sqlalchemy import Column, create_engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from central.cards.card_key_provider import CardKeySettings
from central.keys.providers import KeySettings
from command_line.failure import CommandError
from command_line.ownership import require_owner
from command_line.types import FOLDER, URL, OneLine, Text
from kiosk.rules import regions
from kiosk.rules.errors import InvalidInputError
from text.clean import clean_number, clean_text
from text.files import read_file, what_else
from text.id_number import SHAPE

DEFAULTS = Path("/etc/kiosk-central/central.toml")
DRIVERS = ("sqlite", "postgresql+psycopg")
LONGEST = 100_000
"""Bytes of the file of defaults."""


ActOfTwo = Literal[
    "audit-cut",
    "audit-export",
    "feeds-new-epoch",
    "key-rotate",
    "operator-add",
    "quarantine-delete",
    "revoke-many",
]
"""Acts that need two people, unless ``two_persons`` in the file of defaults names fewer."""


class Defaults(msgspec.Struct, forbid_unknown_fields=True):
    """What ``/etc/kiosk-central/central.toml`` may say, so that staff need not; or the file KIOSK_CENTRAL_CONFIG."""

    data: str = "central-data"
    database: str | None = None
    public_url: str | None = None
    national_platform: str | None = None
    two_persons: list[ActOfTwo] | None = None
    keys: KeySettings = KeySettings()
    card_keys: CardKeySettings = CardKeySettings()


def where(command: Callable[..., None]) -> Callable[..., None]:
    """Add the central storage options."""
    database = click.option(
        "--database",
        type=DATABASE,
        metavar="URL",
        default=lambda: defaults().database,
        help="postgresql+psycopg://user@host/name; without it the SQLite file in --data.",
    )
    return data_option(database(command))


def data_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option that names the centre's folder."""
    return click.option(
        "--data",
        type=FOLDER,
        default=lambda: defaults().data,
        show_default="central-data",
        help="The folder of the keys and the SQLite file.",
    )(command)


def public_url_option(*, required: bool = True) -> Callable[..., Any]:
    """Return the option that says what is printed on certificates."""
    return click.option(
        "--public-url",
        type=URL,
        metavar="URL",
        default=lambda: defaults().public_url,
        required=required,
        help="What is printed on certificates." + ("" if required else " Without it: the address served."),
    )


def operator_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option that names the person who does it, for the record of acts."""
    return click.option(
        "--operator",
        "--as",
        "operator",
        type=OPERATOR,
        default=login_name,
        envvar="KIOSK_CENTRAL_OPERATOR",
        show_default="KIOSK_CENTRAL_OPERATOR, or who is logged in",
        help="Who does this, for the record of acts.",
    )(command)


def line_for(column: Column[str], least: int = 0) -> OneLine:
    """Return the type of a line that is kept in ``column``, and no longer than that, nor shorter than ``least``."""
    return OneLine(column.type.length, least)  # type: ignore[attr-defined]


def login_name() -> str:
    """Return the login of the person at the keyboard, also where they act as the centre's user through sudo."""
    try:
        return os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"#{os.getuid()}"


@cache
def defaults() -> Defaults:
    """Return the defaults of this machine.

    :raises CommandError: their file is wrong.
    """
    path = Path(os.environ.get("KIOSK_CENTRAL_CONFIG", DEFAULTS))
    try:
        content = read_file(path, LONGEST)
    except FileNotFoundError:
        return Defaults()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", "config") from error
    try:
        return msgspec.toml.decode(content, type=Defaults)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CommandError(f"{path}: {error}", "config") from error


def database_url(data: Path, database: str | None) -> str:
    """Return where the database is."""
    return database or f"sqlite:///{data / 'central.db'}"


def require_database_file(url: str) -> None:
    """Continue unless a pipe, a device or a folder is where SQLite would open a file.

    :raises CommandError: it is so; nothing was made.
    """
    at = make_url(url)
    if at.drivername == "sqlite" and (path := Path(at.database or "")).exists() and (kind := what_else(path)):
        raise CommandError(f"{path}: this is {kind}, not a database; nothing was made", "database")


def make_folder(data: Path, database: str | None) -> None:
    """Make the folder of the centre's things on first use; only ``serve``, ``seed`` and ``migrate`` may.

    :raises CommandError: it is there, and another user's; or there is something else in the database's place.
    """
    if data.is_dir():
        require_owner(data)
    require_database_file(database_url(data, database))
    data.mkdir(parents=True, exist_ok=True, mode=0o700)


def require_centre(data: Path, database: str | None) -> None:
    """Continue only where a centre was begun before: a mistyped folder must not become a new one.

    :raises CommandError: there is none, or it is another user's.
    """
    url = make_url(database_url(data, database))
    if url.drivername == "sqlite":
        file = Path(url.database or "")
        if not _is_database_file(file):
            raise CommandError(
                f"{file}: there is no centre here, and none was made; --data names its folder, and"
                " `kiosk-central migrate` or `seed` begins one",
                "no-centre",
            )
        require_owner(file.parent)


def _is_database_file(file: Path) -> bool:
    try:
        return file.is_file()
    except PermissionError:
        require_owner(file.parent)
        raise


def require_folder(data: Path) -> None:
    """Continue only where there is a folder of keys, and it is ours.

    :raises CommandError: there is none, or it is another user's.
    """
    if not data.is_dir():
        raise CommandError(
            f"{data}: there is no such folder, and none was made; --data names the centre's", "no-centre"
        )
    require_owner(data)


def _is_region(value: str) -> bool:
    try:
        regions.find(value)
    except InvalidInputError:
        return False
    return True


def _is_database(value: str) -> bool:
    try:
        url = make_url(value)
        if url.drivername not in DRIVERS or not url.database or (url.drivername == "sqlite" and url.query):
            return False
        create_engine(url)  # connects to nothing, and reads the settings after the question mark
    except (SQLAlchemyError, ValueError, TypeError):
        return False
    return True


HOURS = Text(
    "hours",
    re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d").fullmatch,
    "two times of the day, such as 06:00-22:00",
)
OPERATOR = Text(
    "name", re.compile(r"\S|\S.{0,38}\S").fullmatch, "a person's name of at most 40 characters", clean_text
)
DATABASE = Text("url", _is_database, "sqlite:///FILE or postgresql+psycopg://user@host/name")
REGION = Text("region", _is_region, "a region: six digits of GB/T 2260, such as 610200")
CREDIT_CODE = Text(
    "code", re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}").fullmatch, "a 统一社会信用代码 of 18 characters"
)
CARD = Text(
    "card",
    re.compile(rf"[0-9A-Z]{{9}}|[0-9A-F]{{32}}|{SHAPE}").fullmatch,
    "a card number (9), a card's identity (32) or a person's number (5 to 18 characters)",
    clean_number,
)
IDENTITY = Text("identity", re.compile(r"[0-9A-F]{32}").fullmatch, "a card's identity: 32 characters 0-9 A-F")
