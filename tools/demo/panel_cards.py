"""The cards that the panel offers: every file of ``hardware/simulator/cards``, with the PIN that it has now."""

from collections.abc import Mapping
from dataclasses import dataclass

from hardware.simulator.personalisation import Personalisation, load, names
from tools.demo.panel_words import CHINESE, say

INITIAL_PIN = "666666"
"""The PIN of a new card in the region of the demonstration."""

LONGEST_NAME = 4
"""Characters of a Chinese name that has room beside the Latin one."""
LONGEST_LINE = 18
"""Characters of a name that has room in a column."""


@dataclass(frozen=True)
class CardOnOffer:
    """One card."""

    name: str
    content: Personalisation

    @property
    def is_genuine(self) -> bool:
        """Whether there is a key in it to prove itself with."""
        return self.content.keys.internal != ""

    def label(self, language: int) -> str:
        """Return whose card it is."""
        if not self.content.holder:
            return say(language, "bank" if self.content.bank else "upside down")
        holder, latin = self.content.holder.name, self.name.replace("-", " ").title()
        if language == CHINESE:
            return (
                shortened(holder, LONGEST_LINE)
                if self.is_genuine
                else say(language, "counterfeit", name=holder)
            )
        return f"{latin} {holder}" if len(holder) <= LONGEST_NAME else latin

    def hint(self, language: int, now: Mapping[str, object] | None = None) -> str:
        """Return PIN and version; ``now`` is what the simulator says of the card once it was in."""
        basic = self.content.basic
        if not basic:
            return say(language, "no social security" if self.content.bank else "no contact")
        pin = str(now["pin"]) if now else self.content.pin.value
        left = now["left"] if now else self.content.pin.left
        parts = [self._pin(language, pin, locked=left == 0), say(language, "version", version=basic.version)]
        if pin == INITIAL_PIN:
            parts.append(say(language, "new"))
        return say(language, "and").join(parts)

    def _pin(self, language: int, pin: str, locked: bool) -> str:
        said = say(language, "pin", pin=pin) if pin else say(language, "no pin")
        return say(language, "locked", pin=said) if locked else said


def shortened(name: str, most: int) -> str:
    """Return a name, or its beginning if it is longer than ``most`` characters."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def cards_on_offer() -> list[CardOnOffer]:
    """Return all cards: people first, then counterfeits, the ones that are nobody's last."""
    cards = [CardOnOffer(name, load(name)) for name in names()]
    return sorted(cards, key=lambda card: (card.content.holder is None, not card.is_genuine, card.name))
