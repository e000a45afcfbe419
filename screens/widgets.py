"""The few widgets that every screen is made of."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, OptionProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label

from kiosk.dialogue import Question
from screens import theme

# Kivy's rules need the class that they draw a picture with.
from screens.drawing import Drawing  # noqa: F401

Answer = Callable[[Any], None]


class Words(Label):
    """Text that wraps in its width and is as high as it needs."""


class Touch(ButtonBehavior, Label):
    """A button; one ``primary`` a screen, ``plain`` for the rest."""

    kind = OptionProperty("plain", options=("primary", "plain"))

    @staticmethod
    def fill(kind: str, state: str, disabled: bool) -> list[float]:
        """Return the colour of the button's face."""
        if disabled:
            return theme.GROUND
        if kind == "primary":
            return theme.PRIMARY_PRESSED if state == "down" else theme.PRIMARY
        return theme.PRESSED if state == "down" else theme.PAPER


class OptionTile(ButtonBehavior, BoxLayout):
    """One thing to choose, with a hint below its name."""

    label = StringProperty()
    hint = StringProperty()
    compact = BooleanProperty(False)


class Page(BoxLayout):
    """A screen: drawing, title, text, content, and actions at its foot. Subclasses fill in ``content`` and actions."""

    title = StringProperty()
    text = StringProperty()
    picture = StringProperty()
    align = StringProperty("left")
    question = ObjectProperty()

    def __init__(self, question: Question, answer: Answer) -> None:
        super().__init__(
            question=question,
            title=question.title,
            text=question.text,
            picture=getattr(question, "picture", ""),
        )
        self.answer = answer
        self.fill()

    def fill(self) -> None:
        """Add what this question needs below its text."""

    def add_action(self, text: str, value: Any, kind: str = "plain") -> None:
        """Add a button at the foot of the page that answers ``value``."""
        button = Touch(text=text, kind=kind)
        button.bind(on_release=lambda _: self.answer(value))
        self.ids.actions.add_widget(button)


def load_rules(name: str) -> None:
    """Load the Kivy rules ``screens/name.kv``; each file once, or its rules apply twice."""
    Builder.load_file(str(Path(__file__).with_name(f"{name}.kv")))


load_rules("widgets")
