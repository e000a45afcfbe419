"""What the simulated firmware does with each command, in order, and how long the machinery takes for it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image

from hardware.printer.profile import Confirm, Profile
from hardware.simulator import printer_paper
from hardware.simulator.printer_paper import Paper
from hardware.simulator.printer_stream import Code, Command, DotRow

_UNDERLINE_ROWS = 2
_QR_MODULES = range(1, 17)
_QR_LEVELS = {48: "l", 49: "m", 50: "q", 51: "h"}


@dataclass(slots=True)
class Mode:
    """Everything that ``ESC @`` puts back to its beginning."""

    chinese: bool = False
    scale: tuple[int, int] = (1, 1)
    chinese_scale: tuple[int, int] = (1, 1)
    bold: bool = False
    underline: bool = False
    chinese_underline: bool = False
    align: int = 0
    margin: int = 0
    pitch: int | None = None
    automatic: bool = False
    x: int = 0
    line: list[tuple[int, Image.Image]] = field(default_factory=list)
    lead: bytes = b""
    picture: Image.Image | None = None
    qr_module: int = 3
    qr_level: str = "l"
    qr_data: bytes = b""
    retracts_after: float = 0.0


class Mechanism:
    """Carries out one item after the other on a paper.

    :param reply: called with what the printer answers in order.
    """

    def __init__(self, profile: Profile, paper: Paper, reply: Callable[[bytes], None]) -> None:
        self._profile = profile
        self._paper = paper
        self._reply = reply
        self.reset()
        self.cutter_jammed = False
        self.paper_low = False
        self.ticket_in_mouth = False
        self.tickets_presented = 0
        self.tickets_retracted = 0
        self._fed = 0
        self._extra_seconds = 0.0

    def reset(self) -> None:
        """Forget all settings and what is in the line buffer, as at power on."""
        self.mode = Mode(retracts_after=self._profile.presenter.retracts_after)

    def run(self, item: Command | Code | DotRow) -> float:
        """Carry out one item and return how many seconds the machinery was busy with it."""
        self._fed, self._extra_seconds = 0, 0.0
        match item:
            case Code():
                self._print_code(item.value)
            case DotRow():
                self._print_row(item)
            case Command():
                if action := _ACTIONS.get(item.name):
                    action(self, item.data)
        millimetres = self._fed / self._paper.dots_a_mm
        return millimetres / self._profile.mechanics.speed_mm_s + self._extra_seconds

    # Text

    def _print_code(self, value: int) -> None:
        mode = self.mode
        mode.lead += bytes([value])
        if not mode.chinese or (len(mode.lead) == 1 and value < 0x80):
            code, mode.lead = mode.lead, b""
            self._place(code.decode("ascii", "replace"), True)
        elif self._is_whole(mode.lead):
            code, mode.lead = mode.lead, b""
            self._place(self._in_font(code), False)

    @staticmethod
    def _is_whole(code: bytes) -> bool:
        four = len(code) > 1 and 0x30 <= code[1] <= 0x39
        return len(code) == (4 if four else 2)

    def _in_font(self, code: bytes) -> str:
        """Return the character, or an ideographic space for one that the font lacks: nothing is reported."""
        try:
            code.decode(self._profile.chinese.safe.value)
            return code.decode("gb18030")
        except UnicodeDecodeError:
            return "\u3000"

    def _place(self, text: str, ascii_cell: bool) -> None:
        mode, half = self.mode, self._profile.paper.half_column
        picture = printer_paper.character(text, half, mode.bold)
        across, down = mode.scale if ascii_cell else self._chinese_scale()
        picture = picture.resize((picture.width * across, picture.height * down), Image.Resampling.NEAREST)
        if mode.underline if ascii_cell else mode.chinese_underline:
            picture.paste(0, (0, picture.height - _UNDERLINE_ROWS, picture.width, picture.height))
        self._put(picture)

    def _chinese_scale(self) -> tuple[int, int]:
        if self._profile.chinese.size_only_by_fs:
            return self.mode.chinese_scale
        (x1, y1), (x2, y2) = self.mode.scale, self.mode.chinese_scale
        return max(x1, x2), max(y1, y2)

    def _put(self, picture: Image.Image) -> None:
        if self.mode.x + picture.width > self._profile.paper.dots and self.mode.line:
            self._new_line()
        self.mode.line.append((self.mode.x, picture))
        self.mode.x += picture.width

    def _new_line(self, data: bytes = b"") -> None:
        pitch = self._profile.paper.line_pitch if self.mode.pitch is None else self.mode.pitch
        self._feed(max(pitch, self._burn_line()))

    def _burn_line(self) -> int:
        """Burn the line buffer with all feet on one row; return its height."""
        mode = self.mode
        height = max((picture.height for _, picture in mode.line), default=0)
        right = max((x + picture.width for x, picture in mode.line), default=0)
        for x, picture in mode.line:
            self._paper.burn(picture, self._aligned(right) + x, height)
        mode.line, mode.x, mode.lead = [], 0, b""
        return height

    def _aligned(self, width: int) -> int:
        room = self._profile.paper.dots - self.mode.margin - width
        return self.mode.margin + (0, room // 2, room)[self.mode.align]

    def _feed(self, dots: int) -> None:
        self._paper.feed(dots)
        self._fed += dots

    # Pictures

    def _print_row(self, row: DotRow) -> None:
        self._print_picture(printer_paper.dots(row.data, len(row.data), row.scale_x, row.scale_y))

    def _print_picture(self, picture: Image.Image) -> None:
        self._paper.burn(picture, self._aligned(picture.width), picture.height)
        self._feed(picture.height)

    def _graphics(self, data: bytes) -> None:
        if data[1] == 112:
            width = int.from_bytes(data[6:8], "little")
            picture = printer_paper.dots(data[10:], (width + 7) // 8, data[3], data[4])
            self.mode.picture = picture.crop((0, 0, width * data[3], picture.height))
        elif data[1] in (2, 50) and self.mode.picture:
            self._print_picture(self.mode.picture)
            self.mode.picture = None

    def _symbol(self, data: bytes) -> None:
        kind, function, rest = data[0], data[1], data[2:]
        if kind != 49 or not self._profile.qr.native:
            return
        match function:
            case 67 if rest and rest[0] in _QR_MODULES:
                self.mode.qr_module = rest[0]
            case 69 if rest and rest[0] in _QR_LEVELS:
                self.mode.qr_level = _QR_LEVELS[rest[0]]
            case 80:
                self.mode.qr_data = rest[1:]
            case 81 if self.mode.qr_data:
                text = self.mode.qr_data.decode(errors="replace")
                self._print_picture(printer_paper.qr(text, self.mode.qr_module, self.mode.qr_level))

    # Cutting and presenting

    def _cut(self, data: bytes) -> None:
        if data[:1] in (b"A", b"B"):
            self._feed(round(self._profile.mechanics.head_to_cutter_mm * self._paper.dots_a_mm) + data[1])
        if self.cutter_jammed:
            return
        self._extra_seconds = self._profile.mechanics.cut_seconds
        self._paper.cut()
        if self._profile.presenter.retract and not self._profile.presenter.present:
            self._put_in_mouth()

    def _put_in_mouth(self) -> None:
        self.ticket_in_mouth = True
        self.tickets_presented += 1

    def _eject(self, data: bytes) -> None:
        """Carry out Custom's GS e, which the KPM printers know."""
        if not self._profile.presenter.present.startswith("1d 65"):
            return
        if data[0] == 2:
            self.retract()
        elif data[0] in (0, 3):
            self._put_in_mouth()
        else:
            self.ticket_in_mouth = False

    def _cut_and_present(self, data: bytes) -> None:
        """Carry out the VKP80's FS P: length, lamp, R for retract, seconds."""
        if not self._profile.cutter.command.startswith("1c 50"):
            return
        self._cut(b"")
        if not self.cutter_jammed:
            self._put_in_mouth()
            self.mode.retracts_after = data[3] if data[2:3] == b"R" else 0.0

    def _set_retraction(self, data: bytes) -> None:
        """Carry out Citizen's GS R: retract now, or set after how many seconds (0: never)."""
        if not self._profile.presenter.retract.startswith("1d 52"):
            return
        if data[:1] == b"0":
            self.retract()
        elif data[:1] == b"1":
            self.mode.retracts_after = data[1]

    def retract(self) -> None:
        """Take the ticket in the mouth back, if there is one."""
        if self.ticket_in_mouth:
            self.ticket_in_mouth = False
            self.tickets_retracted += 1

    # Answers

    def _paper_status(self, data: bytes) -> None:
        if data[0] in (1, 49):
            self._reply(b"\x03" if self.paper_low else b"\x00")

    def _process_id(self, data: bytes) -> None:
        if data[:2] == b"00" and self._profile.confirm.method is Confirm.PROCESS_ID:
            self._reply(b"\x37\x22" + data[2:6] + b"\x00")

    def _identify(self, data: bytes) -> None:
        maker, model = self._profile.title.replace("/", " ").split()[:2]
        match data[0]:
            case 66:
                self._reply(b"\x5f" + maker.upper().encode() + b"\x00")
            case 67:
                self._reply(b"\x5f" + model.upper().encode() + b"\x00")
            case 1 | 2 | 3 | 49 | 50 | 51:
                self._reply(b"\x20")

    # Settings

    def _move(self, data: bytes) -> None:
        distance = int.from_bytes(data, "little", signed=True)
        self.mode.x += distance

    def _set_mode(self, data: bytes) -> None:
        bits = data[0]
        self.mode.bold = bool(bits & 8)
        self.mode.underline = bool(bits & 128)
        self.mode.scale = (2 if bits & 32 else 1, 2 if bits & 16 else 1)

    def _set_chinese_mode(self, data: bytes) -> None:
        bits = data[0]
        self.mode.chinese_scale = (2 if bits & 4 else 1, 2 if bits & 8 else 1)
        self.mode.chinese_underline = bool(bits & 128)


def _set(name: str, value: Callable[[bytes], object]) -> Callable[[Mechanism, bytes], None]:
    def action(mechanism: Mechanism, data: bytes) -> None:
        setattr(mechanism.mode, name, value(data))

    return action


def _align(mechanism: Mechanism, data: bytes) -> None:
    mechanism.mode.align = {0: 0, 1: 1, 2: 2, 48: 0, 49: 1, 50: 2}.get(data[0], mechanism.mode.align)


def _feed_lines(mechanism: Mechanism, data: bytes) -> None:
    pitch = mechanism._profile.paper.line_pitch if mechanism.mode.pitch is None else mechanism.mode.pitch
    mechanism._feed(mechanism._burn_line() + data[0] * pitch)


_ACTIONS: dict[str, Callable[[Mechanism, bytes], None]] = {
    "LF": Mechanism._new_line,
    "ESC @": lambda mechanism, data: mechanism.reset(),
    "ESC d": _feed_lines,
    "ESC J": lambda mechanism, data: mechanism._feed(mechanism._burn_line() + data[0]),
    "ESC $": _set("x", lambda data: int.from_bytes(data, "little")),
    "ESC \\": Mechanism._move,
    "ESC a": _align,
    "ESC E": _set("bold", lambda data: bool(data[0] & 1)),
    "ESC -": _set("underline", lambda data: bool(data[0] & 3)),
    "ESC !": Mechanism._set_mode,
    "ESC 2": _set("pitch", lambda data: None),
    "ESC 3": _set("pitch", lambda data: data[0]),
    "ESC i": Mechanism._cut,
    "ESC m": Mechanism._cut,
    "FS &": _set("chinese", lambda data: True),
    "FS .": _set("chinese", lambda data: False),
    "FS !": Mechanism._set_chinese_mode,
    "FS -": _set("chinese_underline", lambda data: bool(data[0] & 3)),
    "FS P": Mechanism._cut_and_present,
    "FS W": _set("chinese_scale", lambda data: (2, 2) if data[0] & 1 else (1, 1)),
    "GS !": _set("scale", lambda data: ((data[0] >> 4) + 1, (data[0] & 7) + 1)),
    "GS L": _set("margin", lambda data: int.from_bytes(data, "little")),
    "GS ( L": Mechanism._graphics,
    "GS ( k": Mechanism._symbol,
    "GS ( H": Mechanism._process_id,
    "GS r": Mechanism._paper_status,
    "GS I": Mechanism._identify,
    "GS V": Mechanism._cut,
    "GS e": Mechanism._eject,
    "GS R": Mechanism._set_retraction,
    "GS a": _set("automatic", lambda data: data[0] != 0),
}
