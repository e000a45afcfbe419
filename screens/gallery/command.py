"""``kiosk screens``: draws every screen and every error state, with invented data, to look at them all."""

import html
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import structlog

from command_line.types import FILE, FOLDER, MILLIMETRES, SIZE
from kiosk.config import Panel
from kiosk.dialogue.preferences import LANGUAGES, Language, Preferences

if TYPE_CHECKING:
    from screens.gallery.pages import Shot

PANELS = {"1080x1920": 268.0, "1280x1024": 376.0, "1920x1080": 476.0, "800x480": 152.0}
"""The width in millimetres of the usual panels: 21.5 inches upright, 19, 21.5 and 7 inches."""

SHEET_COLUMNS = 8
SHEET_WIDTH = 1600


@click.command()
@click.option(
    "--out",
    type=FOLDER,
    required=True,
    help="The folder for the pictures.",
)
@click.option(
    "--size",
    type=SIZE,
    default="1080x1920",
    show_default=True,
    help="Pixels of the panel: " + ", ".join(PANELS) + ", …",
)
@click.option("--width-mm", type=MILLIMETRES, help="Width of a panel of another size.")
@click.option("--mode", type=click.Choice(["usual", "elder"]), default="usual", show_default=True)
@click.option("--lang", type=click.Choice(LANGUAGES), default="zh", show_default=True)
@click.option("--contrast", type=click.Choice(["usual", "high"]), default="usual", show_default=True)
@click.option("--contact-sheet", type=FILE, help="Put all into one picture, too.")
@click.option("--only", default="", help="Draw those only whose name begins so.")
@click.option("--json", "as_json", is_flag=True, help="List the files as JSON.")
def screens(
    out: Path,
    size: str,
    width_mm: float | None,
    mode: str,
    lang: Language,
    contrast: str,
    contact_sheet: Path | None,
    only: str,
    as_json: bool,
) -> None:
    """Draw every screen and every error state, with invented data, and an index page.

    Example: kiosk screens --out /tmp/screens --size 800x480 --mode elder

    Exit codes: 0 all are drawn, 1 one could not be drawn, 2 the command line or the fonts are wrong.
    """
    panel = _panel(size, width_mm)
    manner = Preferences(language=lang, elder=mode == "elder", high_contrast=contrast == "high")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    from screens.settings import configure

    configure(panel)
    out.mkdir(parents=True, exist_ok=True)
    drawn = _draw_all(panel, manner, out, only, quiet=as_json)
    index = out / "index.html"
    index.write_text(_index([file for _shot, file in drawn], f"{size} {mode} {lang} {contrast}"), "utf-8")
    if contact_sheet:
        _contact_sheet([file for _shot, file in drawn], contact_sheet)
    if as_json:
        files = [{"name": shot.name, "title": shot.question.title, "file": str(f)} for shot, f in drawn]
        click.echo(json.dumps({"index": str(index), "screens": files}, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{len(drawn)} screens, see {index}")


def _panel(size: str, width_mm: float | None) -> Panel:
    width, height = map(int, size.split("x"))
    if not width_mm and size not in PANELS:
        raise click.BadParameter(f"--width-mm is needed for a panel of {size}", param_hint="--size")
    return Panel(width=width, height=height, width_mm=width_mm or PANELS[size])


def _draw_all(
    panel: Panel, manner: Preferences, out: Path, only: str, quiet: bool
) -> Sequence[tuple["Shot", Path]]:
    from screens.gallery.pages import shots
    from screens.gallery.studio import ScreenshotRig
    from screens.theme.fonts import FontsMissingError

    try:
        studio = ScreenshotRig(panel)
    except FontsMissingError as error:
        raise click.UsageError(str(error)) from error
    drawn: list[tuple[Shot, Path]] = []
    wanted = [shot for shot in shots(manner) if shot.name.startswith(only)]
    if not wanted:
        raise click.BadParameter(f"no screen's name begins with {only!r}", param_hint="--only")
    with click.progressbar(wanted, label="drawing", hidden=quiet, file=sys.stderr) as all_shots:
        for shot in all_shots:
            studio.pose(shot, manner)
            drawn.append((shot, studio.picture(out / f"{shot.name}.png")))
    return drawn


def _index(files: Sequence[Path], title: str) -> str:
    figures = "\n".join(
        f'<figure><a href="{file.name}"><img src="{file.name}" alt=""></a>'
        f"<figcaption>{html.escape(file.stem)}</figcaption></figure>"
        for file in files
    )
    return (
        f'<!doctype html><meta charset="utf-8"><title>{html.escape(title)}</title>'
        "<style>body{font:14px sans-serif;background:#888}figure{display:inline-block;margin:8px}"
        f"img{{max-width:320px;max-height:420px}}</style>\n<h1>{html.escape(title)}</h1>\n{figures}\n"
    )


def _contact_sheet(files: Sequence[Path], target: Path) -> None:
    from PIL import Image

    width = SHEET_WIDTH // SHEET_COLUMNS
    thumbs = []
    for file in files:
        picture = Image.open(file).convert("RGB")
        thumbs.append(
            picture.resize(
                (width - 8, (width - 8) * picture.height // picture.width), Image.Resampling.LANCZOS
            )
        )
    height = thumbs[0].height + 8
    rows = -(-len(thumbs) // SHEET_COLUMNS)
    sheet = Image.new("RGB", (SHEET_WIDTH, rows * height), "#777777")
    for place, thumb in enumerate(thumbs):
        sheet.paste(thumb, (place % SHEET_COLUMNS * width + 4, place // SHEET_COLUMNS * height + 4))
    sheet.quantize(96).save(target, "PNG", optimize=True)
