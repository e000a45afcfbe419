"""``kiosk fonts``: make the typeface of the screens."""

from pathlib import Path

import click

from command_line.types import FOLDER
from screens.theme import font_files


@click.command()
@click.argument("folder", type=FOLDER, required=False)
def fonts(folder: Path | None) -> None:
    """Make the fonts of the screens from Debian's fonts-noto-cjk, beside the program or, without the right, at home.

    Another FOLDER is found by the environment variable KIOSK_FONTS.

    Example: kiosk fonts
    """
    click.echo(f"fonts in {font_files.make(folder)}")
