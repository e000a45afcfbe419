"""What the kiosk wants of whatever compares faces."""

from typing import Annotated, Protocol

from msgspec import Meta, Struct

from hardware.once import Once


class Picture(Once):
    """A picture of a person, to be compared once: never shown, printed or kept."""

    __slots__ = ()


class Likeness(Struct, frozen=True):
    """How like two pictures are, from 0 to 1: 0.8 is where the maker's own threshold lies.

    ``live`` says that a person was before the camera, and not a picture of one.
    """

    score: Annotated[float, Meta(ge=0, le=1)]
    live: bool


class MatcherError(Exception):
    """Faces cannot be compared now."""


class NobodyError(Exception):
    """Nobody, or more than one person, is before the camera."""


class FaceMatcher(Protocol):
    """A camera, and the program that compares what it sees."""

    def capture(self) -> Picture:
        """Return who is before the camera now.

        :raises NobodyError: there is nobody. MatcherError: it cannot see.
        """

    def compare(self, reference: Picture, live: Picture) -> Likeness:
        """Return how like they are; both pictures are gone then, whatever happens.

        :raises MatcherError: it cannot compare.
        """
