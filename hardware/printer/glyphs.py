"""Characters that a printer's own font lacks, drawn from Noto Sans CJK SC as black dots."""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from struct import unpack_from
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image, ImageFont

COLLECTION = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
FACE = "Noto Sans CJK SC"
_FACES = 10
"""Languages and widths in one collection."""

# Thermal paper looks right a little bolder than the screen: grey below this becomes black.
_THRESHOLD = 190
_EM = 24
_BASELINE = 21


class FontMissing(Exception):
    """The fallback font is not installed; the message says how to install it."""


@cache
def _face_index() -> int:
    """Find the Simplified Chinese face; the first one is Japanese and draws 直 and 骨 otherwise."""
    from PIL import ImageFont  # it takes long to load, and the window need not wait for it

    try:
        for index in range(_FACES):
            if ImageFont.truetype(COLLECTION, _EM, index=index).getname()[0] == FACE:
                return index
    except OSError as error:
        raise FontMissing(f"{COLLECTION}: {error}. Install the Debian package fonts-noto-cjk.") from error
    raise FontMissing(f"{COLLECTION} has no face named {FACE}. Install the Debian package fonts-noto-cjk.")


@cache
def _ranges() -> tuple["array[int]", "array[int]"]:
    """Return the first and the last characters of the runs that the face has, in order.

    The table is read as it is (OpenType, cmap format 12): taken apart by fontTools it costs 35 MB.
    """
    from fontTools.ttLib import TTCollection

    table = TTCollection(COLLECTION, lazy=True).fonts[_face_index()].reader["cmap"]
    (count,) = unpack_from(">H", table, 2)
    places = (unpack_from(">HHL", table, 4 + 8 * number)[2] for number in range(count))
    place = next(place for place in places if unpack_from(">H", table, place) == (12,))
    (count,) = unpack_from(">L", table, place + 12)
    groups = array("I", table[place + 16 : place + 16 + 12 * count])
    groups.byteswap()
    return groups[0::3], groups[1::3]


@cache
def _font(size: int) -> "ImageFont.FreeTypeFont":
    from PIL import ImageFont

    return ImageFont.truetype(COLLECTION, size, index=_face_index())


def covers(character: str) -> bool:
    """Say whether the font has a picture of ``character``; a tofu box on a certificate is no picture."""
    first, last = _ranges()
    run = bisect_right(first, ord(character)) - 1
    return run >= 0 and ord(character) <= last[run]


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
