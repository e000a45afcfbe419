"""The electronic photo of a card application."""

from decimal import Decimal
from typing import Literal

import msgspec

from kiosk.rules import regions
from kiosk.rules.pack import Photo
from kiosk.rules.stated import Answer, answer, value_of
from kiosk.rules.topic import Field, Topic, number, region, whole

PhotoProblem = Literal["unspecified", "width", "height", "kilobytes"]


class PhotoCheck(msgspec.Struct, frozen=True):
    """Whether a photo can be handed in, or what is wrong with it."""

    accepted: bool
    reason: PhotoProblem | None


def photo(region: str, width: int, height: int, kilobytes: Decimal) -> Answer[PhotoCheck]:
    """Check the pixels and the file size of a photo; a limit that the source leaves open is not checked."""
    pack = regions.find(region)
    rule = pack.photo
    problem = _problem(rule, width, height, kilobytes)
    low, high = value_of(rule.kilobytes) or ("", "")
    basis = (rule.width, rule.height, rule.kilobytes) if problem != "unspecified" else (pack.silence,)
    return answer(
        PhotoCheck(problem is None, problem),
        basis,
        f"photo.{problem or 'accepted'}",
        region=pack.name,
        width=value_of(rule.width),
        height=value_of(rule.height),
        low=low,
        high=high,
    )


def _problem(rule: Photo, width: int, height: int, kilobytes: Decimal) -> PhotoProblem | None:
    wanted_width, wanted_height = value_of(rule.width), value_of(rule.height)
    if wanted_width is None or wanted_height is None:
        return "unspecified"
    if width != wanted_width:
        return "width"
    if height != wanted_height:
        return "height"
    low, high = value_of(rule.kilobytes) or (0, kilobytes)
    return None if low <= kilobytes <= high else "kilobytes"


TOPICS = (
    Topic(
        "photo",
        "Check the electronic photo of an application (电子照片)",
        (
            region,
            Field("width", whole(1, 100_000), "pixels"),
            Field("height", whole(1, 100_000), "pixels"),
            Field("kilobytes", number, "size of the file"),
        ),
        PhotoCheck,
        photo,
        {"region": "610000", "width": 358, "height": 441, "kilobytes": 45},
    ),
)
