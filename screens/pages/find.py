"""The page on which one of hundreds of things is found: by its group, or by typing its first letters."""

from collections.abc import Sequence
from dataclasses import replace

from kiosk.dialogue.questions import NotListed, Option
from kiosk.dialogue.words import _
from kiosk.menu.finding import find
from screens.pages.entry import ERASE, EntryPage
from screens.pages.page import Action
from screens.theme.box import Box
from screens.theme.tokens import Size
from screens.widgets.controls import Control, PushButton, Tile

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
LONGEST = 24
"""Letters that are taken."""
CLEAR, MORE_LETTERS = _("清除"), _("更多")
ALL_GROUPS, LOOK_FOR = _("全部分类"), _("查找")


class FindPage(EntryPage):
    """Lists what the letters that were typed may mean; the list and the keys stand on the page together.

    A compact panel has room for one of them: there they take turns.
    """

    actions_always = True

    def begin(self) -> None:
        """Start with the groups, or with everything."""
        super().begin()
        self._group = ""
        self._typing = False
        self._letters_page = 0
        self._heights_of: tuple[object, list[float]] = (None, [])

    def fill(self) -> None:
        """Lay out the list and the keys."""
        self._options = self._listed()
        if self.theme.compact:
            self._fill_compact()
            return
        box = self.heading(self.box, self.question.title, self.question.text)
        field, box = box.cut_top(self.theme.button, self.theme.space)
        self._field_with_its_buttons(field)
        keys, box = self._cut_keys(box)
        self.keep("keys", lambda: self._keys(keys))
        self._list(box)

    # What is listed.

    def _listed(self) -> tuple[Option, ...]:
        """Return what the list shows now: groups, the options of one, or what was found."""
        if self.entered:
            return find(self.question.options, self.entered)
        if self._group:
            keys = dict(self.question.groups)[self._group]
            return tuple(option for option in self.question.options if option.key in keys)
        if self.question.groups:
            return tuple(
                Option(title, title, _("{count} 项", count=len(keys))) for title, keys in self.question.groups
            )
        return tuple(self.question.options)

    @property
    def _shows_groups(self) -> bool:
        return bool(self.question.groups) and not self.entered and not self._group

    def _list(self, box: Box) -> None:
        options = self._options
        if not options:
            box = self._nothing_found(box)
        room = self.room(box, self._actions, turning=True)

        def measure(width: float) -> list[float]:
            return self._heights(options, width)

        for place, cell in self.deal(box, measure, self.theme.gap, self._actions):
            self._tile(options[place], cell.cut_top(min(cell.height, room.height))[0])

    def _nothing_found(self, box: Box) -> Box:
        width = self.room(box, self._actions).width
        words = self.words(_("没有找到。请换一个说法，或者少打几个字母。"), width).put_at_top(box)
        return box.cut_top(words.height, self.theme.space)[1]

    def _heights(self, options: Sequence[Option], width: float) -> list[float]:
        """Return the heights of the tiles; they are measured once for a list, not each time that it is turned over."""
        measured = (options, width)
        if self._heights_of[0] != measured:
            hints = not self.theme.compact
            self._heights_of = (
                measured,
                [Tile.needed_height(self.theme, each, width, hints) for each in options],
            )
        return self._heights_of[1]

    def _tile(self, option: Option, box: Box) -> None:
        shown = self._cut_to_page(option, box)
        tile = Tile(self.theme, shown, box, not self.theme.compact, not option.unavailable_reason)
        tile.bind(on_release=lambda _: self._touched(option.key))
        self.add_widget(tile)

    def _cut_to_page(self, option: Option, box: Box) -> Option:
        """Return ``option`` with as much of its label as the smallest panel has room for; what it leads to says all."""
        label = self.theme.say(option.label)
        while len(label) > 1 and Tile.needed_height(self.theme, option, box.width, False) > box.height + 1:
            label = label.rstrip("…")[:-1] + "…"
            option = replace(option, label=label)
        return option

    def _touched(self, key: str) -> None:
        if self._shows_groups:
            self._open(key)
        else:
            self.answer(key)

    def _open(self, group: str) -> None:
        self._group, self.turned = group, 0
        self.draw()

    @property
    def _actions(self) -> list[Action]:
        """What can be done beside choosing from the list."""
        if self.question.missing and not self._options:
            return [Action(self.question.missing, lambda: self.answer(NotListed(self.entered)))]
        if self._group and not self.entered:
            return [Action(ALL_GROUPS, lambda: self._open(""), icon="previous")]
        return [Action(LOOK_FOR, self._type, icon="search")] if self.theme.compact else []

    # The keys.

    def take(self, name: str) -> None:
        """Take a letter, or take one back."""
        self.entered = self.entered[:-1] if name == ERASE else (self.entered + name)[:LONGEST]
        self.turned = 0

    def shown(self) -> str:
        """Return the letters."""
        return self.entered.upper()

    def _clear(self) -> None:
        self.entered, self._group, self.turned = "", "", 0
        self.draw()

    def _field_with_its_buttons(self, box: Box) -> None:
        field, erase, clear = box.columns([4, 2, 2], self.theme.gap)
        self.field(field)
        typed = bool(self.entered)
        self.button(Action(ERASE, lambda: self.press(ERASE), icon="erase"), erase, enabled=typed)
        self.button(Action(CLEAR, self._clear), clear, enabled=typed)

    def _cut_keys(self, box: Box) -> tuple[Box, Box]:
        """Return the box of the keys, at the foot or on the left, and what is left."""
        theme = self.theme
        if theme.landscape:
            return box.cut_left(box.width * 0.44, theme.space)
        return box.cut_foot(3 * self._key_height + 2 * theme.gap, theme.space)

    @property
    def _key_height(self) -> float:
        return self.theme.touch if self.theme.landscape else self.theme.mm(26)

    def _keys(self, box: Box) -> list[Control]:
        return self._alphabet(box) if self.theme.landscape else self._keyboard(box)

    def _alphabet(self, box: Box) -> list[Control]:
        columns = int((box.width + self.theme.gap) / (self.theme.touch + self.theme.gap))
        rows = -(-len(ALPHABET) // columns)
        height = rows * self._key_height + (rows - 1) * self.theme.gap
        cells = box.cut_top(height)[0].grid(columns, rows, self.theme.gap)
        return [self._letter(letter, cell) for letter, cell in zip(ALPHABET, cells, strict=False)]

    def _keyboard(self, box: Box) -> list[Control]:
        width = (box.width - 9 * self.theme.gap) / 10
        keys: list[Control] = []
        for row, band in zip(ROWS, box.grid(1, len(ROWS), self.theme.gap), strict=True):
            used = width * len(row) + self.theme.gap * (len(row) - 1)
            line = Box(band.x + (band.width - used) / 2, band.y, used, band.height)
            keys += map(self._letter, row, line.grid(len(row), 1, self.theme.gap))
        return keys

    def _letter(self, letter: str, cell: Box) -> PushButton:
        key = PushButton(self.theme, letter.upper(), cell, size=Size.LABEL)
        key.bind(on_release=lambda _: self.press(letter))
        return key

    # Compact panels: the list and the keys take turns.

    def _fill_compact(self) -> None:
        assert self.stage.head
        if self._typing:
            self.field(self.stage.head)
            self._compact_keys()
        else:
            title = self.question.title if self.title_lines() == 1 else LOOK_FOR
            self._list(self.heading(self.box, title))

    def _type(self) -> None:
        self._typing, self._letters_page = True, 0
        self.draw()

    def finish(self) -> None:
        """Show what was found."""
        self._typing = False
        self.draw()

    def _compact_keys(self) -> None:
        theme, box = self.theme, self.box
        columns = int((box.width + theme.gap + 1) / (theme.key_width + theme.gap))
        rows = int((box.height + theme.gap + 1) / (theme.touch + theme.gap))
        cells = box.grid(columns, rows, theme.gap)
        room = len(cells) - 3
        first = self._letters_page * room
        for letter, cell in zip(ALPHABET[first : first + room], cells, strict=False):
            self.add_widget(self._letter(letter, cell))
        self.button(Action(MORE_LETTERS, lambda: self._turn_letters(room)), cells[-3])
        self.button(
            Action("", lambda: self.press(ERASE), icon="erase"), cells[-2], enabled=bool(self.entered)
        )
        self.button(self.enter, cells[-1])

    def _turn_letters(self, room: int) -> None:
        self._letters_page = (self._letters_page + 1) % -(-len(ALPHABET) // room)
        self.draw()

    # What is kept while the page stays.

    def typed(self) -> tuple[str, str]:
        """Hand over letters and group."""
        return self.entered, self._group

    def resume(self, typed: tuple[str, str]) -> None:
        """Go on with letters and group."""
        self.entered, self._group = typed
        self.draw()
