"""The visit of a citizen, with a card or without, from the first page to the last: what is said and asked, in order."""

import secrets
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog
from uuid_utils import uuid7

from hardware.card.errors import (
    CardChangedError,
    CardError,
    CardRemovedError,
    NoCardError,
    NoReaderError,
    PinLockedError,
    ReaderServiceDownError,
)
from hardware.card.session import CardSession
from kiosk.attendant import unexpected
from kiosk.attendant.equipment import Equipment
from kiosk.attendant.error_notices import (
    CARD_PULLED,
    EXPECTED_ERRORS,
    PERHAPS_DONE,
    READER_LOST,
    locked_notice,
    notice_of,
    problem_of,
    refusal_of,
)
from kiosk.attendant.events import DeviceChanged, ReaderGone
from kiosk.attendant.events import Event as LoopEvent
from kiosk.attendant.idle import troubles
from kiosk.attendant.service_selection import OFFER_ELDER, ServiceSelection
from kiosk.attendant.session import Conversation, Linger, UntilCardTaken
from kiosk.attendant.window import Window
from kiosk.credentials.card_condition import KnownCard
from kiosk.credentials.card_holder import read_holder
from kiosk.credentials.card_permission import is_usable
from kiosk.credentials.card_proof import CardNotProvenError, CardProver
from kiosk.dialogue.phone import local_page
from kiosk.dialogue.questions import (
    BEGIN,
    CardPulled,
    CitizenFinished,
    Finished,
    InactivityTimeout,
    KioskStopping,
    Notice,
    OutOfService,
    Picture,
    Question,
    ReaderLost,
    TakeCard,
    WentBack,
    WentHome,
    Working,
)
from kiosk.dialogue.words import TranslatableText, _
from kiosk.menu.availability import Availabilities, Conditions, availabilities
from kiosk.menu.suggestions import is_elder, suggested
from kiosk.published.state import CardListedError, KioskOutOfServiceError
from kiosk.record.journal import Intent
from kiosk.services.service import Conversation as ServiceConversation
from kiosk.services.service import services
from kiosk.visit.person import Person
from kiosk.visit.visit import (
    CardInserted,
    CardRead,
    CardRefused,
    CardTaken,
    Event,
    Failed,
    Phase,
    ServiceChosen,
    ServiceEnded,
    UnexpectedEventError,
    Visit,
    VisitBegun,
    VisitOver,
    VisitState,
    next_state,
    record_of,
)
from sync.protocol import events as catalogue
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.event_kinds import name_of, values_of
from sync.store import StoreFullError
from text.masking import mask_name

log = structlog.get_logger()

READER_GONE = (ReaderLost, ReaderServiceDownError, NoReaderError)
CARD_GONE = (CardPulled, CardRemovedError, CardChangedError, NoCardError, *READER_GONE)
READING = Working(title=_("正在读卡"), text=_("请不要拔出社会保障卡。"), picture=Picture.INSERT_CARD)
ANYBODY_GREETING = _("您好")
TAKE_CARD = _("请带好卡和打印的材料，再见。")
TAKE_CARD_PERHAPS_DONE = _(
    "刚才的业务可能已经办成，没有等到社保中心的答复。什么都没有丢：今天用这张卡在这里再办一次，不会重复办理。"
)
FAILED = _("刚才的业务没有办完，没有重复办理。请取回您的卡，把下面的编号告诉工作人员。")
FAILED_PERHAPS_DONE = _("刚才的业务可能已经办成，没有重复办理。请取回您的卡，把下面的编号告诉工作人员。")
FAILED_WITHOUT_CARD = _("刚才的业务没有办完，没有重复办理。请把下面的编号告诉工作人员。")
THANKS = _("谢谢您的评价。请带好卡和打印的材料，再见。")


class CitizenVisit:
    """Serves the people who come; one visit after the other."""

    def __init__(self, equipment: Equipment, window: Window, put_event: Callable[[LoopEvent], None]) -> None:
        self._equipment, self._window, self._put_event = equipment, window, put_event
        self._card: KnownCard | None = None
        self.state = VisitState()

    def serve_anybody(self, touched: str) -> Conversation:
        """Serve somebody who has shown nothing; ``touched`` is what they chose on the page between visits.

        :raises: as ``serve_card``.
        """
        self._card = None
        self._happened(VisitBegun(str(uuid7())))
        try:
            with suppress(CitizenFinished, InactivityTimeout):
                yield from self._offer_services(self._visit(), "" if touched == BEGIN else touched)
        except (KioskStopping, StoreFullError):
            raise
        except Exception as error:
            yield Linger(self._out_of_service(error))
        self._happened(VisitOver())

    def serve_card(self, insertion: int) -> Conversation:
        """Serve the holder of the card of this insertion.

        :raises StoreFullError: nothing can be recorded. KioskStopping: the kiosk is stopping.
        """
        self._card = None
        self._happened(CardInserted(str(uuid7()), insertion))
        farewell = None
        try:
            yield from self._visit_with_card(insertion)
        except CARD_GONE as gone:
            farewell = self._farewell(gone)
        except (KioskStopping, StoreFullError):
            raise
        except Exception as error:
            page = self._out_of_service(error)
            yield Linger(page)
            yield from self._until_card_taken(page)
        self._happened(CardTaken())
        if farewell:
            yield Linger(farewell)

    def _farewell(self, gone: Exception) -> Notice | None:
        """Return the notice for a citizen whose card can no longer be reached, or None."""
        if self.state.reply_missed:
            return local_page(PERHAPS_DONE, self._equipment.region)
        if isinstance(gone, READER_GONE):
            log.error("card reader lost in a visit", trouble=type(gone).__name__)
            if self.state.phase is Phase.READING_CARD:
                self._happened(CardRefused(problem_of(gone)))
            return READER_LOST
        return CARD_PULLED if self.state.phase in (Phase.SERVICE, Phase.READING_CARD) else None

    def _visit_with_card(self, insertion: int) -> Conversation:
        yield READING
        try:
            with (
                self._equipment.reader.session(insertion) as card,
                suppress(CitizenFinished, InactivityTimeout),
            ):
                yield from self._offer_services((yield from self._open_visit(card)))
        except CARD_GONE:
            raise
        except (CardError, CardListedError, CardNotProvenError, KioskOutOfServiceError) as trouble:
            self._report_not_proven(trouble)
            self._happened(CardRefused(problem_of(trouble)))
            yield from self._until_card_taken(local_page(refusal_of(trouble), self._equipment.region))
            return
        self._happened(VisitOver())
        yield from self._until_card_taken(
            TakeCard(
                title=_("请取回您的社会保障卡"),
                text=TAKE_CARD_PERHAPS_DONE if self.state.reply_missed else TAKE_CARD,
                rating=bool(self.state.done),
            )
        )

    def _report_not_proven(self, trouble: Exception) -> None:
        if isinstance(trouble, CardNotProvenError) and self._card:
            event = catalogue.CardNotProven(reason=trouble.reason)
            self._equipment.journal.alarm(event, self.state.visit_id, self._card.partition)

    def _open_visit(self, card: CardSession) -> Generator[Question, Any, Visit]:
        equipment = self._equipment
        if why := equipment.published.out_of_service():
            raise KioskOutOfServiceError(why)
        card.read_basic()
        known = self._card = KnownCard(
            card,
            equipment.centre,
            equipment.region,
            self.state.visit_id,
            equipment.journal,
            self._card_looked_up,
        )
        yield from self._reject_listed_card(known.prover)
        known.begin()  # the answer is there by the time that the card is read
        holder = yield from read_holder(known.prover, READING)
        yield from known.prove(READING)
        self._happened(CardRead(card.identity))
        return self._visit(
            person=Person(holder.name, holder.id_number),
            card_session=card,
            partition=known.partition,
            prove=known.prover.prove,
        )

    def _visit(self, **shown: Any) -> Visit:
        equipment = self._equipment
        return Visit(
            visit_id=self.state.visit_id,
            kiosk_id=equipment.kiosk_id,
            region=equipment.region,
            centre=equipment.centre,
            journal=equipment.journal,
            printer=equipment.printer,
            state=lambda: self.state,
            happened=self._happened,
            manner=lambda: self._window.manner,
            personal=equipment.personal,
            unavailable_reason=lambda name: self._availabilities()[name].reason,
            centre_keys=equipment.published.centre_keys,
            **shown,
        )

    def _reject_listed_card(self, prover: CardProver) -> Generator[Question, Any, None]:
        """Continue only with a card that is not lost or cancelled; the list may mean another card with the same hash.

        :raises CardListedError: it is, or the centre cannot be asked.
        """
        try:
            self._equipment.published.reject_listed_card(prover.card.identity)
        except CardListedError:
            if not (yield from is_usable(prover, READING)):
                raise
            log.info("the listed hash is another card's")

    def _offer_services(self, visit: Visit, touched: str = "") -> Conversation:
        yield from self._offer_elder(visit)
        while True:
            selection = yield from self._selection(visit)
            name = yield from selection.choose_service(touched)
            touched = ""
            self._happened(ServiceChosen(name))
            last_page = yield from self._run_service(services()[name].start(visit))
            self._happened(ServiceEnded(done=isinstance(last_page, Finished)))
            if last_page:
                yield from self._tell(last_page)

    def _selection(self, visit: Visit) -> Generator[Question, Any, ServiceSelection]:
        """Return what can be chosen now, of nobody's or of the card that is in, which is looked at again."""
        greeting: TranslatableText = ANYBODY_GREETING
        open_acts: Sequence[Intent] = ()
        if visit.person and self._card:
            yield from self._card.look()
            greeting = _("{name}，您好", name=mask_name(visit.person.name))
            open_acts = visit.journal.left_open(visit.partition)
        today = datetime.now(CHINA).date()
        return ServiceSelection(
            greeting,
            visit,
            self._availabilities,
            open_acts,
            lambda: suggested(visit.person, self._conditions().card, open_acts, today),
            lambda: troubles(self._conditions()),
        )

    def _offer_elder(self, visit: Visit) -> Conversation:
        if self._window.manner.elder or not visit.person:
            return
        if not is_elder(visit.person.id_number, datetime.now(CHINA).date()):
            return
        with suppress(WentBack, WentHome):
            if (yield OFFER_ELDER):
                self._window.speak(elder=True)
                visit.record(catalogue.PreferencesChanged(elder=True))

    def _run_service(
        self, conversation: ServiceConversation
    ) -> Generator[Question, Any, Finished | Notice | None]:
        region = self._equipment.region
        try:
            return (yield from conversation)
        except CARD_GONE:
            raise
        except CardNotProvenError:
            self._happened(ServiceEnded(done=False))
            raise
        except (WentBack, WentHome):
            return local_page(PERHAPS_DONE, region) if self.state.reply_missed else None
        except EXPECTED_ERRORS as trouble:
            log.info("service ended with expected error", trouble=type(trouble).__name__)
            locked = isinstance(trouble, PinLockedError)
            return locked_notice(region) if locked else local_page(notice_of(trouble), region)

    def _tell(self, page: Finished | Notice) -> Conversation:
        """Show how a service ended, long enough to be read also by somebody who has pulled the card."""
        try:
            with suppress(WentBack, WentHome):
                yield page
        except CARD_GONE as gone:
            yield Linger(page)
            raise CardPulled from gone

    def _until_card_taken(self, page: Question) -> Conversation:
        what = yield UntilCardTaken(page)
        while isinstance(what, int):
            self._equipment.journal.record(catalogue.VisitRated(level=what), self.state.visit_id)
            page = TakeCard(title=page.title, text=THANKS)
            what = yield UntilCardTaken(page)
        if isinstance(what, ReaderGone):
            yield Linger(page)

    def _out_of_service(self, error: Exception) -> OutOfService:
        number = f"{secrets.randbelow(10**6):06}"
        log.error("service failed", number=number, error=type(error).__name__, exc_info=error)
        failed = catalogue.ServiceFailed(
            service=self.state.service, number=number, error=type(error).__name__
        )
        self._equipment.journal.record(failed, self.state.visit_id)
        text = FAILED_PERHAPS_DONE if self.state.reply_missed else FAILED
        if not self.state.insertion:
            text = FAILED_WITHOUT_CARD
        self._happened(Failed(number))
        return OutOfService(title=_("抱歉，本机暂时不能办理"), text=text, number=number)

    def _availabilities(self) -> Availabilities:
        return availabilities(self._conditions())

    def _conditions(self) -> Conditions:
        card = self._card.condition if self._card else None
        return self._equipment.conditions(card, on_behalf=self.state.on_behalf)

    def _card_looked_up(self) -> None:
        self._put_event(DeviceChanged())

    def _happened(self, event: Event) -> None:
        before = self.state
        try:
            self.state = next_state(before, event)
        except UnexpectedEventError as error:
            unexpected.handle(error)
            return
        self._window.speak(on_behalf=self.state.on_behalf)
        if record := record_of(before, self.state):
            visit_id = self.state.visit_id or before.visit_id
            self._equipment.journal.record(record, visit_id)
            log.info(name_of(type(record)), visit_id=visit_id, **values_of(record))
