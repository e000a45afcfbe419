"""A firmware that loses its place when it is asked for its status between two bands of a picture."""

from dataclasses import replace

from hardware.printer.profile import Profile
from hardware.simulator.printer_stream import Code, Command, DotRow, Item, RealTime

_QUESTIONS = ("DLE EOT", "GS r", "GS ( H", "GS I")


class Disturbance:
    """Spoils the next band of a picture after a question in it, where the profile's manual forbids the question."""

    def __init__(self, profile: Profile) -> None:
        self._is_touchy = not profile.status.in_pictures
        self._in_picture = self._was_asked = self._spoils = False

    def see(self, item: Item) -> Item:
        """Return the item as the printer takes it: a dot row may come out as its negative."""
        if not self._is_touchy:
            return item
        match item:
            case DotRow():
                self._in_picture = True
                return replace(item, data=bytes(byte ^ 0xFF for byte in item.data)) if self._spoils else item
            case Command(name="GS v 0"):
                self._spoils, self._was_asked = self._was_asked, False
            case Command(name=name) | RealTime(name=name) if name in _QUESTIONS:
                self._was_asked = self._in_picture
            case Command() | Code():
                self._in_picture = self._was_asked = self._spoils = False
        return item
