"""Calendars of holidays that the centre published: they count beside the program's own, and before them."""

from pathlib import Path

import msgspec
import structlog

from kiosk.rules import working_days
from kiosk.rules.errors import CalendarError
from sync.protocol.feeds import CALENDAR
from sync.store.reference import ReferenceReader

log = structlog.get_logger(__name__)


class Calendars:
    """The published calendars in ``folder``; a set with a broken one is refused as a whole, and the last one stays."""

    def __init__(self, folder: Path) -> None:
        self._reader = ReferenceReader(folder)
        self._seen: dict[str, str] = {}

    def take(self) -> bool:
        """Use what was published since the last time; return whether anything changed."""
        found = self._reader.rows(CALENDAR)
        if not found or found == self._seen:
            return False
        self._seen = found
        try:
            working_days.use(working_days.read(msgspec.json.decode(value)) for value in found.values())
        except (CalendarError, msgspec.DecodeError) as error:
            log.error("calendars_refused", reason=str(error), advice="the ones used before stay in use")
            return False
        log.info("calendars_taken", years=sorted(found))
        return True
