"""``kiosk simulate face``: the simulated service that compares faces, as a process of its own."""

from pathlib import Path

import click

from command_line.signals import held
from command_line.types import PATH


@click.command
@click.option("--link", type=PATH, required=True, help="Where the service's socket appears.")
@click.option("--control", type=PATH, help="Socket that takes verbs such as: script differs")
def face(link: Path, control: Path | None) -> None:
    """Run a simulated camera with a program that compares faces, until it is told to stop.

    \b
    Example: kiosk simulate face --link /tmp/face --control /tmp/face.control
             echo 'script differs' | socat - UNIX-CONNECT:/tmp/face.control
    Verbs: status, script matches|differs|picture|nobody, score NUMBER [live|still]
    """
    from hardware.simulator.face import SimulatedFaceService

    with held() as wait_for_stop, SimulatedFaceService(link, control):
        click.echo(f"faces at {link}")
        wait_for_stop()
