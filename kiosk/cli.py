"""The ``kiosk`` command."""

import click

import kiosk
from command_line.program import Program

OWN = ("kiosk", "hardware", "screens", "sync")


@click.group(cls=Program, entry_point_group="kiosk.commands", extra="kiosk", own=OWN)
@click.version_option(kiosk.__version__, prog_name="kiosk")
def main() -> None:
    """The branch kiosk: run it, look after it, ask it.

    Example: kiosk card read --json

    Exit codes: 0 done · 1 it could not be done · 2 wrong call or input · 3 not all of it yet · 4 to 8 the command's
    own · 70 a fault of the program · 130 interrupted · 143 told to end. docs/command-line.md
    """
