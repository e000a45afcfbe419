"""A program of many commands, each imported only when it is used, with one boundary for everything that goes wrong."""

import importlib
import io
import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any, NoReturn

import click

from command_line.failure import CommandError, Exit, failure_of, one_line
from command_line.signals import ended_at_once, raised

DISTRIBUTION = "branch-kiosk"
SHORT_HELP = 200
"""Characters of a command's line in a list: all of it, however wide the terminal is."""


class Commands(click.Group):
    """A group whose list of commands says each first sentence in full: it wraps, and is not cut.

    :param aliases: the current name of each command that was renamed, by its old name, which stays valid.
    """

    def __init__(self, *args: Any, aliases: Mapping[str, str] = MappingProxyType({}), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.aliases = aliases

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return the command called ``name``, now or formerly."""
        return super().get_command(ctx, self.aliases.get(name, name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        if rows := [(name, each.get_short_help_str(SHORT_HELP)) for name, each in found if each]:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


class LazyCommands(Commands):
    """A group whose commands are the entry points of one group name, imported only when they are used.

    A room above this one adds its commands in setup.cfg, so that the arrows of the house keep pointing down; and a
    command starts without the libraries of the others. One whose libraries are missing says which extra has them.
    """

    def __init__(self, *args: Any, entry_point_group: str = "", extra: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.extra = extra
        self._found: dict[str, EntryPoint] = {
            point.name: point for point in entry_points(group=entry_point_group)
        }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in alphabetical order."""
        return sorted([*self._found, *super().list_commands(ctx)])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import and return the command called ``name``, or None."""
        point = self._found.get(name)
        if point is None:
            return super().get_command(ctx, name)
        try:
            with ended_at_once():
                command: click.Command = point.load()
                return command
        except ImportError as error:
            return _not_installed(name, missing(error, self.extra))


class Program(LazyCommands):
    """The group at the top of a program: whatever its commands raise ends as one line and an exit code.

    :param own: the packages whose exceptions carry a sentence for people.
    :param extra: the extra of the distribution that has the program's libraries.
    :param commands_in: a module that adds commands to this group when it is imported.
    """

    def __init__(self, *args: Any, own: Sequence[str], commands_in: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own, self._commands_in = own, commands_in

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in alphabetical order."""
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return the command called ``name``, or None."""
        self._load()
        return super().get_command(ctx, name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; of Ctrl-C click itself would say an empty line."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise CommandError("interrupted", "interrupted", Exit.INTERRUPTED) from error

    def main(self, args: Sequence[str] | None = None, *rest: Any, **more: Any) -> NoReturn:
        """Run the command that ``args`` names, and end the process with its exit code."""
        words = list(sys.argv[1:] if args is None else args)
        speak_utf_8()
        try:
            _refuse_garbled(words)
            with raised():
                ended = super().main(words, *rest, **more | {"standalone_mode": False})
                sys.stdout.flush()
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(error.exit_code)
        except (Exception, KeyboardInterrupt) as error:
            sys.exit(self._tell(error, as_json="--json" in words))
        sys.exit(ended if isinstance(ended, int) else Exit.DONE)

    def _load(self) -> None:
        if self._commands_in:
            with ended_at_once():
                importlib.import_module(self._commands_in)

    def _failure(self, error: BaseException) -> CommandError:
        if isinstance(error, ModuleNotFoundError):
            return missing(error, self.extra)
        return failure_of(error, self._own)

    def _tell(self, error: BaseException, *, as_json: bool) -> int:
        """Say what went wrong: a line on stderr for people, and on stdout a line of JSON where it was asked for."""
        if os.environ.get("KIOSK_TRACEBACK"):
            traceback.print_exception(error)
        if isinstance(error, BrokenPipeError):
            fall_silent()
            return Exit.FAILED
        failure = self._failure(error)
        message = one_line(failure.message)
        try:
            click.echo(f"Error: {message}", err=True)
            if as_json:
                about = {"code": failure.code, "message": message}
                click.echo(json.dumps({"error": about}, ensure_ascii=False))
            sys.stdout.flush()
        except OSError:  # nobody reads it, or the disk is full
            fall_silent()
        return failure.exit_code


def lazy_commands(entry_point_group: str, extra: str) -> Callable[[Callable[..., Any]], click.Group]:
    """Make a command function the group of all commands registered under ``entry_point_group``."""
    return click.group(cls=LazyCommands, entry_point_group=entry_point_group, extra=extra)


def missing(error: ImportError, extra: str) -> CommandError:
    """Return how it is told that a library is not there: with the command that installs it."""
    if not isinstance(error, ModuleNotFoundError):
        return failure_of(error, ())
    install = f"pip install '{DISTRIBUTION}[{extra}]'"
    return CommandError(f"the library {error.name} is not installed; run: {install}", "missing-extra")


def _not_installed(name: str, failure: CommandError) -> click.Command:
    def refuse(**_: Any) -> None:
        raise failure

    settings = {"ignore_unknown_options": True, "allow_extra_args": True}
    return click.Command(
        name,
        callback=refuse,
        context_settings=settings,
        add_help_option=False,
        short_help=f"Not installed: {failure.message}",
    )


def speak_utf_8() -> None:
    """Read and write UTF-8 whatever the locale says, and let closed streams be as good as empty ones."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 for the whole process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                encoding="utf-8", errors="surrogateescape" if mode == "r" else "backslashreplace"
            )


def _refuse_garbled(words: Sequence[str]) -> None:
    for place, word in enumerate(words, 1):
        if "\0" in word or any("\ud800" <= character <= "\udfff" for character in word):
            raise click.UsageError(f"word {place} of the command line is not text in UTF-8")


def fall_silent() -> None:
    """Keep the interpreter from complaining at exit that it cannot write."""
    for number in (1, 2):
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), number)
