"""How long the kiosk waits for people."""

from dataclasses import dataclass, replace

from kiosk.dialogue.preferences import Preferences


@dataclass(frozen=True)
class Timeouts:
    """How long the kiosk waits, in seconds.

    ``rest`` until it speaks in the usual manner to the next citizen, ``left`` until a card or an ID card that was not
    taken back raises the alarm.
    """

    answer: float = 90
    still_there: int = 30
    linger: float = 12
    rest: float = 60
    left: float = 30

    def adjusted_for(self, manner: Preferences) -> "Timeouts":
        """Return the patience with somebody spoken to in ``manner``: elders have twice the time for everything."""
        if not manner.elder:
            return self
        doubled = {name: 2 * getattr(self, name) for name in ("answer", "still_there", "linger", "left")}
        return replace(self, **doubled)
