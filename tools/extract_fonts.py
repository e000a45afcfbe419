"""Take the Simplified Chinese faces out of Debian's Noto Sans CJK collections.

SDL_ttf opens only the first face of a collection, which is the Japanese one: its 直, 骨 and 令 are not ours.
"""

import sys
from pathlib import Path

from fontTools.ttLib import TTCollection

COLLECTIONS = Path("/usr/share/fonts/opentype/noto")
FACE = "Noto Sans CJK SC"


def extract(collection: Path, target: Path) -> None:
    """Write the Simplified Chinese face of ``collection`` to ``target``."""
    for font in TTCollection(str(collection), lazy=True).fonts:
        if font["name"].getDebugName(1).startswith(FACE):
            font.save(str(target))
            return
    raise SystemExit(f"{collection} has no face named {FACE}; install Debian's fonts-noto-cjk.")


def main(folder: Path) -> None:
    """Extract the regular and the bold face into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for weight in ("Regular", "Bold"):
        extract(COLLECTIONS / f"NotoSansCJK-{weight}.ttc", folder / f"NotoSansSC-{weight}.otf")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
