"""What one model of printer can do and how it is spoken to: data, read from ``profiles/*.toml``."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from text.files import read_file

FOLDER = Path(__file__).parent / "profiles"
LONGEST = 100_000
"""Bytes of a profile."""

Positive = Annotated[int, Meta(gt=0)]
Seconds = Annotated[float, Meta(gt=0)]
Millimetres = Annotated[float, Meta(ge=0)]


class ProfileError(Exception):
    """A profile is missing or wrong; the message names the file, the key and the reason."""


class SafeSet(StrEnum):
    """The characters that the printer's own font is known to hold."""

    GB2312 = "gb2312"
    GBK = "gbk"


class FlowControl(StrEnum):
    """How the printer says that its buffer is full."""

    RTS_CTS = "rts-cts"
    XON_XOFF = "xon-xoff"
    NONE = "none"


class Confirm(StrEnum):
    """The in-order question after the cut whose reply confirms a job."""

    PROCESS_ID = "process-id"
    PAPER_STATUS = "paper-status"
    PRESENTER = "presenter"


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file: no key that is not known, no change afterwards."""


class Paper(_Section, frozen=True):
    """The paper and the print head. ``columns`` counts half-width characters of the standard font."""

    width_mm: Positive
    dots: Positive
    dpi: Positive
    columns: Positive
    line_pitch: Positive = 30

    def __post_init__(self) -> None:
        if self.columns * 10 > self.dots:
            raise ValueError(f"`columns` {self.columns} do not fit `dots` {self.dots}")

    @property
    def half_column(self) -> int:
        """The width of a half-width character in dots."""
        return self.dots // self.columns


class Serial(_Section, frozen=True):
    """The line (always 8N1). ``buffer`` is the printer's receive buffer in bytes."""

    baud: Positive
    flow: FlowControl
    buffer: Positive = 4096


class Chinese(_Section, frozen=True):
    """How Chinese mode is entered, which characters are safe to send, and whose size command 汉字 obey."""

    enter: str = "1c 26"
    safe: SafeSet = SafeSet.GB2312
    size_only_by_fs: bool = False


class Qr(_Section, frozen=True):
    """Whether ``GS ( k`` is known, and the wished size of a module in dots (5 at the least)."""

    native: bool
    module: Annotated[int, Meta(ge=5, le=16)] = 6


class Status(_Section, frozen=True):
    """How the printer tells its state. ``near_end_mm`` is about what is left when it says near end.

    ``in_pictures``: it may be asked between two bands of one picture. Some manuals forbid it.
    """

    automatic: bool = True
    in_pictures: bool = True
    near_end_mm: int = 0


class Confirmation(_Section, frozen=True):
    """The confirming question, and how many seconds after the last byte it may take."""

    method: Confirm
    timeout: Seconds = 15.0


class Cutter(_Section, frozen=True):
    """The bytes that feed to the knife and cut; empty where paper is torn off by hand."""

    command: str
    feed_lines: int = 0


class Presenter(_Section, frozen=True):
    """The bytes that present, retract and ask for a ticket; there is no common standard.

    A model that takes a ticket back by itself does so ``retracts_after`` seconds (0: never), unless ``hold`` is sent.
    """

    present: str = ""
    retract: str = ""
    query: str = ""
    hold: str = ""
    retracts_after: Annotated[float, Meta(ge=0)] = 0.0


class Recovery(_Section, frozen=True):
    """How a half-sent job is got out again: NULs that end any raster, bytes that clear the buffer."""

    flush: int = 8192
    clear: str = ""


class Mechanics(_Section, frozen=True):
    """What the machinery does, for the simulator and for the physical limit of a job."""

    speed_mm_s: Positive
    cut_seconds: Seconds
    head_to_cutter_mm: Millimetres


class Profile(_Section, frozen=True):
    """One model of printer, or a family that behaves alike."""

    title: str
    paper: Paper
    serial: Serial
    qr: Qr
    confirm: Confirmation
    cutter: Cutter
    mechanics: Mechanics
    chinese: Chinese = Chinese()
    status: Status = Status()
    presenter: Presenter = Presenter()
    recovery: Recovery = Recovery()
    quirks: Sequence[str] = ()

    def __post_init__(self) -> None:
        for section, key in (
            ("chinese", "enter"),
            ("cutter", "command"),
            ("presenter", "present"),
            ("presenter", "retract"),
            ("presenter", "query"),
            ("presenter", "hold"),
            ("recovery", "clear"),
        ):
            _check_hex(section, key, getattr(getattr(self, section), key))


def _check_hex(section: str, key: str, value: str) -> None:
    try:
        bytes.fromhex(value)
    except ValueError as error:
        raise ValueError(f"`{section}.{key}` is not bytes in hexadecimal ({error})") from None


def names() -> list[str]:
    """Return the names of the profiles that come with the product."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load(name: str) -> Profile:
    """Read the profile called ``name``, or the file at that path when it ends in ``.toml``.

    :raises ProfileError: there is none, or it is wrong.
    """
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if not path.exists():
        raise ProfileError(f"no printer profile {name!r}; there are: {', '.join(names())}")
    try:
        return msgspec.toml.decode(read_file(path, LONGEST), type=Profile)
    except (OSError, ValueError, RecursionError) as error:
        raise ProfileError(f"{path}: {error}") from error


def change(profile: Profile, section: str, **values: Any) -> Profile:
    """Return the profile with some values of one section changed, such as another baud rate."""
    changed = msgspec.structs.replace(getattr(profile, section), **values)
    return msgspec.structs.replace(profile, **{section: changed})
