"""How long the kiosk waits for people."""

from dataclasses import dataclass, replace

from kiosk.dialogue.preferences import Preferences


@dataclass(frozen=True)
class Timeouts:
    """How long the kiosk waits, in seconds; ``rest`` until it speaks in the usual manner to the next citizen."""

    answer: float = 90
    still_there: int = 30
    linger: float = 12
    rest: float = 60

    def adjusted_for(self, manner: Preferences) -> "Timeouts":
        """Return the patience with somebody spoken to in ``manner``: elders have twice the time for everything."""
        if not manner.elder:
            return self
        return replace(self, answer=2 * self.answer, still_there=2 * self.still_there, linger=2 * self.linger)
