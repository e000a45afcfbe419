"""Which feeds there are, what the centre calls them, and how old a kiosk's copy may get."""

import msgspec

from sync.protocol.feeds import CALENDAR, CARD_STATUS, COMMANDS, REFERENCE_FEEDS
from sync.protocol.messages import Identifier

DAY = 24 * 3600
MAX_AGE = {
    "regions": 7 * DAY,
    "guides": 30 * DAY,
    "answers": 30 * DAY,
    "outlets": 30 * DAY,
    "notices": 7 * DAY,
    CALENDAR: 30 * DAY,
    CARD_STATUS: DAY,
    COMMANDS: 7 * DAY,
}
"""Seconds. Rules and closed cards must be new; an address may be a month old."""

PUBLIC = (*REFERENCE_FEEDS, CARD_STATUS)
"""The feeds that are the same for every kiosk."""


class UnknownFeedError(Exception):
    """There is no such feed; the message says which there are."""


def commands_of(kiosk_id: str) -> str:
    """Return what the centre calls the commands to one kiosk."""
    return f"{COMMANDS}/{kiosk_id}"


def public_name(name: str) -> str:
    """Return what a kiosk calls a feed."""
    return name.partition("/")[0]


def kiosk_of(name: str) -> str:
    """Return whose commands the feed that the centre calls ``name`` holds; '' for one that is everybody's."""
    return name.partition("/")[2]


def internal_name(public: str, kiosk_id: str) -> str:
    """Return what the centre calls the feed that a kiosk asks for.

    :raises UnknownFeedError: there is none.
    """
    if public == COMMANDS:
        return commands_of(kiosk_id)
    return known(public)


def known(name: str) -> str:
    """Return ``name`` if the centre has a feed that it calls so.

    :raises UnknownFeedError: it has not.
    """
    kind, _, kiosk_id = name.partition("/")
    try:
        if name in PUBLIC or (kind == COMMANDS and msgspec.convert(kiosk_id, Identifier)):
            return name
    except msgspec.ValidationError as error:
        raise UnknownFeedError(f"{kiosk_id!r} is no kiosk's number") from error
    raise UnknownFeedError(f"no feed {name}: there are {', '.join(PUBLIC)} and {COMMANDS}/KIOSK")
