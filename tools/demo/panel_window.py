"""The panel's window: cards, devices and paper in three columns."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any

from kivy.app import App
from kivy.clock import Clock, mainthread
from kivy.core.window import Window
from kivy.effects.scroll import ScrollEffect
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from hardware.simulator.control import ControlError, tell
from screens.theme.box import Box
from screens.theme.fonts import register_fonts
from screens.theme.tokens import Size, Theme
from screens.widgets.controls import Control, Ground, PushButton, TextBlock, text_height
from tools.demo.panel_cards import CardOnOffer, cards_on_offer
from tools.demo.panel_documents import Document, code_picture, e_cards_on_offer, id_cards_on_offer
from tools.demo.panel_paper import Paper
from tools.demo.panel_state import DEMO, FACE, ID_READER, PRINTER, READER, State, look, printer_words
from tools.demo.panel_words import language_of, say
from tools.inspected_window import serve_peephole

LOOK_EVERY = 0.1
"""Seconds between two looks at the devices."""

IN_PRINT_MM = 40
"""So far the next print comes."""

Order = tuple[str, tuple[str, ...]]
"""A control socket, and words for it."""

IN_PRINT: dict[str, tuple[str, ...]] = {
    "cover opens": ("cover", "open"),
    "paper ends": ("paper", "out"),
    "power fails": ("power", "off"),
    "cable falls": ("cable", "out"),
}
"""What may happen in the middle of a print."""

FACES = ("matches", "differs", "picture", "nobody")
"""Who may be before the camera."""

TABS = ("cards", "id cards", "e-cards")
"""What a citizen may show, each on a page of its own in the first column."""


class PaperView(ScrollView):
    """The paper in a frame that can be scrolled; while it grows, its end is seen."""

    def __init__(self, theme: Theme, box: Box) -> None:
        super().__init__(pos=(box.x, box.y), size=(box.width, box.height), size_hint=(None, None))
        self.bar_width, self.scroll_type = theme.mm(3), ["bars", "content"]
        # Kivy's usual spring swings up when frames take longer than 0.6 s, and throws the paper out of the frame.
        self.effect_cls, self.always_overscroll = ScrollEffect, False
        self._sheet = Widget(size_hint=(None, None))
        with self._sheet.canvas:
            Color(1, 1, 1, 1)
            self._picture = Rectangle()
        self._sheet.bind(pos=lambda _, pos: setattr(self._picture, "pos", pos))
        self.add_widget(self._sheet)

    def show(self, paper: Paper) -> None:
        """Show what is on ``paper`` now."""
        picture = paper.picture(round(self.width - self.bar_width))
        texture = Texture.create(size=picture.size, colorfmt="luminance")
        texture.blit_buffer(picture.tobytes(), colorfmt="luminance", bufferfmt="ubyte")
        texture.flip_vertical()
        self._sheet.size = self._picture.size = picture.size
        self._picture.texture = texture
        self.scroll_y = 0 if paper.growing else 1


class CodeView(Widget):
    """A QR code, as large as there is room."""

    def __init__(self, code: str, box: Box) -> None:
        side = min(box.width, box.height)
        super().__init__(pos=(box.x, box.y + box.height - side), size=(side, side), size_hint=(None, None))
        modules, dots = code_picture(code)
        texture = Texture.create(size=(modules, modules), colorfmt="luminance")
        texture.blit_buffer(dots, colorfmt="luminance", bufferfmt="ubyte")
        texture.flip_vertical()
        texture.mag_filter = "nearest"
        with self.canvas:
            Color(1, 1, 1, 1)
            Rectangle(texture=texture, pos=self.pos, size=self.size)


class CardButton(Control):
    """A card to put in: whose it is, and below it what there is to know of it."""

    def __init__(self, theme: Theme, name: str, hint: str, box: Box) -> None:
        super().__init__(theme, box)
        self.name = name
        for text, half, bold in zip((name, hint), box.grid(1, 2, 0), (True, False), strict=True):
            self.add_widget(TextBlock(theme, text, half.width, bold=bold, align="center").put_in_middle(half))
        self.paint()


class PanelApp(App):
    """The panel, redrawn whenever its content changes."""

    def __init__(self, folder: Path, theme: Theme) -> None:
        super().__init__()
        self._folder, self._theme = folder, theme
        self._gap, self._row = theme.mm(3), theme.mm(17)

    def build(self) -> Widget:
        """Divide the window."""
        register_fonts()
        self._language = language_of()
        self._message: tuple[str, dict[str, str]] = ("start", {})
        self._state, self._paper, self._cards = State(), Paper(self._folder), cards_on_offer()
        self._id_cards, self._e_cards = id_cards_on_offer(), e_cards_on_offer()
        self._tab, self._code = TABS[0], ""
        self._drawn: object = None
        inside = self._theme.window.inset(self._gap)
        self._head, rest = inside.cut_top(self._row, self._gap)
        self._foot, rest = rest.cut_foot(self._lines(2), self._gap)
        self._columns = rest.columns((1, 1, 1), 2 * self._gap)
        paper = self._columns[2].cut_top(self._lines(2), self._gap)[1].cut_foot(self._row, self._gap)[1]
        self._view = PaperView(self._theme, paper)
        self._page = Widget()
        return self._page

    def on_start(self) -> None:
        """Draw, watch the devices, and let the window be seen."""
        self._draw()
        serve_peephole(self._folder / "panel")
        Thread(target=self._watch, daemon=True).start()
        Clock.schedule_once(lambda _: Window.show())

    # What happens outside

    def _watch(self) -> None:
        done = Event()
        while True:
            state = look(self._folder)
            new = state.printer is not None and self._paper.follow(state.printer)
            self._take_notice(state, new)
            done.wait(LOOK_EVERY)

    @mainthread
    def _take_notice(self, state: State, new_paper: bool) -> None:
        self._state = state
        if new_paper:
            self._view.show(self._paper)
        self._draw()

    def _carry_out(self, label: str, orders: tuple[Order, ...]) -> None:
        try:
            for socket, words in orders:
                answer = tell(self._folder / socket, *words, timeout=30)
            if orders[-1][1][0] == "e-card":
                self._code = answer
            self._report("done", label=label)
        except (ControlError, OSError) as error:
            self._report("failed", label=label, why=str(error))

    def _keep(self, _button: object) -> None:
        try:
            self._report("saved", file=str(self._paper.keep()))
        except OSError as error:
            self._report("not saved", why=str(error))

    def _turn_language(self, _button: object) -> None:
        self._language = 1 - self._language
        self._message = ("start", {})
        self._draw()

    def _turn_to(self, tab: str) -> None:
        self._tab, self._code = tab, ""
        self._draw()

    @mainthread
    def _report(self, key: str, **values: str) -> None:
        self._message = key, values
        self._draw()

    # What is drawn

    def _say(self, key: str, **values: str) -> str:
        return say(self._language, key, **values)

    def _draw(self) -> None:
        """Draw what there is to say; not while a button is down, which would lose the tap."""
        texts = self._printer_text(), self._centre_text()
        cards = tuple((card, self._hint(card)) for card in self._cards)
        people = self._tab, self._code, self._reader_text(), self._id_reader_text(), self._camera_text()
        wanted = (
            self._language,
            self._message,
            texts,
            people,
            cards,
            self._armed(),
            self._paper.file is None,
        )
        pressed = any(isinstance(w, Control) and w.state == "down" for w in self._page.walk())
        if wanted == self._drawn or pressed:
            return
        self._drawn = wanted
        Window.set_title(self._say("title"))
        self._page.clear_widgets()
        self._page.add_widget(Ground(self._theme.window, self._theme.palette.ground))
        self._draw_edges()
        self._draw_people(self._columns[0])
        self._draw_devices(self._columns[1], *texts)
        self._draw_paper(self._columns[2])

    def _draw_edges(self) -> None:
        place, rest = self._head.cut_right(self._theme.mm(50), self._gap)
        self._button(self._say("other language"), place, self._turn_language)
        places, title = rest.cut_right(self._theme.mm(240), self._gap)
        for tab, place in zip(TABS, places.columns((1, 1, 1), self._gap), strict=True):
            self._button(self._say(tab), place, lambda _button, tab=tab: self._turn_to(tab))
        self._page.add_widget(
            TextBlock(self._theme, self._say("title"), title.width, Size.LABEL, bold=True).put_in_middle(
                title, "left"
            )
        )
        key, values = self._message
        self._page.add_widget(
            TextBlock(self._theme, self._say(key, **values), self._foot.width).put_at_top(self._foot)
        )

    def _draw_people(self, column: Box) -> None:
        draw = {"cards": self._draw_cards, "id cards": self._draw_id_cards, "e-cards": self._draw_e_cards}
        draw[self._tab](column)

    def _draw_id_cards(self, column: Box) -> None:
        rest = self._line(self._id_reader_text(), column)
        rest = self._draw_documents(rest, self._id_cards, lambda name: (ID_READER, ("put", name)))
        lift, rest = rest.cut_top(self._row, self._gap)
        self._order_button("lift", lift, ((ID_READER, ("lift",)),))
        rest = self._line(self._camera_text(), rest)
        self._two_a_row(rest, [(key, ((FACE, ("script", key)),)) for key in FACES])

    def _draw_e_cards(self, column: Box) -> None:
        rest = self._line(self._say("show"), column)
        rest = self._draw_documents(rest, self._e_cards, lambda name: (DEMO, ("e-card", name)))
        if self._code:
            self._page.add_widget(CodeView(self._code, rest))

    def _draw_documents(self, box: Box, documents: list[Document], order: Callable[[str], Order]) -> Box:
        """Draw a button for each document, two in a row; return what is left of the box."""
        rows = (len(documents) + 1) // 2
        place, rest = box.cut_top(rows * self._row + (rows - 1) * self._gap, self._gap)
        for document, cell in zip(documents, place.grid(2, rows, self._gap), strict=False):
            label = document.label(self._language)
            self._button(label, cell, self._ordering(label, (order(document.name),)))
        return rest

    def _draw_cards(self, column: Box) -> None:
        rest = self._line(self._reader_text(), column)
        people = sum(card.content.holder is not None for card in self._cards)
        *rows, others, last = rest.grid(1, people + 2, self._gap / 2)
        of_nobody = others.columns([1] * (len(self._cards) - people), self._gap)
        for card, place in zip(self._cards, [*rows, *of_nobody], strict=True):
            button = CardButton(self._theme, card.label(self._language), self._hint(card), place)
            self._add(button, self._ordering(button.name, ((READER, ("swap", card.name)),)))
        left, right = last.columns((2, 3), self._gap)
        self._order_button("remove", left, ((READER, ("remove",)),))
        self._order_button("renew", right, ((READER, ("remove",)), (READER, ("renew",))))

    def _draw_devices(self, column: Box, printer: str, centre: str) -> None:
        rest = self._line(printer, column)
        rest = self._two_a_row(rest, [(key, ((PRINTER, words),)) for key, words in self._printer_changes()])
        waiting = [self._say(key) for key, words in IN_PRINT.items() if words == self._armed()]
        rest = self._line(self._say("in print") + " ".join(waiting), rest)
        rest = self._two_a_row(rest, [(key, self._arming(words)) for key, words in IN_PRINT.items()])
        rest = self._line(centre, rest)
        key, word = ("connect", "online") if self._state.centre == "offline" else ("cut off", "offline")
        self._order_button(key, rest.cut_top(self._row)[0], ((DEMO, ("centre", word)),))

    def _draw_paper(self, column: Box) -> None:
        rest = self._line(self._say("paper"), column)
        if not self._paper.file:
            self._line(self._say("no paper"), rest)
            return
        self._page.add_widget(self._view)
        self._button(self._say("save"), column.cut_foot(self._row)[0], self._keep)

    # Pieces

    def _lines(self, count: int) -> float:
        """Return the height of so many lines."""
        return count * text_height(self._theme, "行", self._theme.window.width)

    def _line(self, text: str, box: Box) -> Box:
        """Write at the top of ``box``, in the lower of two lines if one is enough; return what is left of it."""
        place, rest = box.cut_top(self._lines(2), self._gap)
        words = TextBlock(self._theme, text, place.width, bold=True)
        self._page.add_widget(words.put(place.x, place.y))
        return rest

    def _two_a_row(self, box: Box, buttons: list[tuple[str, tuple[Order, ...]]]) -> Box:
        rows = (len(buttons) + 1) // 2
        place, rest = box.cut_top(rows * self._row + (rows - 1) * self._gap, self._gap)
        for (key, orders), cell in zip(buttons, place.grid(2, rows, self._gap), strict=False):
            self._order_button(key, cell, orders)
        return rest

    def _order_button(self, key: str, box: Box, orders: tuple[Order, ...]) -> None:
        label = self._say(key)
        self._button(label, box, self._ordering(label, orders))

    def _button(self, text: str, box: Box, press: Callable[..., Any]) -> None:
        self._add(PushButton(self._theme, text, box, size=Size.BODY), press)

    def _add(self, button: Control, press: Callable[..., Any]) -> None:
        button.bind(on_release=press)
        self._page.add_widget(button)

    def _ordering(self, label: str, orders: tuple[Order, ...]) -> Callable[..., None]:
        """Return what gives these orders at a press."""
        return lambda _button: Thread(target=self._carry_out, args=(label, orders), daemon=True).start()

    # The state in words

    def _hint(self, card: CardOnOffer) -> str:
        reader = self._state.reader
        return card.hint(self._language, reader["cards"].get(card.name) if reader else None)

    def _reader_text(self) -> str:
        reader = self._state.reader
        if not reader:
            return self._say("reader", state=self._say("no answer"))
        labels = {card.name: card.label(self._language) for card in self._cards}
        name = reader["card"]
        state = self._say("card in", name=labels[name]) if name else self._say("empty")
        return self._say("reader", state=state)

    def _id_reader_text(self) -> str:
        reader = self._state.id_reader
        labels = {card.name: card.label(self._language) for card in self._id_cards}
        if not reader:
            return self._say("id reader", state=self._say("no answer"))
        name = reader["card"]
        state = self._say("id card on it", name=labels[name]) if name else self._say("nothing on it")
        return self._say("id reader", state=state)

    def _camera_text(self) -> str:
        face = self._state.face
        return self._say("camera", state=self._say((face and face["script"]) or "no answer"))

    def _printer_text(self) -> str:
        printer = self._state.printer
        keys = printer_words(printer) if printer else ["no answer"]
        return self._say("printer", state=self._say("and").join(map(self._say, keys)))

    def _centre_text(self) -> str:
        return self._say("centre", state=self._say(self._state.centre or "no answer"))

    def _armed(self) -> tuple[str, ...]:
        """Return the words that wait for the next print."""
        armed = self._state.printer["armed"] if self._state.printer else []
        return tuple(armed[0]) if armed else ()

    def _arming(self, words: tuple[str, ...]) -> tuple[Order, ...]:
        """Return what lets ``words`` wait for the next print, or calls them off when they do."""
        waits = () if words == self._armed() else ((PRINTER, ("after", str(IN_PRINT_MM), *words)),)
        return ((PRINTER, ("disarm",)), *waits)

    def _printer_changes(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return what can be done to the printer as it is, with the words for it."""
        words = printer_words(self._state.printer) if self._state.printer else []
        return [
            ("close cover", ("cover", "closed"))
            if "cover open" in words
            else ("open cover", ("cover", "open")),
            ("put paper", ("paper", "full")) if "paper out" in words else ("take paper", ("paper", "out")),
            ("switch on", ("power", "on")) if "power off" in words else ("switch off", ("power", "off")),
            ("plug", ("cable", "in")) if "cable out" in words else ("unplug", ("cable", "out")),
            ("put paper", ("paper", "full")) if "paper low" in words else ("low paper", ("paper", "low")),
        ]
