"""The simulated printer's paper: what the head burned, cut into tickets, as PNG pictures."""

from functools import cache
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont

from hardware.printer.profile import Profile

_COLLECTION = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
_MM_AN_INCH = 25.4
_CELL = 24
_WHITE, _BLACK = 255, 0


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    for index in range(32):
        font = ImageFont.truetype(_COLLECTION, size, index=index)
        if font.getname()[0] == name:
            return font
    raise LookupError(name)


@cache
def _glyph(character: str, width: int, bold: bool) -> Image.Image:
    """Draw one cell of the printer's font: 12 by 24 for ASCII, 24 by 24 for 汉字."""
    half = width < _CELL
    font = _font("Noto Sans Mono CJK SC" if half else "Noto Sans CJK SC", _CELL)
    cell = Image.new("L", (width, _CELL), _WHITE)
    canvas = ImageDraw.Draw(cell)
    for shift in range(2 if bold else 1):
        canvas.text((width / 2 + shift, _CELL - 4), character, _BLACK, font, anchor="ms")
    threshold = 110 if bold else 170
    return cell.point(lambda shade: _BLACK if shade < threshold else _WHITE)


class Paper:
    """The roll, in dots. ``position`` is where the head is, counted from the last cut."""

    def __init__(self, profile: Profile, folder: Path | None) -> None:
        self._head = profile.paper
        self.folder = folder
        self.dots_a_mm = profile.paper.dpi / _MM_AN_INCH
        self._knife = round(profile.mechanics.head_to_cutter_mm * self.dots_a_mm)
        # Between the knife and the head there is always paper that nothing could be printed on.
        self._strip = Image.new("L", (self._head.dots, self._knife), _WHITE)
        self.position = self._knife
        self._used = 0
        self.tickets: list[Image.Image] = []

    @property
    def millimetres(self) -> float:
        """How much paper has gone past the head."""
        return (self._used + self.position - self._knife) / self.dots_a_mm

    def feed(self, dots: int) -> None:
        """Move the paper on."""
        self._reach(self.position + dots)
        self.position += dots

    def _reach(self, row: int) -> None:
        if row > self._strip.height:
            longer = Image.new("L", (self._head.dots, row + 1024), _WHITE)
            longer.paste(self._strip, (0, 0))
            self._strip = longer

    def burn(self, picture: Image.Image, x: int, bottom: int) -> None:
        """Burn a picture (black is 0) so that its last row is at ``bottom`` dots below the head."""
        self._reach(self.position + bottom)
        row = self.position + bottom - picture.height
        self._strip.paste(_BLACK, (x, row), picture.point(lambda shade: 255 - shade))

    def cut(self) -> None:
        """Cut at the knife: what is between knife and head stays on the roll."""
        at = self.position - self._knife
        self._used += at
        ticket = self._strip.crop((0, 0, self._head.dots, at))
        self._strip = self._strip.crop((0, at, self._head.dots, self._strip.height))
        self.position = self._knife
        self.tickets.append(ticket)
        if self.folder:
            self._save(ticket, f"ticket-{len(self.tickets):04d}.png")
            self.save_uncut()

    @property
    def uncut(self) -> Image.Image:
        """What hangs out of the printer and is on no ticket yet."""
        return self._strip.crop((0, 0, self._head.dots, self.position))

    def save_uncut(self) -> None:
        """Write the paper that is not cut off yet."""
        if self.folder:
            self._save(self.uncut, "uncut.png")

    def _save(self, strip: Image.Image, name: str) -> None:
        assert self.folder
        self.folder.mkdir(parents=True, exist_ok=True)
        # Who looks on must never see half a file.
        beside = self.folder / f".{name}"
        self.picture(strip).save(beside, "png")
        beside.replace(self.folder / name)

    def picture(self, strip: Image.Image) -> Image.Image:
        """Lay the printable strip in the middle of the paper's real width."""
        width = max(round(self._head.width_mm * self.dots_a_mm), self._head.dots)
        sheet = Image.new("L", (width, max(strip.height, 1)), _WHITE)
        sheet.paste(strip, ((width - strip.width) // 2, 0))
        return sheet


def qr(data: str, module: int, level: str) -> Image.Image:
    """Draw a QR code as a printer does: no quiet zone."""
    code = segno.make_qr(data, error=level, boost_error=False)
    side = len(code.matrix)
    picture = Image.new("L", (side, side))
    picture.putdata([_BLACK if dark else _WHITE for row in code.matrix for dark in row])
    return picture.resize((side * module, side * module), Image.Resampling.NEAREST)


def dots(data: bytes, stride: int, scale_x: int = 1, scale_y: int = 1) -> Image.Image:
    """Turn packed bits (1 is black) into a picture."""
    picture = Image.frombytes("1", (stride * 8, len(data) // stride), data).convert("L")
    picture = picture.point(lambda shade: 255 - shade)
    return picture.resize((picture.width * scale_x, picture.height * scale_y), Image.Resampling.NEAREST)


def character(text: str, half_column: int, bold: bool) -> Image.Image:
    """Draw one character of the printer's own font."""
    return _glyph(text, half_column if text < "\x80" else 2 * half_column, bold)
