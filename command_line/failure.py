"""How a command fails: one line for people, one word for programs, and an exit code (docs/command-line.md)."""

import re
from collections.abc import Callable, Collection
from enum import IntEnum
from typing import Any

import click

LONGEST = 600
"""Characters of a message: what a library says may hold a whole statement or document."""


CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of a text."""


class Exit(IntEnum):
    """The exit codes that mean the same in every command; 4 to 8 are a command's own and in its help."""

    DONE = 0
    FAILED = 1
    WRONG_CALL = 2
    NOT_YET = 3
    FAULT = 70
    INTERRUPTED = 130


class CommandError(click.ClickException):
    """The command could not do what it was asked; ``code`` is its name for programs."""

    def __init__(self, message: str, code: str = "failed", exit_code: int = Exit.FAILED) -> None:
        super().__init__(message)
        self.code = code
        self.exit_code = exit_code  # type: ignore[misc]  # click declares it for the class


def failure_of(error: BaseException, own: Collection[str]) -> CommandError:
    """Return how ``error`` is told.

    :param own: the packages whose exceptions carry a sentence for people.
    """
    for kind, told in _TOLD.items():
        if isinstance(error, kind):
            return told(error)
    if type(error).__module__.partition(".")[0] in own:
        return CommandError(one_line(error) or type(error).__name__, name_of(type(error)))
    return CommandError(
        f"{type(error).__name__} at {_place(error)}: a fault of this program, please report it."
        " KIOSK_TRACEBACK=1 shows the traceback, which may hold personal data.",
        "fault",
        Exit.FAULT,
    )


def name_of(kind: type[BaseException]) -> str:
    """Return an exception's name for programs: ``WrongKeyError`` is ``wrong-key``."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", kind.__name__.removesuffix("Error"))
    return "-".join(words).lower()


def one_line(error: object) -> str:
    """Return what ``error`` says in one line of readable length, without what would command a terminal."""
    text = CONTROLS.sub("\N{REPLACEMENT CHARACTER}", " ".join(str(error).split()))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _of_call(error: click.UsageError) -> CommandError:
    help_at = f" (see {error.ctx.command_path} --help)" if error.ctx else ""
    return CommandError(f"{one_line(error.format_message())}{help_at}", "usage", error.exit_code)


def _of_click(error: click.ClickException) -> CommandError:
    return CommandError(error.format_message(), "failed", error.exit_code)


def _of_import(error: ImportError) -> CommandError:
    return CommandError(one_line(error), "missing-library")


def _of_system(error: OSError) -> CommandError:
    reason = error.strerror or one_line(error) or type(error).__name__
    file = error.filename2 or error.filename
    return CommandError(f"{file}: {reason}" if file else reason, "system")


def _of_encoding(error: UnicodeError) -> CommandError:
    return CommandError("this is not text in UTF-8", "encoding")


def _of_depth(error: RecursionError) -> CommandError:
    return CommandError("this is nested too deeply", "too-deep")


_TOLD: dict[type[BaseException], Callable[[Any], CommandError]] = {
    CommandError: lambda error: error,
    click.UsageError: _of_call,
    click.ClickException: _of_click,
    click.Abort: lambda _: CommandError("interrupted", "interrupted", Exit.INTERRUPTED),
    KeyboardInterrupt: lambda _: CommandError("interrupted", "interrupted", Exit.INTERRUPTED),
    ImportError: _of_import,
    OSError: _of_system,
    UnicodeError: _of_encoding,
    RecursionError: _of_depth,
}


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "an unknown place"
