"""``kiosk simulate``: the simulated devices, for training, demonstrations and tests."""

from kiosk.cli import lazy_group


@lazy_group("kiosk.commands.simulate")
def simulate() -> None:
    """Run a simulated device on its real wire.

    Example: kiosk simulate printer --profile epson-tm-t88v --link /tmp/printer
    """
