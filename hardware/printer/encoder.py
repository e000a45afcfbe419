"""From a document to the bytes of ESC/POS for one profile; nothing is sent, nothing is remembered."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hardware.printer import glyphs
from hardware.printer.cells import cells
from hardware.printer.document import Block, Cut, Document, Feed, QrCode, cleaned
from hardware.printer.layout import Line, Span, lay_out
from hardware.printer.profile import Profile, SafeSet
from text.clean import TextError

if TYPE_CHECKING:
    import segno
    from PIL import Image

ESC, FS, GS = b"\x1b", b"\x1c", b"\x1d"
LF = b"\n"
# A line of double height leaves no room below it.
_LEADING = ESC + b"J\x0c"
INITIALISE = ESC + b"@"

# The printer answers a status question only between two commands, so no command is long.
_BAND_BYTES = 512
_QUIET_MODULES = 4
_SMALLEST_MODULE = 5


class UnprintableDocumentError(Exception):
    """The document cannot be printed whole; nothing was sent. The message says why."""


class UnprintableCharacterError(UnprintableDocumentError):
    """Neither the printer's font nor the fallback font has this character."""

    def __init__(self, character: str) -> None:
        self.character = character
        super().__init__(
            f"no font has the character U+{ord(character):04X}; nothing was printed, ask the counter for it"
        )


class UnprintableQrCodeError(UnprintableDocumentError):
    """The QR code would be too wide for the paper with modules that a phone can read."""


def encode(document: Document, profile: Profile) -> bytes:
    """Return all bytes of the document, the cut included.

    :raises UnprintableDocumentError: a character or a QR code cannot be printed.
    """
    return b"".join(encode_commands(document, profile))


def encode_commands(document: Document, profile: Profile) -> tuple[bytes, ...]:
    """Return the bytes in pieces; between two pieces the printer is between two commands.

    :raises UnprintableDocumentError: a character or a QR code cannot be printed.
    """
    return tuple(_Encoder(profile).document(document))


def printable_by(profile: Profile, text: str) -> bool:
    """Return whether the printer's own font is known to hold every character of ``text``, as wide as its cell."""
    return all(_is_safe(cluster, columns, profile.chinese.safe) for cluster, columns in cells(text))


def _is_safe(cluster: str, columns: int, safe: SafeSet) -> bool:
    if cluster < "\x80" or columns == 1 or len(cluster) > 1:
        return len(cluster) == 1 and cluster < "\x80"
    # By way of the bytes, because Python's gb2312 knows A1A4 and A1AA as other characters than · and —.
    try:
        code = cluster.encode("gb18030")
        code.decode(safe.value)
    except UnicodeError:
        return False
    return len(code) == 2


def _check(text: str, profile: Profile) -> None:
    """Refuse characters that nobody can draw."""
    for cluster, columns in cells(text):
        if not _is_safe(cluster, columns, profile.chinese.safe) and not glyphs.covers(cluster, columns):
            unknown = (character for character in cluster if not glyphs.covers(character, columns))
            raise UnprintableCharacterError(next(unknown, cluster[0]))


def _clean(blocks: Sequence[Block]) -> list[Block]:
    """Refuse what is no character: a control would be a command."""
    try:
        return [cleaned(block) for block in blocks]
    except TextError as error:
        raise UnprintableCharacterError(error.character) from None


class _Encoder:
    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.style = (1, False, False)

    def document(self, document: Document) -> Iterator[bytes]:
        yield self._set_up()
        for block in lay_out(Document(document.name, _clean(document.blocks)), self.profile.paper.columns):
            match block:
                case Line():
                    yield from self._line(block)
                case Feed():
                    yield ESC + b"d" + bytes([block.lines])
                case QrCode():
                    yield from self._qr(block)
                case Cut():
                    yield self._cut()
        if not document.blocks or not isinstance(document.blocks[-1], Cut):
            yield self._cut()

    def _set_up(self) -> bytes:
        """Enter Chinese mode, ASCII as in the USA (no ¥ for a backslash), no gaps between 汉字."""
        return ESC + b"R\x00" + bytes.fromhex(self.profile.chinese.enter) + FS + b"S\x00\x00"

    def _line(self, line: Line) -> Iterator[bytes]:
        for span in line.spans:
            _check(span.text, self.profile)
        if all(printable_by(self.profile, span.text) for span in line.spans):
            leading = _LEADING if line.size > 1 else b""
            yield self._restyle(line) + b"".join(self._span(span) for span in line.spans) + LF + leading
        else:
            yield self._restyle(Line(()))
            yield from self._strip(line)

    def _restyle(self, line: Line) -> bytes:
        wanted = (line.size, line.bold, line.underline)
        (size, bold, underline), self.style = self.style, wanted
        commands = b""
        if line.size != size:
            double = line.size == 2
            # Both, because some firmware scales 汉字 only by FS !.
            commands += (
                GS + b"!" + (b"\x11" if double else b"\x00") + FS + b"!" + (b"\x0c" if double else b"\x00")
            )
        if line.bold != bold:
            commands += ESC + b"E" + bytes([line.bold])
        if line.underline != underline:
            commands += ESC + b"-" + bytes([line.underline]) + FS + b"-" + bytes([line.underline])
        return commands

    def _span(self, span: Span) -> bytes:
        text = span.text.encode("gb18030")
        return self._position(span.column) + text if span.column else text

    def _position(self, column: int) -> bytes:
        return ESC + b"$" + (column * self.profile.paper.half_column).to_bytes(2, "little")

    def _strip(self, line: Line) -> Iterator[bytes]:
        """Draw the whole line: half of it in another font would stand out on a certificate."""
        paper = self.profile.paper
        spans = [(span.column * paper.half_column, span.text) for span in line.spans]
        strip = glyphs.draw(spans, paper.half_column, paper.line_pitch, line.size, line.bold)
        if line.underline:
            strip.paste(
                255, (spans[0][0], strip.height - 4 * line.size, strip.width, strip.height - 3 * line.size)
            )
        yield from raster(strip)

    def _qr(self, block: QrCode) -> Iterator[bytes]:
        import segno  # with the first code, as PIL: the window need not wait for them

        # A printer that draws the code itself needs only its size from here, and the best mask takes longest.
        mask = 0 if self.profile.qr.native else None
        code = segno.make(block.data, error="m", boost_error=False, micro=False, mask=mask)
        module = self._module(code)
        yield LF + ESC + b"a\x01"
        if self.profile.qr.native:
            yield _native_qr(block.data.encode(), module)
        else:
            yield from raster(_qr_picture(code, module))
        yield ESC + b"a\x00" + LF

    def _module(self, code: "segno.QRCode") -> int:
        modules = len(code.matrix) + 2 * _QUIET_MODULES
        module = min(self.profile.qr.module, self.profile.paper.dots // modules)
        if module < _SMALLEST_MODULE:
            raise UnprintableQrCodeError(
                f"a QR code of {modules} modules needs {modules * _SMALLEST_MODULE} dots and the paper has "
                f"{self.profile.paper.dots}; nothing was printed"
            )
        return module

    def _cut(self) -> bytes:
        feed = self.profile.cutter.feed_lines
        commands = bytes.fromhex(self.profile.cutter.command + self.profile.presenter.present)
        return (ESC + b"d" + bytes([feed]) if feed else b"") + commands


def _native_qr(data: bytes, module: int) -> bytes:
    def function(number: int, parameters: bytes) -> bytes:
        body = b"1" + bytes([number]) + parameters
        return GS + b"(k" + len(body).to_bytes(2, "little") + body

    return (
        function(65, b"2\x00")
        + function(67, bytes([module]))
        + function(69, b"1")
        + function(80, b"0" + data)
        + function(81, b"0")
    )


def _qr_picture(code: "segno.QRCode", module: int) -> "Image.Image":
    from PIL import Image

    side = len(code.matrix)
    picture = Image.new("1", (side, side))
    picture.putdata([255 * bit for row in code.matrix for bit in row])
    return picture.resize((side * module, side * module), Image.Resampling.NEAREST)


def raster(picture: "Image.Image") -> Iterator[bytes]:
    """Yield ``GS v 0`` bands of a picture of mode ``1`` where 255 is black."""
    stride = (picture.width + 7) // 8
    band = stride * max(1, min(256, _BAND_BYTES // stride))
    dots = picture.tobytes()
    for start in range(0, len(dots), band):
        part = dots[start : start + band]
        yield (
            GS + b"v0\x00" + stride.to_bytes(2, "little") + (len(part) // stride).to_bytes(2, "little") + part
        )
