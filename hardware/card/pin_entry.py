"""The places where a citizen types a PIN: the touch screen, or the reader's own key pad."""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from hardware.card.pin import Pin


class PinPrompt(StrEnum):
    """Which PIN the citizen is asked for."""

    CURRENT = "current"
    NEW = "new"


class PinCard(Protocol):
    """What a place of PIN entry needs of a card: :class:`hardware.card.session.CardSession` has it."""

    def verify_pin(self, pin: Pin) -> None:
        """Check the PIN."""

    def change_pin(self, old: Pin, new: Pin) -> None:
        """Replace the PIN."""

    def has_pinpad(self) -> bool:
        """Whether the reader has a pad of its own."""

    def verify_pin_on_pad(self) -> None:
        """Check the PIN that is typed on the reader's pad."""

    def change_pin_on_pad(self) -> None:
        """Replace the PIN by one that is typed on the reader's pad."""


class PinSource(Protocol):
    """Where a PIN is typed: the same calls, whether or not this program ever sees the digits."""

    def verify(self, card: PinCard) -> None:
        """Have the PIN typed, and checked by the card."""

    def change(self, card: PinCard) -> None:
        """Have the old and the new PIN typed, and changed by the card."""


class TouchPad:
    """Keys on the screen. The PINs are wiped when the card has answered.

    :param ask: asks the citizen for one PIN; for a new one it also has it typed twice and judges it.
    """

    def __init__(self, ask: Callable[[PinPrompt], Pin]) -> None:
        self._ask = ask

    def verify(self, card: PinCard) -> None:
        """Have the PIN typed, and checked by the card."""
        with self._ask(PinPrompt.CURRENT) as pin:
            card.verify_pin(pin)

    def change(self, card: PinCard) -> None:
        """Have the old and the new PIN typed, and changed by the card."""
        with self._ask(PinPrompt.CURRENT) as old, self._ask(PinPrompt.NEW) as new:
            card.change_pin(old, new)


class ReaderPad:
    """The reader's own key pad: this program never sees a digit."""

    def verify(self, card: PinCard) -> None:
        """Have the PIN typed, and checked by the card."""
        card.verify_pin_on_pad()

    def change(self, card: PinCard) -> None:
        """Have the old and the new PIN typed, and changed by the card."""
        card.change_pin_on_pad()


def pin_source(card: PinCard, ask: Callable[[PinPrompt], Pin]) -> PinSource:
    """Return the reader's pad where there is one, else the touch screen."""
    return ReaderPad() if card.has_pinpad() else TouchPad(ask)
