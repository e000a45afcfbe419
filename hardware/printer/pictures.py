"""Pictures in a job: sent whole to a printer that must not be asked anything between their bands.

Such a printer cannot say in between how far it is, and not every busy line is wired: so the host goes by what the
mechanics print at least.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from hardware.printer.profile import Profile

_BAND = b"\x1dv0"
_MM_AN_INCH = 25.4
_SURE_SHARE = 0.5
"""How much of its nominal speed a head is trusted to keep when it starts and stops."""


def pieces(commands: Sequence[bytes], *, whole_pictures: bool) -> Iterator[tuple[bytes, ...]]:
    """Yield the commands in pieces between which the printer may be asked.

    :param whole_pictures: all bands of one picture are one piece; else each command is one.
    """
    for is_picture, group in groupby(commands, key=lambda command: command.startswith(_BAND)):
        if is_picture and whole_pictures:
            yield tuple(group)
        else:
            yield from ((command,) for command in group)


class HeadPace:
    """When there is room in the printer's buffer for the next band, by the speed of its head alone.

    :param band: the first band of the picture, which tells the width of all.
    :param window: bytes that are sure to find room in a buffer that is empty when the picture begins.
    """

    def __init__(self, profile: Profile, band: bytes, window: int) -> None:
        rows_a_second = profile.mechanics.speed_mm_s * profile.paper.dpi / _MM_AN_INCH
        bytes_a_row = int.from_bytes(band[4:6], "little")
        self._bytes_a_second = _SURE_SHARE * rows_a_second * bytes_a_row
        self._window = window
        self._sent = 0
        self._begun: float | None = None

    def seconds_until_room(self, size: int, now: float) -> float:
        """Count ``size`` more bytes as sent, and return how many seconds to wait before they are."""
        begun = self._begun = now if self._begun is None else self._begun
        self._sent += size
        return max(0.0, begun + (self._sent - self._window) / self._bytes_a_second - now)
