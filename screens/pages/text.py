"""The page on which Chinese is typed by pinyin, or Latin letters where there is no decoder of pinyin."""

from collections.abc import Sequence

from kiosk.dialogue.words import _
from screens.pages.entry import ERASE, EntryPage
from screens.pages.page import Action
from screens.pages.pinyin import LONGEST_PINYIN, Candidate, Pinyin, pinyin
from screens.theme.box import Box
from screens.theme.tokens import Size
from screens.theme.wrapping import line_height
from screens.widgets.controls import PushButton, needed_width, text_height

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
MORE_LETTERS, CHOOSE, LETTERS, MORE = _("更多字母"), _("选字"), _("字母"), _("更多")


class TextPage(EntryPage):
    """Takes text: letters, and the Chinese that they may mean in a strip to choose from."""

    @property
    def rows(self) -> Sequence[str]:
        """The rows of the keyboard."""
        return ROWS

    @property
    def alphabet(self) -> str:
        """The keys in their order, for a panel that has no room for a keyboard."""
        return ALPHABET

    @property
    def decoder(self) -> Pinyin | None:
        """What turns letters into Chinese, if letters may be that."""
        return pinyin()

    def begin(self) -> None:
        """Start with nothing."""
        super().begin()
        self._letters = ""
        self._candidates: list[Candidate] = []
        self._first = 0
        self._letters_page = 0
        self._choosing = False

    @property
    def complete(self) -> bool:
        """Whether there is text, and no pinyin that still has to be turned into Chinese."""
        return bool(self.shown() if self.question.takes_pinyin else self.entered and not self._letters)

    def finish(self) -> None:
        """Answer with the text, and with pinyin that counts as it is."""
        self.entered, self._letters = self.shown(), ""
        super().finish()

    def shown(self) -> str:
        """Return the text, and the pinyin after it."""
        return self.entered + self._letters

    def take(self, name: str) -> None:
        """Take a letter, or take one back."""
        if name == ERASE:
            self._erase()
        elif len(self.entered) + bool(self._letters) >= self.question.longest and not self._letters:
            return
        elif not self.decoder:
            self.entered += name.upper()
        elif len(self._letters) < LONGEST_PINYIN:
            self._letters += name
        self._search()

    def _erase(self) -> None:
        if self._letters:
            self._letters = self._letters[:-1]
        else:
            self.entered = self.entered[:-1]

    def _search(self) -> None:
        decoder = self.decoder
        self._candidates = decoder.candidates(self._letters) if decoder and self._letters else []
        self._first, self._choosing = 0, self._choosing and bool(self._candidates)

    def _choose(self, candidate: Candidate) -> None:
        self.entered = (self.entered + candidate.text)[: self.question.longest]
        self._letters = self._letters[candidate.letters :]
        self._search()
        self.draw()

    # Roomy panels: heading, field with its buttons, strip, keyboard.

    def fill(self) -> None:
        """Lay out field, strip and keys."""
        if self.theme.compact:
            self.fill_compact()
            return
        theme, box = self.theme, self.box
        box = self._words_above(box)
        keyboard, box = box.cut_foot(self._keyboard_height, theme.space)
        if not theme.landscape:
            box = box.cut_foot(theme.button + theme.touch + theme.space)[0]
        row, box = box.cut_top(theme.button, theme.space)
        field, erase, enter = row.columns([4.4, 2, 1.6], theme.gap)
        self.field(field)
        self.button(Action(ERASE, lambda: self.press(ERASE), icon="erase"), erase, enabled=bool(self.shown()))
        self.button(self.enter, enter, enabled=self.complete)
        if self.decoder:
            self._strip(box.cut_top(theme.touch)[0])
        self.keep("keyboard", lambda: self._keyboard(keyboard))

    def _words_above(self, box: Box) -> Box:
        """Say what is asked for, and where the panel is low only what there is room for."""
        theme = self.theme
        if not theme.landscape:
            return self.problem(self.heading(box, self.question.title, self.question.text))
        below = self._keyboard_height + theme.button + theme.touch + 3 * theme.space
        title = line_height(theme.type_size(Size.TITLE), bold=True)
        said = self.question.problem or self.question.text
        room = box.height - below - title - theme.space
        return self.heading(
            box, self.question.title, said if text_height(theme, said, box.width) <= room else ""
        )

    @property
    def _key_height(self) -> float:
        return self.theme.touch if self.theme.landscape else self.theme.mm(30)

    @property
    def _keyboard_height(self) -> float:
        return len(self.rows) * self._key_height + (len(self.rows) - 1) * self.theme.gap

    def _strip(self, box: Box) -> None:
        """Draw as many candidates as fit, and buttons for those before and after them."""
        if not self._candidates:
            hint = _("请点下面的字母拼出拼音，再点上面的字")
            self.words(hint, box.width, colour=self.theme.palette.soft).put_in_middle(box, "left")
            return
        turners, strip = box.cut_right(2 * self.theme.touch + self.theme.gap, self.theme.gap)
        shown = self._draw_candidates(strip)
        before, after = turners.grid(2, 1, self.theme.gap)
        last = self._first + shown
        self.button(Action("", lambda: self._show_from(0), icon="previous"), before, enabled=self._first > 0)
        more = last < len(self._candidates)
        self.button(Action("", lambda: self._show_from(last), icon="next"), after, enabled=more)

    def _draw_candidates(self, strip: Box) -> int:
        shown = 0
        for candidate in self._candidates[self._first :]:
            width = max(
                self.theme.touch,
                needed_width(self.theme, candidate.text, Size.LABEL, True) + self.theme.mm(6),
            )
            if width > strip.width and shown:
                break
            cell, strip = strip.cut_left(min(width, strip.width), self.theme.gap)
            self._candidate(candidate, cell)
            shown += 1
        return shown

    def _candidate(self, candidate: Candidate, cell: Box) -> None:
        self.button(Action(candidate.text, lambda: self._choose(candidate)), cell)

    def _show_from(self, first: int) -> None:
        self._first = first
        self.draw()

    def _keyboard(self, box: Box) -> list[PushButton]:
        theme, height = self.theme, self._key_height
        longest = max(map(len, self.rows))
        width = min((box.width - (longest - 1) * theme.gap) / longest, theme.mm(34))
        keys: list[PushButton] = []
        top = box.top
        for row in self.rows:
            used = width * len(row) + theme.gap * (len(row) - 1)
            cells = Box(box.x + (box.width - used) / 2, top - height, used, height)
            keys += map(self._letter, row, cells.grid(len(row), 1, theme.gap))
            top -= height + theme.gap
        return keys

    def _letter(self, letter: str, cell: Box) -> PushButton:
        key = PushButton(self.theme, letter.upper(), cell, size=Size.LABEL)
        key.bind(on_release=lambda _: self.press(letter))
        return key

    # Compact panels: letters and candidates take turns in one grid.

    def fill_compact_keys(self) -> None:
        """Lay out what the grid holds now."""
        cells = self._cells()
        if self._choosing:
            self._compact_candidates(cells)
        else:
            self._compact_letters(cells)

    def _cells(self) -> list[Box]:
        theme, box = self.theme, self.box
        columns = int((box.width + theme.gap + 1) / (theme.key_width + theme.gap))
        rows = int((box.height + theme.gap + 1) / (theme.touch + theme.gap))
        return box.grid(columns, rows, theme.gap)

    def _compact_letters(self, cells: Sequence[Box]) -> None:
        room = len(cells) - 4
        first = self._letters_page * room
        for letter, cell in zip(self.alphabet[first : first + room], cells, strict=False):
            self.add_widget(self._letter(letter, cell))
        self.button(Action(MORE, self._turn_letters), cells[-4])
        if self.decoder:
            self.button(Action(CHOOSE, self._start_choosing), cells[-3], enabled=bool(self._candidates))
        self.button(
            Action("", lambda: self.press(ERASE), icon="erase"), cells[-2], enabled=bool(self.shown())
        )
        self.button(self.enter, cells[-1], enabled=self.complete)

    def _turn_letters(self) -> None:
        pages = -(-len(self.alphabet) // (len(self._cells()) - 4))
        self._letters_page = (self._letters_page + 1) % pages
        self.draw()

    def _start_choosing(self) -> None:
        self._choosing = True
        self.draw()

    def _compact_candidates(self, cells: Sequence[Box]) -> None:
        room = len(cells) - 2
        shown = self._candidates[self._first : self._first + room]
        for candidate, cell in zip(shown, cells, strict=False):
            self._candidate(candidate, cell)
        last = self._first + room
        self.button(Action(LETTERS, self._stop_choosing), cells[-2])
        self.button(
            Action(MORE, lambda: self._show_from(last if last < len(self._candidates) else 0)), cells[-1]
        )

    def _stop_choosing(self) -> None:
        self._choosing = False
        self.draw()

    # What is kept while the page stays, and wiped when it leaves.

    def typed(self) -> tuple[str, str]:
        """Hand over text and pinyin."""
        return self.entered, self._letters

    def resume(self, typed: tuple[str, str]) -> None:
        """Go on with text and pinyin."""
        self.entered, self._letters = typed
        self._search()
        self.draw()

    def leave(self) -> None:
        """Forget what was typed."""
        self._letters, self._candidates = "", []
        super().leave()
