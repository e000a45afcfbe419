"""Publish from any transaction without blocking. The sequencer numbers what was committed."""

from collections.abc import Iterable

from sqlalchemy import Connection, insert

from central.feeds.names import known
from central.feeds.tables import feed_changes
from sync.protocol.card_status_list import LISTED
from sync.protocol.feeds import CARD_STATUS
from sync.protocol.words import SocialState

Change = tuple[str, str | None]
"""The key of a row and its new value (JSON), or None to take it away."""


def publish(tx: Connection, feed: str, changes: Iterable[Change]) -> None:
    """Publish rows with the transaction: kiosks see them some moments after its commit, or never if it fails.

    The key of a row of ``card-status`` is the card's identity, which no kiosk gets to see.

    :raises UnknownFeedError: there is no such feed.
    """
    known(feed)
    if rows := [{"feed": feed, "key": key, "value": value} for key, value in changes]:
        tx.execute(insert(feed_changes), rows)


def card_status_changed(tx: Connection, card_identity: str, status: SocialState) -> None:
    """Tell all kiosks, with the transaction, that a card's state is ``status`` now."""
    publish(tx, CARD_STATUS, [(card_identity, card_value(status))])


def card_value(status: SocialState) -> str | None:
    """Return the value of a card's row; a card in order has none."""
    listed = LISTED.get(status)
    return None if listed is None else str(int(listed))
