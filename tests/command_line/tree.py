"""Every command of both programs, and values that are wrong for each of their parameters."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from socket import AF_UNIX, socket

import click

import central.program.main
import kiosk.cli
from command_line.types import FileToRead, FileToWrite, Folder, Named

PROGRAMS = {"kiosk": kiosk.cli.main, "kiosk-central": central.program.main.main}
LASTING = {
    ("kiosk", "run"),
    ("kiosk", "sync"),
    ("kiosk", "card", "watch"),
    ("kiosk", "simulate", "card"),
    ("kiosk", "simulate", "id-reader"),
    ("kiosk", "simulate", "printer"),
    ("kiosk", "simulate", "scanner"),
    ("kiosk", "simulate", "face"),
    ("kiosk-central", "serve"),
    ("kiosk-central", "simulate", "national-platform"),
}
"""Commands that go on until they are stopped, when nothing is wrong."""
BEGINNERS = {
    *(("kiosk", "run"), ("kiosk", "sync")),
    *(("kiosk-central", "serve"), ("kiosk-central", "seed"), ("kiosk-central", "migrate")),
}
"""The only ones that may begin a data folder."""


@dataclass(frozen=True)
class Leaf:
    """One command, by its words."""

    words: tuple[str, ...]
    command: click.Command

    @property
    def name(self) -> str:
        return " ".join(self.words)

    @property
    def program(self) -> click.Group:
        return PROGRAMS[self.words[0]]

    def option(self, name: str) -> bool:
        return any(name in parameter.opts for parameter in self.command.params)


def leaves() -> list[Leaf]:
    return [leaf for name, program in PROGRAMS.items() for leaf in _below((name,), program)]


def _below(words: tuple[str, ...], command: click.Command) -> Iterator[Leaf]:
    if not isinstance(command, click.Group):
        yield Leaf(words, command)
        return
    if command.invoke_without_command:
        yield Leaf(words, command)
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below
        yield from _below((*words, name), below)


NUMBERS = ("-5", "99999999999999999999999", "nan", "1e400", "", "five")
TEXTS = ("", "x" * 5000, "'; DROP TABLE people; --", "号" * 300, "a\nb", "../..", "\u202e", "-1")
FILES = ("garbage", "empty", "not-utf-8", "deep", "missing")
NUMERIC = (click.IntRange, click.FloatRange, type(click.INT), type(click.FLOAT))


def refused(parameter: click.Parameter, folder: Path) -> Iterator[str]:
    """Yield values that are refused before the command begins."""
    kind = parameter.type
    if isinstance(kind, FileToRead):
        yield from (str(folder / name) for name in ("pipe", "socket", "sparse", "folder"))
        yield "/dev/zero"
    elif isinstance(kind, Named):
        yield from (
            str(folder / name)
            for name in ("garbage", "pipe.toml", "socket.toml", "sparse.toml", "folder.toml")
        )
    elif isinstance(kind, FileToWrite | Folder):
        yield from (str(folder / name) for name in ("pipe", "socket"))
    if isinstance(kind, click.Path):
        yield from ("", str(folder) if kind.file_okay and not kind.dir_okay else "")
        if not kind.file_okay:
            yield str(folder / "garbage")
    elif isinstance(kind, NUMERIC):
        yield from NUMBERS
    elif isinstance(kind, click.Choice):
        yield from ("no-such", "")


def wrong(parameter: click.Parameter, folder: Path) -> Iterator[str]:
    """Yield values that are refused, and such as lead nowhere, to garbage, or are hardly text."""
    yield from refused(parameter, folder)
    if isinstance(parameter.type, click.Path | click.File):
        yield from ("/dev/null/below", str(folder / ("n" * 300)), *(str(folder / name) for name in FILES))
    elif not isinstance(parameter.type, (*NUMERIC, click.Choice)):
        yield from TEXTS


def make_wrong_files(folder: Path) -> None:
    for end in ("", ".toml"):
        os.mkfifo(folder / f"pipe{end}")
        (folder / f"folder{end}").mkdir()
        with open(folder / f"sparse{end}", "wb") as sparse:
            sparse.truncate(10_000_000_000)
        with socket(AF_UNIX) as listener:
            listener.bind(str(folder / f"socket{end}"))
    (folder / "garbage").write_bytes(bytes(range(256)) * 20)
    (folder / "empty").write_bytes(b"")
    (folder / "not-utf-8").write_bytes('branch = "大厅"\n'.encode("gb18030"))
    (folder / "deep").write_bytes(b"[" * 100_000)
