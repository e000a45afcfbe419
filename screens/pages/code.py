"""The page on which a code of letters and digits is typed: only those keys that it can have."""

from collections.abc import Sequence

from screens.pages.digits import grouped
from screens.pages.pinyin import Pinyin
from screens.pages.text import ROWS, TextPage

GROUP = 4
"""So many characters stand together, as on the paper."""


class CodePage(TextPage):
    """Takes a code, shown in groups."""

    @property
    def rows(self) -> Sequence[str]:
        """Digits above letters, each row without what no code has."""
        rows = ("1234567890", *(row.upper() for row in ROWS))
        return ["".join(filter(self.question.letters.__contains__, row)) for row in rows]

    @property
    def alphabet(self) -> str:
        """The characters in the order of the alphabet."""
        return str(self.question.letters)

    @property
    def decoder(self) -> Pinyin | None:
        """Letters are no pinyin here."""
        return None

    @property
    def complete(self) -> bool:
        """Whether the code is whole."""
        return bool(len(self.entered) == self.question.longest)

    def shown(self) -> str:
        """Return the code in groups."""
        return " ".join(grouped(self.entered, (GROUP,) * self.question.longest))
