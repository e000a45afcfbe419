"""Make the fonts of the screens, as ``kiosk fonts`` does; for the set-up of this folder."""

import sys
from pathlib import Path

from screens.font_files import make

if __name__ == "__main__":
    make(Path(sys.argv[1]))
