"""What a row of each feed may look like: a kiosk takes what is signed, so what is wrong must not be published."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, BinaryIO

import msgspec
from msgspec import Meta, Struct

from central.feeds.names import public_name
from central.feeds.publishing import Change, card_value
from kiosk.rules import regions, working_days
from kiosk.rules.errors import CalendarError, PackError
from sync.protocol.cards import CardIdentity
from sync.protocol.feeds import CALENDAR, CARD_STATUS, COMMANDS, REGIONS, Command
from sync.protocol.messages import Identifier, RegionCode
from sync.protocol.published import PUBLISHED_ROWS, unknown_fields
from sync.protocol.words import SocialState

LONGEST_LINE = 1_000_000
Year = Annotated[str, Meta(pattern=r"\A[12][0-9]{3}\Z")]
PackText = Annotated[str, Meta(min_length=1, max_length=200_000)]
SHAPES: Mapping[str, tuple[Any, Any]] = {
    REGIONS: (RegionCode, PackText),
    **{feed: (Identifier, shape) for feed, shape in PUBLISHED_ROWS.items()},
    CALENDAR: (Year, dict[str, Any]),
    CARD_STATUS: (CardIdentity, SocialState),
    COMMANDS: (Identifier, Command),
}
"""The types of key and value, by feed."""


class RowError(Exception):
    """A row is not what its feed takes; the message names the line, the row and the field."""


class Line(Struct, forbid_unknown_fields=True):
    """One line of a file to publish; a ``value`` of null takes the row away."""

    key: Annotated[str, Meta(min_length=1, max_length=200)]
    value: msgspec.Raw


def read(feed: str, file: BinaryIO) -> Iterator[Change]:
    """Yield the rows of a file of lines {"key": …, "value": …}.

    :raises RowError: a row is not what ``feed`` takes.
    """
    place = 0
    while content := file.readline(LONGEST_LINE + 1):
        place += 1
        if content.strip():
            yield _row(feed, place, content)


def check_packs(rows: Mapping[str, str]) -> None:
    """Check the region packs as every kiosk will: all together, beside those that came with the program.

    :param rows: codes, and TOML texts as JSON.
    :raises RowError: a pack is broken, and kiosks would refuse them all.
    """
    with TemporaryDirectory() as name:
        packs = {code: Path(name, f"{code}.toml") for code in rows}
        for code, value in rows.items():
            packs[code].write_text(msgspec.json.decode(value, type=str), "utf-8")
        try:
            regions.use(packs)
        except PackError as error:
            raise RowError(
                f"row {error.file.removesuffix('.toml')}: {error}; nothing was published"
            ) from error
        finally:
            regions.use({})


def _row(feed: str, place: int, content: bytes) -> Change:
    where = f"line {place}"
    try:
        if len(content) > LONGEST_LINE:
            raise msgspec.ValidationError(f"longer than {LONGEST_LINE:,} bytes")
        line = msgspec.json.decode(content, type=Line)
        where += f", row {line.key}"
        of_key, of_value = SHAPES[public_name(feed)]
        row = msgspec.convert(line.key, of_key), _value(feed, bytes(line.value), of_value)
        if feed == CALENDAR:
            _check_calendar(*row)
        return row
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, CalendarError) as error:
        raise RowError(f"{where}: {error}; nothing was published") from error


def _value(feed: str, content: bytes, of_value: Any) -> str | None:
    if content == b"null" and feed != CARD_STATUS:
        return None
    value = msgspec.json.decode(content, type=of_value)
    if feed in PUBLISHED_ROWS:
        _require_known_fields(content, value)
    return card_value(value) if feed == CARD_STATUS else content.decode()


def _require_known_fields(content: bytes, value: Any) -> None:
    """Refuse what kiosks would pass over: it is a slip of the pen here.

    :raises ValidationError: naming the first field that the row has not.
    """
    for path in unknown_fields(msgspec.json.decode(content), msgspec.to_builtins(value)):
        raise msgspec.ValidationError(f"there is no field `{path}`")


def _check_calendar(year: str, value: str | None) -> None:
    if value is None:
        return
    calendar = working_days.read(msgspec.json.decode(value))
    if str(calendar.year) != year:
        raise CalendarError(calendar.year, "year", f"the row's key says {year}")
