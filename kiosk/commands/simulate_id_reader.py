"""``kiosk simulate id-reader``: the simulated ID card reader as a process of its own."""

from pathlib import Path

import click

from command_line.signals import held
from command_line.types import FILE_TO_READ, PATH


@click.command
@click.option("--link", type=PATH, required=True, help="Where the serial device appears.")
@click.option("--control", type=PATH, help="Socket that takes verbs such as: put wang-jianguo")
@click.option("--card", metavar="NAME", help="A card that lies on the reader at once.")
@click.option(
    "--cards",
    type=FILE_TO_READ,
    help="Your own set of ID cards, a TOML file.",
)
def id_reader(link: Path, control: Path | None, card: str | None, cards: Path | None) -> None:
    """Run a simulated ID card reader until it is told to stop.

    \b
    Example: kiosk simulate id-reader --link /tmp/id-reader --control /tmp/id-reader.control
             echo 'put wang-jianguo' | socat - UNIX-CONNECT:/tmp/id-reader.control
    Verbs: status, cards, put NAME, lift, fault checksum|truncated|noise|silence [COMMAND],
           refuse COMMAND SW3, mend, unplug, plug
    """
    from hardware.simulator.id_reader import SimulatedIdReader
    from hardware.simulator.id_reader_cards import CARDS

    simulated = SimulatedIdReader(link, control, cards or CARDS)
    if card and card not in simulated.cards:
        raise click.BadParameter(f"no card {card}; there are: {', '.join(simulated.cards)}")
    with held() as wait_for_stop, simulated:
        if card:
            simulated.put(card)
        click.echo(f"ID card reader at {link}")
        wait_for_stop()
