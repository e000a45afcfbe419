"""Characters that a printer's own font lacks, drawn as black dots: 汉字 in one face, letters in a monospaced one."""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from struct import unpack_from
from typing import TYPE_CHECKING
from unicodedata import category

from hardware.printer.cells import cells

if TYPE_CHECKING:
    from PIL import Image, ImageFont

# Thermal paper looks right a little bolder than the screen: grey below this becomes black.
_THRESHOLD = 190
_BASELINE = 21


class FontMissingError(Exception):
    """A font is not installed; the message says how to install it."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face in a font file; ``em`` in dots, such that its glyphs fill their cells."""

    path: Path
    name: str
    em: int
    package: str = ""


OWN_FONTS = Path("/usr/local/share/fonts/branch-kiosk")
"""Where a branch puts a font of its own, for 汉字 of names that no free font has yet."""
HAN = Face(
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"), "Noto Sans CJK SC", 24, "fonts-noto-cjk"
)
RARE_HAN = (
    Face(Path("/usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf"), "BabelStone Han", 24),
    Face(Path("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf"), "HanaMinB", 24),
)
"""汉字 of extensions B to F, and some of G and H."""
# 0.6 em wide, so that 20 dots make the 12 of half a 汉字.
LETTERS = Face(
    Path("/usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf"), "Noto Sans Mono", 20, "fonts-noto-mono"
)


def require() -> None:
    """Look for the fonts that come with the product.

    :raises FontMissingError: one is not installed.
    """
    for face in (HAN, LETTERS):
        _ranges(face)


def covers(cluster: str, columns: int = 2) -> bool:
    """Return whether there is a picture of ``cluster`` for a cell of that width; a tofu box is no picture.

    :raises FontMissingError: a font that comes with the product is not installed.
    """
    return _face_of(cluster, columns) is not None


def draw(
    spans: Sequence[tuple[int, str]], half_column: int, height: int, scale: int = 1, bold: bool = False
) -> "Image.Image":
    """Draw texts at their dots (x, text) on one strip, a character in the middle of its cell.

    :param height: dots of the strip before scaling; it grows where accents stand higher or lower.
    :param bold: strike twice, one dot apart, as a printer does.
    :return: an image of mode ``1`` where 255 is black, no wider than the texts.
    """
    from PIL import Image, ImageDraw

    boxes = [box for x, text in spans for box in _boxes(x, text, half_column * scale)]
    right = max((x + room for x, room, *_ in boxes), default=1)
    inks = [_font(face, face.em * scale).getbbox(cluster, anchor="ms") for *_, cluster, face in boxes]
    above = max(_BASELINE * scale, *(-round(top) for _, top, _, _ in inks), 0)
    below = max((height - _BASELINE) * scale, *(round(bottom) for _, _, _, bottom in inks), 0)
    grey = Image.new("L", (right, above + below), 255)
    canvas = ImageDraw.Draw(grey)
    for x, room, cluster, face in boxes:
        for shift in range(2 if bold else 1):
            place = (x + room // 2 + shift, above)
            canvas.text(place, cluster, 0, _font(face, face.em * scale), anchor="ms")
    return grey.point(lambda shade: 255 if shade < _THRESHOLD else 0).convert("1")


def _boxes(x: int, text: str, cell: int) -> list[tuple[int, int, str, Face]]:
    boxes = []
    for cluster, columns in cells(text):
        room = columns * cell
        boxes.append((x, room, cluster, _face_of(cluster, columns) or HAN))
        x += room
    return boxes


@cache
def _face_of(cluster: str, columns: int) -> Face | None:
    """Return the first face that has every character, or None."""
    for face in (LETTERS,) if columns == 1 else _han_faces():
        if all(_has(face, character) for character in cluster):
            return face
    return None


@cache
def _han_faces() -> tuple[Face, ...]:
    own = [Face(path, "", HAN.em) for path in sorted(OWN_FONTS.glob("*.[to]tf"))]
    return HAN, *(face for face in (*RARE_HAN, *own) if face.path.exists())


def _has(face: Face, character: str) -> bool:
    if (
        face.name and category(character) == "Co"
    ):  # each font draws what it likes there; only a branch knows its own
        return False
    first, last = _ranges(face)
    run = bisect_right(first, ord(character)) - 1
    return run >= 0 and ord(character) <= last[run]


@cache
def _ranges(face: Face) -> tuple["array[int]", "array[int]"]:
    """Return the first and the last characters of the runs that the face has, in order.

    The table of a large font is read as it is (OpenType, cmap format 12): taken apart by fontTools it costs 35 MB.
    """
    from fontTools.ttLib import TTFont

    font = TTFont(face.path, fontNumber=_index(face), lazy=True)
    table = font.reader["cmap"]
    (tables,) = unpack_from(">H", table, 2)
    places = (unpack_from(">HHL", table, 4 + 8 * number)[2] for number in range(tables))
    place = next((place for place in places if unpack_from(">H", table, place) == (12,)), None)
    if place is None:
        singly = array("I", sorted(font.getBestCmap()))
        return singly, singly
    (runs,) = unpack_from(">L", table, place + 12)
    groups = array("I", table[place + 16 : place + 16 + 12 * runs])
    groups.byteswap()
    return groups[0::3], groups[1::3]


@cache
def _index(face: Face) -> int:
    """Find a face in its file: the first one of the collection is Japanese and draws 直 and 骨 otherwise."""
    from PIL import ImageFont  # it takes long to load, and the window need not wait for it

    if not face.path.exists():
        raise _missing(face, "not there")
    if face.path.suffix != ".ttc":
        return 0
    try:
        names = (ImageFont.truetype(face.path, face.em, index=index).getname()[0] for index in count())
        return next(index for index, name in enumerate(names) if name == face.name)
    except OSError as error:  # no further face, or no font
        raise _missing(face, str(error)) from error


@cache
def _font(face: Face, size: int) -> "ImageFont.FreeTypeFont":
    from PIL import ImageFont

    return ImageFont.truetype(face.path, size, index=_index(face))


def _missing(face: Face, why: str) -> FontMissingError:
    return FontMissingError(
        f"{face.path}: {why} (face {face.name}). Install the Debian package {face.package}."
    )
