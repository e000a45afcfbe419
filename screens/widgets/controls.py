"""The few widgets that every screen is made of; each is given its theme and its box."""

from dataclasses import replace
from typing import Any

from kivy.core.text import Label as TextImage
from kivy.graphics import Color, Rectangle, RoundedRectangle, SmoothLine
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.widget import Widget

from kiosk.dialogue.questions import Option
from kiosk.dialogue.words import _
from screens.theme.box import Box
from screens.theme.palette import Colour
from screens.theme.tokens import Size, Theme
from screens.theme.wrapping import LINE_HEIGHT, balanced, line_height, lines_of, width_of
from screens.widgets.icons import Icon

INSIDE_MM = 1.5
"""Between a button's edge and its words."""

CORNER = 5
"""A round corner of a control has so many straight parts."""

TILE_PAD_MM, COMPACT_PAD_MM = 5, 2
"""Between a tile's edge and its words."""

SIGN_MM, SIGN_ELDER_MM, SIGN_GAP_MM, CHEVRON_MM = 24, 26, 5, 9


class TextBlock(Widget):
    """Text broken into lines of ``width``, and as high as it needs; ``text`` is what it says in one line."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        width: float,
        size: Size = Size.BODY,
        colour: Colour | None = None,
        bold: bool = False,
        align: str = "left",
    ) -> None:
        super().__init__(size_hint=(None, None))
        self.text, self.font_size, self.bold = theme.say(text), theme.type_size(size), bold
        broken = balanced if align == "center" else lines_of
        self.lines = broken(self.text, width, self.font_size, bold)
        label = TextImage(
            text="\n".join(self.lines) or " ",
            font_size=self.font_size,
            bold=bold,
            halign=align,
            line_height=LINE_HEIGHT,
        )
        label.refresh()
        self.size = label.texture.size
        with self.canvas:
            self._colour = Color(*(colour or theme.palette.ink))
            self._picture = Rectangle(texture=label.texture, size=self.size)

    @property
    def colour(self) -> Colour:
        """The colour of the letters."""
        return tuple(self._colour.rgba)

    def paint(self, colour: Colour) -> None:
        """Draw the letters in another colour."""
        self._colour.rgba = colour

    def put(self, x: float, y: float) -> "TextBlock":
        """Stand with the lower left corner at a whole pixel, where letters are sharp."""
        self.pos = self._picture.pos = round(x), round(y)
        return self

    def put_at_top(self, box: Box, align: str = "left") -> "TextBlock":
        """Stand at the top of ``box``."""
        x = box.x if align == "left" else box.x + (box.width - self.width) / 2
        return self.put(x, box.top - self.height)

    def put_in_middle(self, box: Box, align: str = "center") -> "TextBlock":
        """Stand half way up ``box``."""
        return self.put_at_top(box.middle(self.height), align)


def text_height(theme: Theme, text: str, width: float, size: Size = Size.BODY, bold: bool = False) -> float:
    """Return the height of ``text`` broken into lines of ``width``; nothing for no text."""
    if not text:
        return 0
    em = theme.type_size(size)
    return len(lines_of(theme.say(text), width, em, bold)) * line_height(em, bold)


def needed_width(theme: Theme, text: str, size: Size, bold: bool = False) -> float:
    """Return the width that ``text`` needs to stand on one line."""
    return width_of(theme.say(text), theme.type_size(size), bold) + 2


class Ground(Widget):
    """A coloured rectangle behind others, with round corners where ``radius`` is given."""

    def __init__(self, box: Box, colour: Colour, radius: float = 0, edge: Colour | None = None) -> None:
        super().__init__(pos=(box.x, box.y), size=(box.width, box.height), size_hint=(None, None))
        with self.canvas:
            if edge:
                Color(*edge)
                RoundedRectangle(pos=self.pos, size=self.size, radius=[radius])
                box = box.inset(2)
            Color(*colour)
            if radius:
                RoundedRectangle(pos=(box.x, box.y), size=(box.width, box.height), radius=[radius])
            else:
                Rectangle(pos=self.pos, size=self.size)


class Control(ButtonBehavior, Widget):
    """What can be touched: an outlined face that changes colour in the frame of the touch."""

    def __init__(self, theme: Theme, box: Box, kind: str = "plain", enabled: bool = True) -> None:
        super().__init__(
            pos=(box.x, box.y), size=(box.width, box.height), size_hint=(None, None), disabled=not enabled
        )
        self.theme, self.kind, self.box = theme, kind, box
        half = theme.edge / 2
        middle = box.inset(half)
        place, size, radius = (middle.x, middle.y), (middle.width, middle.height), theme.radius - half
        # The edge is a line, not a second face below the first: each pixel that is painted twice costs time.
        with self.canvas:
            self._face = Color()
            RoundedRectangle(pos=place, size=size, radius=[radius], segments=CORNER)
            self._edge = Color()
            SmoothLine(rounded_rectangle=(*place, *size, radius, 4 * CORNER), width=half)
        self.bind(state=self.paint, disabled=self.paint)
        self.paint()

    @property
    def colours(self) -> tuple[Colour, Colour, Colour]:
        """The colours of face, edge and text as things are now."""
        p = self.theme.palette
        down = self.state == "down"
        if self.disabled:
            return p.off, p.off, p.soft
        if self.kind == "primary":
            return (p.paper, p.primary, p.primary) if down else (p.primary, p.primary, p.on_primary)
        if self.kind == "bar":
            return (p.primary if down else p.bar), p.on_bar, (p.on_primary if down else p.on_bar)
        return (p.primary, p.primary, p.on_primary) if down else (p.paper, p.primary, p.primary)

    def paint(self, *_: object) -> None:
        """Take the colours of the state."""
        self._face.rgba, self._edge.rgba, text = self.colours
        for child in self.children:
            child.paint(text)


class PushButton(Control):
    """A button: one ``primary`` a screen, ``plain`` for the rest, ``bar`` on the identity bar."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        box: Box,
        kind: str = "plain",
        icon: str = "",
        enabled: bool = True,
        size: Size = Size.LABEL,
    ) -> None:
        super().__init__(theme, box, kind, enabled)
        self.name = text
        picture = theme.type_size(size) * 1.1 if icon else 0
        gap = theme.mm(1.5) if icon and text else 0
        room = box.width - 2 * INSIDE_MM * theme.mm(1) - picture - gap
        width = 0.0
        if text:
            words = TextBlock(theme, text, room, size, bold=True, align="center")
            width = words.width
        middle = Box(
            box.x + (box.width - picture - gap - width) / 2, box.y, picture + gap + width, box.height
        )
        place, rest = middle.cut_left(picture, gap)
        if icon:
            self.add_widget(Icon(icon, place.middle(picture), theme.palette.primary))
        if text:
            self.add_widget(words.put_in_middle(rest))
        self.paint()

    @staticmethod
    def needed_width(theme: Theme, text: str, icon: str = "", size: Size = Size.LABEL) -> float:
        """Return the width in which ``text`` stands on one line."""
        picture = theme.type_size(size) * 1.1 + theme.mm(1.5) if icon else 0
        return max(theme.touch, needed_width(theme, text, size, True) + picture + theme.mm(2 * INSIDE_MM))

    @staticmethod
    def needed_height(theme: Theme, text: str, width: float, icon: str = "") -> float:
        """Return the height that the text needs, wrapped in ``width``."""
        picture = theme.type_size(Size.LABEL) * 1.1 + theme.mm(1.5) if icon else 0
        room = width - theme.mm(2 * INSIDE_MM) - picture
        return max(theme.button, text_height(theme, text, room, Size.LABEL, bold=True) + theme.mm(3))


NOT_HERE = _("不在本机办")
"""What is left of the name of a place for which a tile has no room."""


class Tile(Control):
    """One thing to choose: its sign, its name, and below it a hint, or why it cannot be chosen now."""

    def __init__(
        self, theme: Theme, option: Option, box: Box, hints: bool = True, enabled: bool = True
    ) -> None:
        super().__init__(theme, box, enabled=enabled)
        p = theme.palette
        option, hints = _what_fits(theme, option, box, hints)
        inside = box.inset(theme.mm(tile_pad_mm(theme)), 0)
        if sign := sign_side(theme, option):
            place, inside = inside.cut_left(sign, theme.mm(SIGN_GAP_MM))
            self.add_widget(Sign(theme, option, place.middle(sign), enabled))
            if enabled:
                arrow, inside = inside.cut_right(theme.mm(CHEVRON_MM), theme.mm(1))
                self.add_widget(Icon("next", arrow.middle(arrow.width), p.primary))
        self._words: list[tuple[TextBlock, Colour]] = []
        colour = p.primary if enabled else p.soft
        self._write(
            option.label, _label_size(theme, option, box, hints), colour, bold=True, width=inside.width
        )
        if small := self.below(option, hints):
            colour = p.warning if option.unavailable_reason else p.soft
            self._write(small, Size.BODY, colour, bold=False, width=inside.width)
        place = inside.middle(sum(words.height for words, _colour in self._words))
        for words, _colour in self._words:
            self.add_widget(words.put_at_top(place))
            place = place.cut_top(words.height)[1]
        self.paint()

    def _write(self, text: str, size: Size, colour: Colour, *, bold: bool, width: float) -> None:
        self._words.append((TextBlock(self.theme, text, width, size, colour, bold), colour))

    @staticmethod
    def below(option: Option, hints: bool) -> str:
        """Return what stands below the name."""
        return option.unavailable_reason or option.elsewhere or (option.hint if hints else "")

    @staticmethod
    def needed_height(
        theme: Theme, option: Option, width: float, hints: bool = True, size: Size = Size.LABEL
    ) -> float:
        """Return the height that the words need on a tile of ``width``, with its name in ``size``."""
        sign = sign_side(theme, option)
        inner = width - theme.mm(2 * tile_pad_mm(theme))
        if sign:
            inner -= sign + theme.mm(SIGN_GAP_MM + CHEVRON_MM + 1)
        words = text_height(theme, option.label, inner, size, bold=True)
        words += text_height(theme, Tile.below(option, hints), inner)
        pad = theme.mm(1 if theme.compact else 5)
        return max(theme.touch, words + pad, sign + pad if sign else 0)

    def paint(self, *_: Any) -> None:
        """Take the colours of the state; the words have colours of their own while nobody touches them."""
        self._face.rgba, self._edge.rgba, text = self.colours
        for words, colour in getattr(self, "_words", ()):
            words.paint(text if self.state == "down" else colour)


def _what_fits(theme: Theme, option: Option, box: Box, hints: bool) -> tuple[Option, bool]:
    """Return ``option`` without what there is no room for: first its hint, then the name of the place, then its sign.

    Why it cannot be chosen, and where it is done, is then told where it is introduced; here it is grey or marked.
    """
    bare = replace(option, unavailable_reason="", elsewhere=option.elsewhere and NOT_HERE)
    for less, with_hints in ((option, hints), (bare, False)):
        if Tile.needed_height(theme, less, box.width, with_hints) <= box.height + 1:
            return less, with_hints
    bare = replace(bare, icon="")
    if Tile.needed_height(theme, bare, box.width, False) > box.height + 1:
        bare = replace(bare, elsewhere="")
    return bare, False


def _label_size(theme: Theme, option: Option, box: Box, hints: bool) -> Size:
    """Return the size of the name: a long one that would not fit is written as small as the hints are."""
    fits = Tile.needed_height(theme, option, box.width, hints) <= box.height + 1
    return Size.LABEL if fits else Size.BODY


class Sign(Widget):
    """The sign of an option: its icon on a square of its group's colour."""

    def __init__(self, theme: Theme, option: Option, box: Box, enabled: bool = True) -> None:
        super().__init__(pos=(box.x, box.y), size=(box.width, box.height), size_hint=(None, None))
        p = theme.palette
        self.add_widget(Ground(box, p.hue(option.tint) if enabled else p.soft, theme.mm(4)))
        self.add_widget(Icon(option.icon, box.inset(box.width * 0.16), p.on_primary))

    def paint(self, _colour: Colour) -> None:
        """Keep its colours, whatever its tile does."""


def sign_side(theme: Theme, option: Option) -> float:
    """Return the side of an option's sign; 0 where it has none, or the panel no room for it."""
    return (
        theme.mm(SIGN_ELDER_MM if theme.manner.elder else SIGN_MM) if option.icon and not theme.compact else 0
    )


def tile_pad_mm(theme: Theme) -> float:
    """Return how far the words of a tile stand from its edge."""
    return COMPACT_PAD_MM if theme.compact else TILE_PAD_MM
