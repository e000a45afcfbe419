"""Nobody is here: the page says what can be done, what cannot just now, and how to begin."""

import time
from collections.abc import Callable
from datetime import datetime

from kiosk.attendant import unexpected
from kiosk.attendant.equipment import Equipment
from kiosk.attendant.events import Answered, CodeScanned, Event, PreferencesChanged, Stop, TimeUp, Touched
from kiosk.attendant.idle import idle_page, is_on_the_menu
from kiosk.attendant.timeouts import Timeouts
from kiosk.attendant.window import Window
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES, Preferences
from kiosk.dialogue.questions import Idle, KioskStopping, OutOfService, Question
from kiosk.dialogue.words import _
from kiosk.visit.visit import UnexpectedEventError
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.events import CalendarMissing

RULES_SECONDS = 30.0
"""How often the kiosk looks whether rules were published. Only here: they must not change under a service."""


class Rest:
    """The time between two sessions; it is over when somebody shows a credential, or touches what can be done.

    ``begun`` is the touch or the code that it is over with. An ID card or a card stays where it is.

    :param placement: the last ID card that a visit has read.
    """

    shows_what_can_be_done = True

    def __init__(
        self, equipment: Equipment, window: Window, timeouts: Callable[[], Timeouts], placement: int
    ) -> None:
        self._equipment, self._window, self._timeouts = equipment, window, timeouts
        self._placement = placement
        self._quiet_until = self._rules_at = 0.0
        self.begun: Touched | CodeScanned | None = None

    @property
    def is_over(self) -> bool:
        """Return whether somebody has come."""
        return bool(self.begun or self._equipment.document_there(self._placement))

    def close(self) -> None:
        """Keep nothing: there is nothing."""

    @property
    def deadline(self) -> float:
        """When it wants to hear that the time is up, in seconds of the monotonic clock."""
        return min(self._quiet_until, self._rules_at)

    def begin(self) -> None:
        """Invite the next citizen, in the manner that is the default."""
        self._window.forget()
        self._stay_quiet()
        self._load_rules()
        self._window.show(self._page)

    def take(self, event: Event) -> None:
        """Do what an event means here.

        :raises KioskStopping: the kiosk is stopping.
        """
        match event:
            case Stop():
                raise KioskStopping
            case PreferencesChanged():
                self._stay_quiet()
            case TimeUp():
                self._look_at_the_clock()
            case Answered(question) if question is not self._window.shown:
                event.wipe()
            case Answered(Idle(), str(touched)) if is_on_the_menu(touched):
                self.begun = Touched(touched)
            case CodeScanned() if self._equipment.scanner:
                self.begun = event
            case Answered() | CodeScanned():
                self._refuse(event)
            case _:
                self._window.refresh()

    def _refuse(self, event: Answered | CodeScanned) -> None:
        event.wipe()
        unexpected.handle(UnexpectedEventError("rest", event))

    def _look_at_the_clock(self) -> None:
        if time.monotonic() >= self._rules_at:
            self._load_rules()
            self._watch_calendar()
        if time.monotonic() < self._quiet_until:
            return
        self._stay_quiet()
        if self._window.manner != DEFAULT_PREFERENCES:
            self._window.forget()
            self._window.show(self._page)

    def _stay_quiet(self) -> None:
        self._quiet_until = time.monotonic() + self._timeouts().rest

    def _load_rules(self) -> None:
        self._rules_at = time.monotonic() + RULES_SECONDS
        self._equipment.published.load_latest_rules()

    def _watch_calendar(self) -> None:
        if year := self._equipment.published.newly_missing_calendar(datetime.now(CHINA).date()):
            self._equipment.journal.alarm(CalendarMissing(year=year), visit_id="")

    def _page(self, _manner: Preferences) -> Question:
        return self._closed() or idle_page(
            self._equipment.conditions(), self._equipment.library.notice_lines()
        )

    def _closed(self) -> OutOfService | None:
        why = self._equipment.published.out_of_service()
        if not why:
            return None
        text = _("{why}没有办完的业务请到窗口办理。", why=why)
        return OutOfService(title=_("本机暂停服务"), text=text, number="")
