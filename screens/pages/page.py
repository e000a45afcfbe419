"""What all pages share: where they stand, their heading, their buttons, and turning over what does not fit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kivy.uix.widget import Widget

from kiosk.dialogue.preferences import Preferences
from kiosk.dialogue.questions import Question
from kiosk.dialogue.words import _
from screens.theme.box import Box
from screens.theme.tokens import Size, Theme
from screens.theme.wrapping import lines_of
from screens.widgets.controls import PushButton, TextBlock, needed_width

Answer = Callable[[Any], None]


@dataclass(frozen=True)
class PageContext:
    """Where a page may draw, and what it can ask for.

    A compact panel has no room for a title in the ``body``: it has a ``head``. ``prefer`` requests other
    preferences; ``pressed`` receives each key, and ``entered`` how many digits of a masked entry are there.
    ``holds_card`` is True while a card is in the reader.
    """

    body: Box
    head: Box | None = None
    prefer: Callable[[Preferences], None] = lambda _manner: None
    pressed: Callable[[], None] = lambda: None
    entered: Callable[[int], None] = lambda _count: None
    holds_card: bool = True


@dataclass(frozen=True)
class Action:
    """A button at the foot of a page."""

    text: str
    press: Callable[[], None]
    kind: str = "plain"
    icon: str = ""


class Page(Widget):
    """A screen. Subclasses ``fill`` it; it is filled again on each turn of the page."""

    actions_always = False
    """Whether the actions stand beside every page of a compact panel, not only beside the last."""

    def __init__(self, theme: Theme, question: Question, stage: PageContext, answer: Answer) -> None:
        super().__init__(size_hint=(None, None))
        self.theme, self.stage, self.answer = theme, stage, answer
        # Each page knows the kind of its question, which frame.PAGES pairs it with.
        self.question: Any = question
        self.turned, self.pages = 0, 1
        self._kept: dict[str, Sequence[Widget]] = {}
        self.begin()
        self.draw()

    def begin(self) -> None:
        """Prepare what the page keeps while it is shown."""

    def draw(self) -> None:
        """Fill the page with what belongs on it now."""
        self.clear_widgets()
        self.fill()

    def fill(self) -> None:
        """Add what this question needs."""

    def leave(self) -> None:
        """Forget everything, and stop what is going on: the page leaves the window."""
        self.clear_widgets()
        self._kept.clear()

    def typed(self) -> Any:
        """Hand over what was typed so far, for the page that takes the place of this one."""
        return None

    def resume(self, typed: Any) -> None:
        """Go on with what was typed on the page that this one takes the place of."""

    # Pieces of a page.

    @property
    def box(self) -> Box:
        """The body within its margins."""
        theme = self.theme
        return self.stage.body.inset(theme.margin, 0 if theme.compact else theme.space)

    def words(self, text: str, width: float, **how: Any) -> TextBlock:
        """Add ``text``; the caller puts it in its place."""
        words = TextBlock(self.theme, text, width, **how)
        self.add_widget(words)
        return words

    def heading(self, box: Box, title: str, text: str = "") -> Box:
        """Draw title and text at the top and return the box below them."""
        theme, palette = self.theme, self.theme.palette
        if self.stage.head:
            box = self._heading_in_head(self.stage.head, box, title)
        else:
            words = self.words(title, box.width, size=Size.TITLE, bold=True).put_at_top(box)
            box = box.cut_top(words.height, theme.mm(1) if text else theme.space)[1]
        if text:
            words = self.words(text, box.width, colour=palette.soft).put_at_top(box)
            box = box.cut_top(words.height, theme.space)[1]
        return box

    def title_lines(self) -> int:
        """Return how many lines the title needs in a compact head."""
        em = self.theme.type_size(Size.TITLE)
        return len(lines_of(self.theme.say(self.question.title), self._title_width, em, bold=True))

    @property
    def _title_width(self) -> float:
        """A title of one line stands in the head; one of more stands above the content."""
        assert self.stage.head
        head = self.stage.head.width - needed_width(self.theme, "0/00 ", Size.BODY)
        if needed_width(self.theme, self.question.title, Size.TITLE, bold=True) <= head:
            return head
        return min(head, self.box.width - self._side - self.theme.gap)

    def _heading_in_head(self, head: Box, box: Box, title: str) -> Box:
        """Draw the title in the head; where it needs more lines, it takes them from ``box``."""
        words = self.words(title, self._title_width, size=Size.TITLE, bold=True)
        if words.height <= head.height:
            words.put_in_middle(head, "left")
            return box
        words.put_at_top(head)
        return box.cut_top(words.height - head.height)[1]

    def button(self, action: Action, box: Box, enabled: bool = True, size: Size = Size.LABEL) -> PushButton:
        """Add the button of ``action``."""
        icon = "" if self.theme.compact and action.text else action.icon
        touch = PushButton(self.theme, action.text, box, action.kind, icon, enabled, size)
        touch.bind(on_release=lambda _: action.press())
        self.add_widget(touch)
        return touch

    def keep(self, name: str, make: Callable[[], Sequence[Widget]]) -> None:
        """Add widgets that are made once and reused whenever the page is filled."""
        if name not in self._kept:
            self._kept[name] = make()
        for widget in self._kept[name]:
            self.add_widget(widget)

    # Turning over.

    def deal(
        self,
        box: Box,
        measure: Callable[[float], Sequence[float]],
        gap: float,
        actions: Sequence[Action] = (),
    ) -> list[tuple[int, Box]]:
        """Draw the buttons and return the items of the page that is open now, each with its place.

        Items that do not fit are on further pages; then there are buttons to turn over.

        :param measure: returns the heights of all items in a given width.
        """
        on_own_page = self.theme.compact and not self.fit_aside(actions)
        for turning in (on_own_page, True):
            room = self.room(box, actions, turning)
            heights = measure(room.width)
            pages = pack(heights, room.height, gap)
            if len(pages) == 1:
                break
        if on_own_page:
            pages.append([])
        self.pages = len(pages)
        self.turned = min(self.turned, self.pages - 1)
        self.controls(box, actions, self.pages, on_own_page)
        places = []
        for item in pages[self.turned]:
            place, room = room.cut_top(heights[item], gap)
            places.append((item, place))
        return places

    def room(self, box: Box, actions: Sequence[Action], turning: bool = False) -> Box:
        """Return what the buttons leave of ``box``."""
        if self.theme.compact:
            return box.cut_right(self._side, self.theme.gap)[1] if actions or turning else box
        for height in [*self._rows(actions, box), *([self.theme.button] if turning else [])]:
            box = box.cut_foot(height, self.theme.space)[1]
        return box

    def controls(
        self, box: Box, actions: Sequence[Action], pages: int = 1, on_own_page: bool = False
    ) -> None:
        """Draw the buttons of a page that has ``pages`` pages."""
        if self.theme.compact:
            if pages > 1:
                self._count(f"{self.turned + 1}/{pages}")
            if on_own_page and self.turned == pages - 1:
                self.own_page(self.box, actions)
            else:
                self._side_buttons(actions, pages)
        else:
            box = self._foot_buttons(box, actions)
            if pages > 1:
                self._turners(box.cut_foot(self.theme.button)[0], pages)

    def turn(self, by: int) -> None:
        """Turn the page over."""
        self.turned += by
        self.draw()

    @property
    def _side(self) -> float:
        """The width of the buttons beside a compact page."""
        return self.theme.mm(46 if self.theme.manner.elder else 36)

    def fit_aside(self, actions: Sequence[Action]) -> bool:
        """Whether the actions fit beside a compact page; else they have a page of their own at its end."""
        high = (self.box.height - self.theme.gap) / 2 if len(actions) > 1 else self.box.height
        needed = [PushButton.needed_height(self.theme, action.text, self._side) for action in actions]
        return len(actions) < 3 and all(height <= high for height in needed)

    def _rows(self, actions: Sequence[Action], box: Box) -> list[float]:
        """Return the heights of the rows of actions: one row where all fit side by side."""
        if not actions:
            return []
        heights = [
            PushButton.needed_height(self.theme, a.text, self._action_width(actions, box), a.icon)
            for a in actions
        ]
        return [max(heights)] if self._beside(actions, box) else heights

    def _beside(self, actions: Sequence[Action], box: Box) -> bool:
        wide = (box.width - self.theme.gap * (len(actions) - 1)) / len(actions)
        return all(PushButton.needed_width(self.theme, a.text, a.icon) <= wide for a in actions)

    def _action_width(self, actions: Sequence[Action], box: Box) -> float:
        if not self._beside(actions, box):
            return box.width
        return min(
            self.theme.mm(150), (box.width - self.theme.gap * (len(actions) - 1)) / max(1, len(actions))
        )

    def _foot_buttons(self, box: Box, actions: Sequence[Action]) -> Box:
        if not actions:
            return box
        gap, width = self.theme.gap, self._action_width(actions, box)
        if self._beside(actions, box):
            row, box = box.cut_foot(self._rows(actions, box)[0], self.theme.space)
            used = width * len(actions) + gap * (len(actions) - 1)
            x = row.x + (row.width - used) / 2
            for action in actions:
                self.button(action, Box(x, row.y, width, row.height))
                x += width + gap
            return box
        for action, height in reversed(list(zip(actions, self._rows(actions, box), strict=True))):
            row, box = box.cut_foot(height, gap)
            self.button(action, row)
        return box.cut_foot(0, self.theme.space - gap)[1]

    def _turners(self, row: Box, pages: int) -> None:
        left, rest = row.cut_left(self.theme.mm(64))
        right, middle = rest.cut_right(self.theme.mm(64))
        self.button(self._previous, left, enabled=self.turned > 0)
        self.button(self._next, right, enabled=self.turned < pages - 1)
        where = _("第 {page} 页，共 {pages} 页", page=self.turned + 1, pages=pages)
        self.words(where, middle.width, colour=self.theme.palette.soft, align="center").put_in_middle(middle)

    def _side_buttons(self, actions: Sequence[Action], pages: int) -> None:
        """The side of a compact page has two buttons: those of the page come when all has been seen."""
        buttons = list(actions)
        if self.actions_always and pages > 1:
            buttons = [*actions, self._around(pages)]
        elif pages > 1 and self.turned < pages - 1:
            buttons = [self._previous, self._next] if self.turned else [self._next]
        elif pages > 1 and self.fit_aside([self._previous, *actions]):
            buttons = [self._previous, *actions]
        side = self.box.cut_right(self._side)[0]
        if len(buttons) == 1:
            high = max(
                PushButton.needed_height(self.theme, buttons[0].text, self._side),
                (side.height - self.theme.gap) / 2,
            )
            self.button(buttons[0], side.cut_foot(high)[0])
        elif buttons:
            for action, place in zip(buttons, side.grid(1, len(buttons), self.theme.gap), strict=True):
                self.button(action, place)

    def own_page(self, box: Box, actions: Sequence[Action]) -> None:
        """Draw the last page of a compact panel, which only has the actions."""
        for action, place in zip(actions, box.grid(1, max(2, len(actions)), self.theme.gap), strict=False):
            self.button(action, place)

    def _around(self, pages: int) -> Action:
        back = 1 - pages if self.turned == pages - 1 else 1
        return Action(_("下一页"), lambda: self.turn(back), "primary")

    def _count(self, text: str) -> None:
        assert self.stage.head
        width = needed_width(self.theme, text, Size.BODY)
        self.words(text, width, colour=self.theme.palette.soft).put_in_middle(
            self.stage.head.cut_right(width)[0]
        )

    @property
    def _previous(self) -> Action:
        return Action(_("上一页"), lambda: self.turn(-1), icon="previous")

    @property
    def _next(self) -> Action:
        kind = "primary" if self.theme.compact else "plain"
        return Action(_("下一页"), lambda: self.turn(1), kind, "next")


def pack(heights: Sequence[float], room: float, gap: float) -> list[list[int]]:
    """Return which items stand on which page: in order, as many as fit, at least one a page."""
    pages: list[list[int]] = [[]]
    left = room
    for item, height in enumerate(heights):
        if pages[-1] and height > left + 0.5:
            pages.append([])
            left = room
        pages[-1].append(item)
        left -= height + gap
    return pages
