"""The files of the typeface of all screens: Simplified Chinese faces, taken out of Debian's Noto Sans CJK collections.

SDL_ttf opens only the first face of a collection, which is the Japanese one: its 直, 骨 and 令 are not ours.
"""

import os
import sys
from pathlib import Path

COLLECTIONS = Path("/usr/share/fonts/opentype/noto")
FACE = "Noto Sans CJK SC"
WEIGHTS = ("Regular", "Bold")


class FontsMissingError(Exception):
    """The Simplified Chinese fonts are not there; the message says how to make them."""


def font_file(weight: str = "Regular") -> Path:
    """Return the file of one weight.

    :raises FontsMissingError: it was not made yet.
    """
    for folder in _folders():
        if (file := folder / _name(weight)).exists():
            return file
    raise FontsMissingError(f"no fonts in {' or '.join(map(str, _folders()))}; make them with: kiosk fonts")


def make(folder: Path | None = None) -> Path:
    """Write both weights into ``folder``, else where they are looked for; return the folder.

    :raises FontsMissingError: Debian's collections are not installed.
    """
    folder = folder or next(filter(_is_ours, _folders()), _folders()[-1])
    folder.mkdir(parents=True, exist_ok=True)
    for weight in WEIGHTS:
        _extract(COLLECTIONS / f"NotoSansCJK-{weight}.ttc", folder / _name(weight))
    return folder


def _folders() -> list[Path]:
    """Return where fonts are looked for: where the environment says, beside the program, at home."""
    if told := os.environ.get("KIOSK_FONTS"):
        return [Path(told)]
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    return [base / "branch-kiosk/fonts" for base in (Path(sys.prefix, "share"), home)]


def _name(weight: str) -> str:
    return f"NotoSansSC-{weight}.otf"


def _is_ours(folder: Path) -> bool:
    """Return whether we may write there, or make the folder."""
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return os.access(there, os.W_OK)


def _extract(collection: Path, target: Path) -> None:
    from fontTools.ttLib import TTCollection

    if not collection.exists():
        raise FontsMissingError(f"{collection} is missing; install the Debian package fonts-noto-cjk")
    for font in TTCollection(str(collection), lazy=True).fonts:
        if font["name"].getDebugName(1).startswith(FACE):
            draft = target.with_suffix(".new")
            font.save(str(draft))
            draft.replace(target)
            return
    raise FontsMissingError(
        f"{collection} has no face named {FACE}; install the Debian package fonts-noto-cjk"
    )
