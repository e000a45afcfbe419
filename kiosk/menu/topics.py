"""What citizens ask for in their own words: topics.toml, and the declared words of the services."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

from kiosk.services.service import services


class Topic(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What people may mean: ``key`` is a service, or the name of what is done elsewhere, at ``place``.

    ``hotline`` is '' where no source gives one. ``instead`` is the service that does it as long as ``key`` is none.
    """

    key: str
    title: str
    words: tuple[str, ...]
    place: str = ""
    hotline: str = ""
    instead: str = ""

    @property
    def service(self) -> str:
        """Return the name of the service of this machine that does it, or ''."""
        return next((name for name in (self.key, self.instead) if name in services()), "")


class Topics(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """All topics of the file."""

    topic: tuple[Topic, ...]


@cache
def topics() -> Mapping[str, Topic]:
    """Return every topic by its key: those of the file, and the services with the words that they declare."""
    source = files("kiosk.menu").joinpath("topics.toml").read_bytes()
    found = {topic.key: topic for topic in msgspec.toml.decode(source, type=Topics).topic}
    for name, service in services().items():
        known = found[name].words if name in found else ()
        found[name] = Topic(name, str(service.label), (*service.words, *known))
    return found
