"""Which outlet is near, and when it is open: pure, from its row and the clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import asin, cos, radians, sin, sqrt

from kiosk.config import Position
from kiosk.dialogue.words import TranslatableText, _
from sync.protocol.published import Outlet

EARTH_KM = 6371.0


@dataclass(frozen=True)
class NearbyOutlet:
    """An outlet and how far it is in a straight line; None where that cannot be known."""

    key: str
    outlet: Outlet
    kilometres: float | None


def nearest(outlets: Mapping[str, Outlet], here: Position | None) -> list[NearbyOutlet]:
    """Return the outlets, the nearest first, and those whose distance is unknown last, by their names."""
    found = [NearbyOutlet(key, outlet, _kilometres(outlet, here)) for key, outlet in outlets.items()]
    return sorted(found, key=lambda each: (each.kilometres is None, each.kilometres or 0, each.outlet.name))


def doing(outlets: Mapping[str, Outlet], service: str) -> dict[str, Outlet]:
    """Return the outlets that do ``service``, in the words of their rows."""
    return {key: outlet for key, outlet in outlets.items() if service in outlet.services}


def services_of(outlets: Iterable[Outlet]) -> list[str]:
    """Return what is done at any of ``outlets``, the most offered first."""
    offered = [service for outlet in outlets for service in outlet.services]
    return sorted(set(offered), key=lambda service: (-offered.count(service), service))


def distance_words(kilometres: float | None) -> TranslatableText | None:
    """Return a distance as it is told, or None for an unknown one."""
    if kilometres is None:
        return None
    if kilometres < 1:
        return _("直线约{metres}米", metres=max(1, round(kilometres * 10)) * 100)
    return _("直线约{kilometres}公里", kilometres=f"{kilometres:.1f}")


def today_words(outlet: Outlet, now: datetime) -> TranslatableText | str:
    """Return when an outlet is open on this day of the week, and whether it is now; else its own words."""
    if outlet.opening is None:
        return _("办公时间：{hours}", hours=outlet.hours)
    spans = outlet.opening.on(now.weekday())
    if not spans:
        return _("今天不办公")
    said = "、".join(spans)
    if any(_is_within(span, now) for span in spans):
        return _("今天{hours}，现在开着", hours=said)
    return _("今天{hours}，现在没有开", hours=said)


def _is_within(span: str, now: datetime) -> bool:
    opens, closes = span.split("-")
    return opens <= f"{now:%H:%M}" < closes


def _kilometres(outlet: Outlet, here: Position | None) -> float | None:
    if here is None or outlet.latitude is None or outlet.longitude is None:
        return None
    return great_circle(here.latitude, here.longitude, outlet.latitude, outlet.longitude)


def great_circle(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the kilometres between two points, given in degrees, along the surface.

    >>> round(great_circle(34.9, 109.0, 34.9, 109.1), 1)
    9.1
    """
    north, other_north = radians(latitude), radians(other_latitude)
    haversine = (
        sin((other_north - north) / 2) ** 2
        + cos(north) * cos(other_north) * sin(radians(other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_KM * asin(sqrt(haversine))
