"""Characters that a printer's own font lacks, drawn from Noto Sans CJK SC as black dots."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.ttLib import TTCollection
    from PIL import Image, ImageFont

COLLECTION = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
FACE = "Noto Sans CJK SC"

# Thermal paper looks right a little bolder than the screen: grey below this becomes black.
_THRESHOLD = 190
_EM = 24
_BASELINE = 21


class FontMissing(Exception):
    """The fallback font is not installed; the message says how to install it."""


def _collection() -> "TTCollection":
    from fontTools.ttLib import TTCollection  # it takes long to load, and the window need not wait for it

    return TTCollection(COLLECTION, lazy=True)


@cache
def _face_index() -> int:
    """Find the Simplified Chinese face; the first one is Japanese and draws 直 and 骨 otherwise."""
    try:
        fonts = _collection().fonts
    except OSError as error:
        raise FontMissing(f"{COLLECTION}: {error}. Install the Debian package fonts-noto-cjk.") from error
    for index, font in enumerate(fonts):
        if font["name"].getDebugName(1) == FACE:
            return index
    raise FontMissing(f"{COLLECTION} has no face named {FACE}. Install the Debian package fonts-noto-cjk.")


@cache
def _characters() -> frozenset[int]:
    font = _collection().fonts[_face_index()]
    return frozenset(font.getBestCmap())


@cache
def _font(size: int) -> "ImageFont.FreeTypeFont":
    from PIL import ImageFont

    return ImageFont.truetype(COLLECTION, size, index=_face_index())


def covers(character: str) -> bool:
    """Say whether the font has a picture of ``character``; a tofu box on a certificate is no picture."""
    return ord(character) in _characters()


def draw(
    spans: Sequence[tuple[int, str]], half_column: int, height: int, scale: int = 1, bold: bool = False
) -> "Image.Image":
    """Draw texts at their dots (x, text) on one strip, a character in the middle of its cell.

    :param height: dots of the strip before scaling.
    :param bold: strike twice, one dot apart, as a printer does.
    :return: an image of mode ``1`` where 255 is black, no wider than the texts.
    """
    from PIL import Image, ImageDraw

    boxes = [box for x, text in spans for box in _boxes(x, text, half_column * scale)]
    right = max((x + room for x, room, _ in boxes), default=1)
    grey = Image.new("L", (right, height * scale), 255)
    canvas = ImageDraw.Draw(grey)
    for x, room, character in boxes:
        for shift in range(2 if bold else 1):
            place = (x + room // 2 + shift, _BASELINE * scale)
            canvas.text(place, character, 0, _font(_EM * scale), anchor="ms")
    return grey.point(lambda shade: 255 if shade < _THRESHOLD else 0).convert("1")


def _boxes(x: int, text: str, cell: int) -> list[tuple[int, int, str]]:
    boxes = []
    for character in text:
        room = cell if character < "\x80" else 2 * cell
        boxes.append((x, room, character))
        x += room
    return boxes
