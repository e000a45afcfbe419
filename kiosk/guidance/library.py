"""Guides, answers, outlets and notices: what the centre published last, and where it never did, what is bundled."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import TypeVar

import msgspec
import structlog

from kiosk.config import Position
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.published import PUBLISHED_ROWS, Answer, Guide, Notice, Outlet

BUNDLED = ("guides", "answers")
"""These come with the program, as the region packs do; outlets and notices are only published."""
NATIONAL = "000000"
MOST_NOTICES = 2

Row = TypeVar("Row", Guide, Answer, Outlet, Notice)
OfRegion = TypeVar("OfRegion", Guide, Answer)
Rows = Callable[[str], Mapping[str, str]]
"""Returns the rows of a feed, JSON by key; none where nothing was published yet."""

log = structlog.get_logger(__name__)


def nothing_published(_feed: str) -> Mapping[str, str]:
    """Stand for a kiosk that has heard of no feed."""
    return {}


@dataclass(frozen=True)
class Library:
    """What can be read at this kiosk. ``position`` is where it stands, None where nobody has said so."""

    rows: Rows = nothing_published
    position: Position | None = None

    def guides(self, region: str, today: date | None = None) -> dict[str, Guide]:
        """Return the guides that hold in ``region``, by key; one that begins later is not among them."""
        day = today or datetime.now(CHINA).date()
        return {
            key: guide
            for key, guide in _of_region(self._read("guides", Guide), region)
            if guide.valid_from <= day
        }

    def answers(self, region: str) -> dict[str, Answer]:
        """Return the answers that hold in ``region``, by key."""
        return dict(_of_region(self._read("answers", Answer), region))

    def outlets(self, region: str) -> dict[str, Outlet]:
        """Return the outlets in the province, the city or the district that ``region`` is, by key."""
        area = re.sub("(00)+$", "", region)
        found = self._read("outlets", Outlet)
        return {key: outlet for key, outlet in found.items() if outlet.region.startswith(area)}

    def notices(self, today: date | None = None) -> tuple[Notice, ...]:
        """Return what is said on the idle page on a day: the most important, then the newest."""
        day = today or datetime.now(CHINA).date()
        valid = [notice for notice in self._read("notices", Notice).values() if notice.is_valid(day)]
        valid.sort(key=lambda notice: (notice.priority, notice.valid_from or date.min), reverse=True)
        return tuple(valid[:MOST_NOTICES])

    def notice_lines(self, today: date | None = None) -> tuple[str, ...]:
        """Return what the idle page says in at most two lines: two titles, or the title and the text of one notice."""
        notices = self.notices(today)
        if len(notices) == 1 and notices[0].text:
            return notices[0].title, notices[0].text
        return tuple(notice.title for notice in notices)

    def _read(self, feed: str, shape: type[Row]) -> dict[str, Row]:
        """Return what was published and can be read; where that is nothing, what is bundled."""
        published = dict(_readable(feed, self.rows(feed), shape))
        return published or (bundled(feed, shape) if feed in BUNDLED else {})


def _readable(feed: str, rows: Mapping[str, str], shape: type[Row]) -> Iterator[tuple[str, Row]]:
    """Yield the rows that this program can read: one of another version's shape is passed over."""
    for key, value in rows.items():
        try:
            yield key, msgspec.json.decode(value, type=shape)
        except msgspec.DecodeError as error:
            log.warning("published_row_passed_over", feed=feed, row=key, reason=str(error))


def _of_region(rows: Mapping[str, OfRegion], region: str) -> Iterator[tuple[str, OfRegion]]:
    """Yield the rows of the region, of what it belongs to, and of the whole country, in the order of their keys."""
    lineage = (region, region[:4] + "00", region[:2] + "0000", NATIONAL)
    for key in sorted(rows):
        if rows[key].region in lineage:
            yield key, rows[key]


@cache
def bundled(feed: str, shape: type[Row]) -> dict[str, Row]:
    """Return the rows of a feed that come with the program."""
    return {key: msgspec.convert(row, shape, strict=True) for key, row in bundled_rows(feed).items()}


def bundled_rows(feed: str) -> dict[str, object]:
    """Return the same as plain values, as a file of TOML has them."""
    file = files("kiosk.rules").joinpath("content", f"{feed}.toml")
    content: dict[str, object] = tomllib.loads(file.read_text("utf-8"))
    return content


assert set(BUNDLED) < set(PUBLISHED_ROWS)
