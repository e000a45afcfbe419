"""``kiosk simulate scanner``: the simulated QR scanner as a process of its own."""

from pathlib import Path

import click

from command_line.signals import held
from command_line.types import PATH


@click.command
@click.option("--link", type=PATH, required=True, help="Where the serial device appears.")
@click.option("--control", type=PATH, help="Socket that takes verbs such as: scan-new")
def scanner(link: Path, control: Path | None) -> None:
    """Run a simulated QR scanner until it is told to stop.

    \b
    Example: kiosk simulate scanner --link /tmp/scanner --control /tmp/scanner.control
             echo 'scan-new' | socat - UNIX-CONNECT:/tmp/scanner.control
    Verbs: status, scan TEXT, scan-new, scan-bytes HEX, end cr|lf|crlf|none, unplug, plug
    """
    from hardware.simulator.scanner import SimulatedScanner

    with held() as wait_for_stop, SimulatedScanner(link, control):
        click.echo(f"QR scanner at {link}")
        wait_for_stop()
