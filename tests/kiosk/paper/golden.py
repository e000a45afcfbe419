"""Pictures that somebody has looked at and accepted.

A picture that differs is left beside the accepted one as NAME.differs.png. To accept what is drawn now, look at it, and
run the tests with KIOSK_ACCEPT_PICTURES=1.
"""

import os
from pathlib import Path

import pytest
from fontTools.ttLib import TTCollection
from PIL import Image, ImageChops, features

from hardware.printer.glyphs import HAN

FOLDER = Path(__file__).parent / "golden"
DRAWN_WITH = FOLDER / "drawn-with.txt"
ACCEPT = "KIOSK_ACCEPT_PICTURES"


def compare(picture: Image.Image, name: str) -> None:
    """Compare a picture with the accepted one, dot by dot."""
    accepted, differs = FOLDER / f"{name}.png", FOLDER / f"{name}.differs.png"
    if os.environ.get(ACCEPT):
        picture.save(accepted, optimize=True)
        DRAWN_WITH.write_text(tools())
        differs.unlink(missing_ok=True)
        return
    if tools() != DRAWN_WITH.read_text():
        pytest.skip(f"the pictures were drawn with {DRAWN_WITH.read_text()!r}, here is {tools()!r}")
    if not accepted.exists() or not _same(picture, Image.open(accepted)):
        picture.save(differs, optimize=True)
        pytest.fail(f"{differs} is not {accepted.name}; look at both, then accept it with {ACCEPT}=1")


def tools() -> str:
    """What decides how a character looks: the font and the library that draws it."""
    font = TTCollection(HAN.path, lazy=True).fonts[0]["name"].getDebugName(5).partition(";")[0]
    return f"Noto Sans CJK {font}, FreeType {features.version('freetype2')}\n"


def _same(one: Image.Image, other: Image.Image) -> bool:
    return (
        one.size == other.size
        and ImageChops.difference(one.convert("L"), other.convert("L")).getbbox() is None
    )
