"""``kiosk simulate printer``: the simulated receipt printer as a process of its own."""

from pathlib import Path

import click

from command_line.failure import CommandError
from command_line.signals import held
from command_line.types import FOLDER, PATH, SPEED, Named
from hardware.printer import profile as profiles


@click.command
@click.option(
    "--profile",
    "name",
    type=Named("printer profile", profiles.names),
    required=True,
    help="One of the printer profiles, or a .toml file.",
)
@click.option("--link", type=PATH, required=True, help="Where the serial device appears.")
@click.option("--paper", type=FOLDER, help="Folder for the tickets as PNG.")
@click.option("--control", type=PATH, help="Socket that takes verbs such as: paper out")
@click.option(
    "--speed", type=SPEED, default=1.0, show_default=True, help="How many times faster than real time."
)
@click.option("--fast", is_flag=True, help="The same as --speed 50.")
def printer(
    name: str, link: Path, paper: Path | None, control: Path | None, speed: float, fast: bool
) -> None:
    """Run a simulated printer until it is told to stop.

    Example: kiosk simulate printer --profile epson-tm-t88v --link /tmp/printer --paper /tmp/paper
    """
    from hardware.simulator.printer import SimulatedPrinter

    try:
        profile = profiles.load(name)
    except profiles.ProfileError as error:
        raise CommandError(str(error), "profile") from error
    with (
        held() as wait_for_stop,
        SimulatedPrinter(profile, link, paper, control, speed=50.0 if fast else speed),
    ):
        click.echo(f"{profile.title} at {link}")
        wait_for_stop()
