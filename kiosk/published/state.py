"""What the centre has published for this kiosk, as the attendant needs it: what is too old, which cards are lost."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from kiosk.dialogue.phone import HOTLINE
from kiosk.dialogue.words import _
from kiosk.menu.availability import Unavailable
from kiosk.published.calendars import Calendars
from kiosk.published.region_packs import RegionPacks
from kiosk.rules import working_days
from kiosk.services.service import services
from sync.card_status import CardStatuses
from sync.centre_keys import known_keys
from sync.feeds import commands, feed_status
from sync.protocol.card_status_list import Listed
from sync.protocol.centre_keys import CentreKey
from sync.protocol.feeds import CARD_STATUS
from sync.store import Store

TOO_OLD = {
    CARD_STATUS: _("卡状态信息过期，暂时不能办理，请到窗口或拨打{phone}", phone=HOTLINE),
    "guides": _("办事指南过期，暂时不能查询，请到窗口或拨打{phone}", phone=HOTLINE),
    "answers": _("政策问答过期，暂时不能查询，请到窗口或拨打{phone}", phone=HOTLINE),
    "outlets": _("网点信息过期，暂时不能查询，请到窗口或拨打{phone}", phone=HOTLINE),
    "regions": _("政策信息过期，暂时不能办理，请到窗口或拨打{phone}", phone=HOTLINE),
}
"""What citizens read beside a service that needs a feed, as long as it may not be relied on."""


class CardListedError(Exception):
    """The centre's list says that this card is lost or cancelled; one in a million is on it by mistake."""

    def __init__(self, listed: Listed) -> None:
        super().__init__(listed.name)
        self.listed = listed


class KioskOutOfServiceError(Exception):
    """The centre has put this kiosk out of service; the message says why, in words for people."""


class PublishedState:
    """What the attendant asks. Here nothing was ever published: everything can be done."""

    def unavailable(self) -> Unavailable:
        """Return why services cannot be done now, in words for citizens."""
        return {}

    def out_of_service(self) -> str:
        """Return why this kiosk serves nobody, in words for people, or ''."""
        return ""

    def centre_keys(self) -> Sequence[CentreKey]:
        """Return the public keys that the centre's documents are verified with."""
        return ()

    def load_latest_rules(self) -> None:
        """Use the rules that were published last, if they are sound."""

    def newly_missing_calendar(self, today: date) -> int | None:
        """Return the year whose arrangement of holidays is overdue, the first time that it is asked for."""
        return None

    def reject_listed_card(self, card_identity: str) -> None:
        """Continue only with a card that is not known to be lost or cancelled.

        :raises CardListedError: it is.
        """


class StoredPublishedState(PublishedState):
    """What the sync process left in ``folder`` and ``store``.

    The age of a feed counts from the first contact: a kiosk that never heard of a feed is not kept from anything.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._statuses = CardStatuses(folder)
        self._packs = RegionPacks(folder)
        self._calendars = Calendars(folder)
        self._told_missing: set[int] = set()

    def unavailable(self) -> Unavailable:
        """Return why services cannot be done now, in words for citizens: a feed that they need is too old."""
        now = datetime.now(UTC)
        stale = {
            name for name, each in feed_status.feed_statuses(self._store).items() if not each.is_fresh(now)
        }
        return {
            name: TOO_OLD[next(iter(too_old))]
            for name, service in services().items()
            if (too_old := stale.intersection(service.feeds))
        }

    def centre_keys(self) -> Sequence[CentreKey]:
        """Return the keys of the last manifest; none before the first."""
        return known_keys(self._store)

    def out_of_service(self) -> str:
        """Return why the centre has put this kiosk out of service, or ''."""
        return commands.out_of_service(self._store)

    def load_latest_rules(self) -> None:
        """Use the region packs and calendars that were published last, if all of them are sound."""
        self._packs.take()
        self._calendars.take()

    def newly_missing_calendar(self, today: date) -> int | None:
        """Return the year whose arrangement of holidays is overdue, the first time that it is asked for."""
        year = working_days.missing(today)
        if year is None or year in self._told_missing:
            return None
        self._told_missing.add(year)
        return year

    def reject_listed_card(self, card_identity: str) -> None:
        """Continue only with a card that is not on the centre's list.

        :raises CardListedError: it is.
        """
        if listed := self._statuses.lookup(card_identity):
            raise CardListedError(listed)
