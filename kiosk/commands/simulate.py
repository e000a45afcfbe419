"""``kiosk simulate``: the simulated devices, for training, demonstrations and tests."""

from command_line.program import lazy_commands


@lazy_commands("kiosk.commands.simulate", "kiosk")
def simulate() -> None:
    """Run a simulated device on its real wire.

    Example: kiosk simulate printer --profile epson-tm-t88v --link /tmp/printer
    """
