"""Makes the font of the screens' icons: a few glyphs of Material Symbols, in the order of ``ICONS``.

Example: python -m tools.icons MaterialSymbolsRounded_500Medium.ttf

The font is in npm's @expo-google-fonts/material-symbols-rounded. Run it again after a change of ``ICONS``.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from screens.theme.icon_font import CODES, FONT_FILE, ICONS


def make(source: Path, target: Path) -> None:
    """Write the glyphs of ``ICONS`` into ``target``, each with its own code."""
    font = TTFont(source)
    options = Options(layout_features=[], name_IDs=[0, 1, 2, 13, 14], hinting=False, notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(glyphs=sorted(set(ICONS.values())))
    subsetter.subset(font)
    for table in font["cmap"].tables:
        table.cmap = {ord(CODES[name]): glyph for name, glyph in ICONS.items()} if table.isUnicode() else {}
    font.save(target)


if __name__ == "__main__":
    make(Path(sys.argv[1]), FONT_FILE)
