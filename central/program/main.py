"""The ``kiosk-central`` command; what its commands need is imported with the first of them."""

import sys

import click
import structlog

from command_line.program import DISTRIBUTION, Program


@click.group(
    cls=Program, commands_in="central.program.cli", extra="central", own=("central", "kiosk", "sync")
)
@click.version_option(package_name=DISTRIBUTION, prog_name="kiosk-central")
def main() -> None:
    """The reference central system of the branch kiosks.

    Example: kiosk-central serve --data central-data --port 8700

    Exit codes: 0 done · 1 it could not be done, the message says why · 2 wrong call or input · 70 a fault of the
    program · 130 interrupted · 143 told to end. docs/command-line.md
    """
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
