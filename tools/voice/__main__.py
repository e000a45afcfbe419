"""``python -m tools.voice record`` and ``check``: see docs/voice.md."""

import sys

import click

from kiosk.voice.catalogue import FOLDER
from tools.voice import workshop
from tools.voice.recordings import bring_up_to_date, missing, read, stale
from tools.voice.texts import wanted

KIOSK = FOLDER.parent


@click.group()
def voice() -> None:
    """Record what the kiosk says, and report whether all of it is recorded."""


@voice.command()
@click.option("--all", "everything", is_flag=True, help="Record also what is recorded already.")
def record(everything: bool) -> None:
    """Record the phrases that are missing, and remove those that no text uses.

    Takes about two seconds a phrase; what is recorded when it is stopped stays recorded.

    Example: python -m tools.voice record
    """
    known, texts = read(), wanted()
    if everything:
        known.recordings.clear()
    orders = missing(known, texts)
    click.echo(f"voice: {len(orders)} phrases to record")
    with click.progressbar(orders, file=sys.stderr) as progress:
        done = bring_up_to_date(known, texts, progress)
    click.echo(f"voice: {sum(map(len, done.recordings.values()))} phrases are recorded")


@voice.command()
def check() -> None:
    """Tell which phrases are not recorded, and which recordings are of no text.

    Exit codes: 0 all is recorded, 1 it is not.
    """
    lacking = [order.text for order in missing(read(), wanted())]
    outdated = stale(read(), wanted())
    for title, phrases in (("not recorded", lacking), ("of no text", outdated)):
        for phrase in phrases:
            click.echo(f"{title}: {phrase}")
    if lacking or outdated:
        click.echo("voice: run: python -m tools.voice record")
        sys.exit(1)
    click.echo("voice: every text is recorded")


@voice.command()
def readings() -> None:
    """Rewrite the synthesiser's readings of Chinese characters (kiosk/voice/pinyin.txt).

    Needed when a word of a text is read wrongly: add it to tools/voice/mandarin.py first.
    """
    texts = [path.read_text("utf-8") for path in sorted(KIOSK.rglob("*.toml"))]
    (FOLDER / "pinyin.txt").write_text(
        workshop.readings("\n".join([*texts, *sorted(wanted()["zh"])])), "utf-8"
    )


if __name__ == "__main__":
    voice()
