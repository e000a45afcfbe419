"""``kiosk simulate card``: a card reader and cards to put into it, by hand."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from command_line.failure import CommandError
from command_line.signals import held
from command_line.types import FOLDER, Named
from hardware.simulator import personalisation, reader
from hardware.simulator.control import ControlError


@click.command()
@click.option(
    "--profile",
    "card",
    type=Named("card", personalisation.names),
    metavar="FILE.toml|NAME",
    help="A card to put in at once.",
)
@click.option(
    "--folder",
    type=FOLDER,
    help="Where the two sockets are made; a new folder under /tmp when left out.",
)
@click.option(
    "--readers",
    type=click.IntRange(1, 8),
    default=1,
    show_default=True,
    help="How many readers, of two slots each.",
)
@click.option("--reader", "names", multiple=True, help='One reader by its name, such as "ACME Reader PICC".')
def card(card: str | None, folder: Path | None, readers: int, names: tuple[str, ...]) -> None:
    """Run a simulated card reader until Ctrl-C.

    Programs use it with PCSCLITE_CSOCK_NAME in their environment; cards are put in and pulled over the
    control socket.

    \b
    Example: kiosk simulate card --profile wang-jianguo --folder /tmp/card
             echo 'swap li-xiuying' | socat - UNIX-CONNECT:/tmp/card/control
    """
    if card and not card.endswith(".toml") and card not in personalisation.names():
        raise click.BadParameter(f"no card {card!r}; there are: {', '.join(personalisation.names())}")
    with _folder(folder) as place, _started(place, names or readers) as simulated, held() as wait_for_stop:
        if card:
            simulated.insert(card)
        click.echo(f"export PCSCLITE_CSOCK_NAME={simulated.socket}")
        click.echo(
            f"echo 'insert NAME' | socat - UNIX-CONNECT:{simulated.control}   # or: remove, swap NAME, cards"
        )
        wait_for_stop()


@contextmanager
def _folder(folder: Path | None) -> Iterator[Path]:
    """Give the folder for the two sockets; one of our own is gone afterwards."""
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    else:
        with tempfile.TemporaryDirectory(prefix="card-") as own:
            yield Path(own)


@contextmanager
def _started(folder: Path, readers: int | tuple[str, ...]) -> Iterator[reader.SimulatedReader]:
    try:
        simulated = reader.SimulatedReader(folder, readers=readers)
        with simulated:
            yield simulated
    except (ValueError, RuntimeError, ControlError) as error:
        raise CommandError(str(error), "simulator") from error
