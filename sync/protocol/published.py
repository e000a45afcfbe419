"""The rows of the feeds that citizens read: guides, answers, outlets, notices.

A kiosk passes over what it does not know of a row, and over a row that it cannot read; the centre refuses both when
they are published. So a new field is added with a default, first at the kiosks.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from sync.protocol.messages import Identifier, RegionCode

IDENTITY_DOCUMENTS = frozenset({"有效身份证件", "代理人的有效身份证件"})
"""What may be asked of everybody (社会保险经办条例 第三十一条); any other material needs a basis."""
MOST_SENTENCES = 3
FULL_STOPS = "。？！"

Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\A[^\x00-\x1f\x7f]*\Z")]
Title = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"\A[^\x00-\x1f\x7f]*\Z")]
"""What is read in a list."""
Short = Annotated[str, Meta(min_length=1, max_length=30, pattern=r"\A[^\x00-\x1f\x7f]*\Z")]
"""What stands on one line of a page."""
Body = Annotated[str, Meta(max_length=5_000, pattern=r"\A[^\x00-\x08\x0b-\x1f\x7f]*\Z")]
Said = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\A[^\x00-\x08\x0b-\x1f\x7f]*\Z")]
Lines = Annotated[list[Line], Meta(min_length=1, max_length=20)]
Words = Annotated[list[Line], Meta(max_length=50)]
ServiceNames = Annotated[list[Identifier], Meta(max_length=10)]
Phone = Annotated[str, Meta(min_length=3, max_length=40, pattern=r"\A[0-9()（）—、 -]+\Z")]
Hours = Annotated[str, Meta(pattern=r"\A([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-4]):[0-5][0-9]\Z")]
"""A span of a day, such as 09:00-12:00."""
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]


class Material(Struct, frozen=True):
    """What has to be brought. Everything beyond an identity document names the ``basis`` on which it is asked for."""

    name: Line
    basis: Annotated[str, Meta(max_length=200)] = ""

    def __post_init__(self) -> None:
        if not self.basis and self.name not in IDENTITY_DOCUMENTS:
            raise ValueError(f"the material {self.name} has no `basis`")


class Phones(Struct, frozen=True):
    """Whom to ask, and whom to complain to; None where no source gives a number."""

    consult: Phone | None = None
    supervise: Phone | None = None


class Guide(Struct, frozen=True, kw_only=True):
    """A row of ``guides``: how something is done, in the twelve fields of a published guide (事项名称 to 声明).

    ``services`` do it, or a part of it, at this machine. ``outlet_service`` is what outlets call it. ``region`` is
    where it holds: a city's row goes before a province's, and that before one of the whole country (000000).
    """

    item: Title
    handled_by: Line
    basis: Lines
    applicants: Line
    conditions: Said
    materials: Annotated[list[Material], Meta(min_length=1, max_length=20)]
    process: Lines
    fee: Said
    time_limit: Line
    phones: Phones
    place: Said
    statement: Said
    group: Identifier
    region: RegionCode
    valid_from: date
    version: Annotated[int, Meta(ge=1, le=1_000_000)]
    services: ServiceNames = []
    outlet_service: Annotated[str, Meta(max_length=40)] = ""
    keywords: Words = []


class Answer(Struct, frozen=True, kw_only=True):
    """A row of ``answers``: a question that citizens ask, and what the law says on the day ``as_of``.

    ``superseded`` is the rule of the past, which is never shown without saying so. ``service`` is where to go on.
    """

    question: Title
    short: Said
    details: Body
    basis: Lines
    as_of: date
    group: Identifier
    region: RegionCode
    superseded: Body = ""
    service: Annotated[str, Meta(max_length=40)] = ""
    keywords: Words = []

    def __post_init__(self) -> None:
        if sum(self.short.count(stop) for stop in FULL_STOPS) > MOST_SENTENCES:
            raise ValueError(f"`short` has more than {MOST_SENTENCES} sentences")


class Opening(Struct, frozen=True, kw_only=True):
    """When an outlet is open, by weekday; a day that is not named is closed."""

    mon: Annotated[list[Hours], Meta(max_length=4)] = []
    tue: Annotated[list[Hours], Meta(max_length=4)] = []
    wed: Annotated[list[Hours], Meta(max_length=4)] = []
    thu: Annotated[list[Hours], Meta(max_length=4)] = []
    fri: Annotated[list[Hours], Meta(max_length=4)] = []
    sat: Annotated[list[Hours], Meta(max_length=4)] = []
    sun: Annotated[list[Hours], Meta(max_length=4)] = []

    def on(self, weekday: int) -> list[str]:
        """Return the spans of a weekday, 0 for Monday."""
        week = (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)
        return week[weekday]


class Outlet(Struct, frozen=True, kw_only=True):
    """A row of ``outlets``: where else things are done, and which.

    ``hours`` are the outlet's own words. ``latitude`` and ``longitude`` (degrees, WGS 84) come together.
    """

    name: Line
    region: RegionCode
    address: Line
    phone: Line | None
    hours: Line
    services: Annotated[list[Line], Meta(max_length=100)]
    district: Annotated[str, Meta(max_length=40)] = ""
    kind: Annotated[str, Meta(max_length=20)] = ""
    bank: Annotated[str, Meta(max_length=40)] = ""
    opening: Opening | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None

    def __post_init__(self) -> None:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("`latitude` and `longitude` come together")


class Notice(Struct, frozen=True, kw_only=True):
    """A row of ``notices``: at most two lines beside the services of the idle page, the highest ``priority`` first."""

    title: Short
    text: Annotated[str, Meta(max_length=30, pattern=r"\A[^\x00-\x1f\x7f]*\Z")] = ""
    priority: Annotated[int, Meta(ge=0, le=9)] = 0
    valid_from: date | None = None
    valid_until: date | None = None

    def __post_init__(self) -> None:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("`valid_until` is before `valid_from`")

    def is_valid(self, day: date) -> bool:
        """Return whether it is shown on ``day``; both ends count."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)


PUBLISHED_ROWS: dict[str, type[Guide | Answer | Outlet | Notice]] = {
    "guides": Guide,
    "answers": Answer,
    "outlets": Outlet,
    "notices": Notice,
}


def unknown_fields(written: object, read: object, path: str = "$") -> Iterator[str]:
    """Yield the paths of what is ``written`` and was not ``read``: builtins as decoded, and as the row has them."""
    if isinstance(written, dict) and isinstance(read, dict):
        for key, value in written.items():
            if key not in read:
                yield f"{path}.{key}"
            else:
                yield from unknown_fields(value, read[key], f"{path}.{key}")
    elif isinstance(written, list) and isinstance(read, list):
        for place, (ours, theirs) in enumerate(zip(written, read, strict=True)):
            yield from unknown_fields(ours, theirs, f"{path}[{place}]")
