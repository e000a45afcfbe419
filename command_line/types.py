"""What arguments look like: every number has its range, every text its form, and an empty path is none."""

import ipaddress
import math
import os
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from text.clean import TextError, clean_text
from text.files import require_file, what_else

LONGEST_LINE = 200
LONGEST_FILE = 1_000_000
"""Bytes of a file that people write: a configuration, a profile, a document."""


class Text(click.ParamType[str]):
    """Text of one form.

    :param name: what the help calls it.
    :param fits: tells whether a value is of the form.
    :param form: the form, for the one who got it wrong.
    :param clean: brings a value into its one form first; it raises ``TextError``.
    """

    def __init__(
        self, name: str, fits: Callable[[str], Any], form: str, clean: Callable[[str], str] = str
    ) -> None:
        self.name = name
        self._fits, self._form, self._clean = fits, form, clean

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return ``value`` if it is of the form."""
        try:
            value = self._clean(value)
        except TextError as error:
            self.fail(f"{error}.", param, ctx)
        if not self._fits(value):
            self.fail(f"{value[:80]!r} is not {self._form}.", param, ctx)
        return value


class OneLine(click.ParamType[str]):
    """A line that people will read, in its one form (``text.clean``).

    :param most: characters that it may have, and ``least`` that it must have.
    """

    name = "text"

    def __init__(self, most: int = LONGEST_LINE, least: int = 0) -> None:
        self._most, self._least = most, least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return ``value`` cleaned."""
        try:
            cleaned = clean_text(value)
        except TextError as error:
            self.fail(f"{error}.", param, ctx)
        if len(cleaned) > self._most:
            self.fail(f"it has more than {self._most} characters.", param, ctx)
        if len(cleaned) < self._least:
            self.fail("it is empty.", param, ctx)
        return cleaned


class NamedPath(click.Path):
    """A path with a name: an unset variable of a shell must not become the working directory."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return ``value`` as a Path."""
        if not str(value):
            self.fail("the path is empty.", param, ctx)
        return super().convert(value, param, ctx)


class FileToRead(NamedPath):
    """A file, and nothing that may keep its reader waiting or never end.

    :param exists: it must be there.
    :param most: bytes that it may have.
    :param or_input: a dash stands for the standard input.
    """

    def __init__(self, *, exists: bool, most: int = LONGEST_FILE, or_input: bool = False) -> None:
        super().__init__(path_type=Path, exists=exists, dir_okay=False, readable=True, allow_dash=or_input)
        self._most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return ``value`` as a Path."""
        path = super().convert(value, param, ctx)
        if self.allow_dash and str(path) == "-":
            return path
        try:
            require_file(path, self._most)
        except FileNotFoundError:
            pass  # click has refused it where it must be there
        except OSError as error:
            self.fail(f"{path}: {error.strerror}.", param, ctx)
        return path


class FileToWrite(NamedPath):
    """A file that is made or replaced; also what takes bytes at once, such as /dev/null or a pipe that is read."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, dir_okay=False, writable=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return ``value`` as a Path."""
        path = super().convert(value, param, ctx)
        if path.is_socket() or path.is_block_device():
            self.fail(f"{path} is {what_else(path)}, not a file.", param, ctx)
        if path.is_fifo() and not _is_read(path):
            self.fail(f"{path} is a pipe that nobody reads.", param, ctx)
        return path


class Folder(NamedPath):
    """A folder, or where one can be made."""

    def __init__(self) -> None:
        # Who may not read it is told whose it is (command_line/ownership.py).
        super().__init__(path_type=Path, file_okay=False, readable=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return ``value`` as a Path."""
        path = super().convert(value, param, ctx)
        if path.exists() and not path.is_dir():
            self.fail(f"{path} is {what_else(path)}, not a folder.", param, ctx)
        return path


class Named(click.ParamType[str]):
    """One of the product's own by its name, or a TOML file of one's own.

    :param name: what the help calls it.
    :param names: returns the names of the product's own.
    """

    def __init__(self, name: str, names: Callable[[], Collection[str]]) -> None:
        self.name, self._names = name, names

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return ``value``, a name that its reader knows or refuses, or the path of a file whose name ends in .toml."""
        if value.endswith(".toml"):
            return str(FILE_TO_READ.convert(value, param, ctx))
        if value not in self._names() and os.path.lexists(value):
            self.fail(
                f"{value[:80]!r}: a file is taken by its name only where that ends in .toml.", param, ctx
            )
        return value


class Measure(click.FloatRange):
    """A number of measuring: NaN is in no range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return ``value`` as a float."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value} is not a number.", param, ctx)
        return number


def _is_read(pipe: Path) -> bool:
    try:
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


def _matches(pattern: str) -> Callable[[str], Any]:
    return re.compile(pattern).fullmatch


def is_web_address(value: str) -> bool:
    """Return whether ``value`` is the address of a site, of at most 200 characters: https://rs.example.gov.cn."""
    if len(value) > 200 or re.search(r"\s", value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_this_machine(host: str) -> bool:
    """Return whether ``host`` can be no other machine, whatever a name server says."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_private(value: str) -> bool:
    """Return whether nobody on the way to this address can read along: TLS, or this very machine."""
    if not is_web_address(value):
        return False
    parts = urlsplit(value)
    return parts.scheme == "https" or is_this_machine(parts.hostname or "")


PORT = click.IntRange(0, 65_535)
"""A TCP port; 0 takes a free one."""
FOLDER = Folder()
FILE = FileToWrite()
PATH = NamedPath(path_type=Path)
FILE_TO_READ = FileToRead(exists=True)
FILE_IF_THERE = FileToRead(exists=False)
ROWS = FileToRead(exists=True, most=4_000_000_000, or_input=True)
"""A file of lines, which is read line by line; a dash reads the standard input."""
NUMBER = click.IntRange(1, 2**63 - 1)
"""A number that a database counts with."""
KIOSK_ID = Text("kiosk_id", _matches(r"[A-Za-z0-9._-]{1,64}"), "a kiosk's number, such as 610200-001")
EVENT_ID = Text("id", _matches(r"[A-Za-z0-9._-]{1,64}"), "the id of an event")
FINGERPRINT = Text(
    "fingerprint",
    _matches(r"[0-9a-f]{64}"),
    "the SHA-256 of a certificate, 64 hexadecimal digits",
    lambda value: value.strip().rpartition("=")[2].replace(":", "").lower(),
)
"""Also as ``openssl x509 -fingerprint -sha256`` writes it."""
MONTH = Text("month", _matches(r"(19|20)\d\d-(0[1-9]|1[0-2])"), "a month, such as 2026-03")
HOST = Text("host", _matches(r"[0-9A-Za-z:._-]{1,253}"), "a name or an address of this machine")
AUTHORITY = Text(
    "name",
    _matches(r"[0-9A-Za-z.-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?"),
    "a host, with its port unless that is 80 or 443, such as rs.example.gov.cn",
)
HEADER = Text("name", _matches(r"[0-9A-Za-z-]{1,64}"), "the name of a header, such as X-Client-Cert")
URL = Text(
    "url",
    is_web_address,
    "the address of a site, such as https://rs.example.gov.cn",
)
PRIVATE_URL = Text(
    "url", is_private, "an https:// address; http:// is only for this very machine (127.0.0.1)"
)
NOTE = OneLine(least=1)
DOCUMENT = Text(
    "number", _matches(r"[0-9]{1,18}|([0-9]{1,6} ){3}[0-9]{4}"), "the number of a document: up to 18 digits"
)
REQUEST = Text("id", _matches(r"[0-9a-f]{16}"), "the id of a request: 16 characters 0-9 a-f")
MILLIMETRES = Measure(50, 5000)
SPEED = Measure(0.01, 1000)
SIZE = Text("size", _matches(r"[1-9]\d{2,3}x[1-9]\d{2,3}"), "WIDTHxHEIGHT in pixels, each of 100 to 9999")
