"""The visit of a citizen, with a card or without, from the first page to the last: what is said and asked, in order."""

import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
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
from hardware.id_card.errors import IdCardError
from hardware.scanner.token import TokenGoneError
from hardware.status import DeviceState
from kiosk.attendant import unexpected
from kiosk.attendant.credential_notices import credential_notice, refusal_by
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
from kiosk.attendant.events import (
    CardIn,
    CardOut,
    CodeScanned,
    DeviceChanged,
    IdCardLaid,
    IdCardLifted,
    Presented,
    ReaderGone,
    TimeUp,
    Touched,
)
from kiosk.attendant.events import Event as LoopEvent
from kiosk.attendant.idle import troubles
from kiosk.attendant.reception import AnotherPersonError, Reception
from kiosk.attendant.service_selection import OFFER_ELDER, ServiceSelection
from kiosk.attendant.session import Asked, Conversation, Linger, UntilTaken
from kiosk.attendant.window import Window
from kiosk.credentials.card_proof import CardNotProvenError
from kiosk.credentials.renewal import renew
from kiosk.dialogue.phone import Page, local_page
from kiosk.dialogue.questions import (
    BEGIN,
    CardPulled,
    CitizenFinished,
    EnterCode,
    Finished,
    InactivityTimeout,
    Interruption,
    KioskStopping,
    Notice,
    OutOfService,
    Picture,
    PresentCredential,
    Question,
    ReaderLost,
    TakeCard,
    WentBack,
    WentHome,
)
from kiosk.dialogue.words import _
from kiosk.menu.availability import Availabilities, Conditions, availabilities, missing_credential
from kiosk.menu.suggestions import is_elder, suggested
from kiosk.published.state import CardListedError, KioskOutOfServiceError
from kiosk.services.service import Conversation as ServiceConversation
from kiosk.services.service import GoOnWith, Service, services
from kiosk.visit.person import Credential
from kiosk.visit.visit import (
    CardRefused,
    CardTaken,
    CredentialRefused,
    Event,
    Failed,
    IdCardTaken,
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
    split_target,
)
from sync.client import CentralRefusedError, CentralUnreachableError
from sync.protocol import events as catalogue
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.event_kinds import name_of, values_of
from sync.store import StoreFullError

log = structlog.get_logger()

READER_GONE = (ReaderLost, ReaderServiceDownError, NoReaderError)
CARD_GONE = (CardPulled, CardRemovedError, CardChangedError, NoCardError, *READER_GONE)
REFUSED = (
    *(CardError, CardListedError, CardNotProvenError, KioskOutOfServiceError),
    *(IdCardError, TokenGoneError, CentralRefusedError, CentralUnreachableError),
)
"""Why a credential cannot be used."""
REFUSED_CARD_TIMES = 4
"""So often the time for taking a card back may pass, before the visit in which it could not be used is over."""
CREDENTIALS: Mapping[type[Touched | Presented], Credential] = {
    Touched: Credential.NONE,
    CardIn: Credential.CARD,
    IdCardLaid: Credential.ID_CARD,
    CodeScanned: Credential.E_CARD,
}
TAKE = _("请带好卡和打印的材料，再见。")
TAKE_ID_CARD = _("请带好身份证和打印的材料，再见。")
TAKE_PERHAPS_DONE = _(
    "刚才的业务可能已经办成，没有等到社保中心的答复。什么都没有丢：今天用刚才的证件在这里再办一次，不会重复办理。"
)
FAILED = _("刚才的业务没有办完，没有重复办理。请取回您的卡，把下面的编号告诉工作人员。")
FAILED_PERHAPS_DONE = _("刚才的业务可能已经办成，没有重复办理。请取回您的卡，把下面的编号告诉工作人员。")
FAILED_WITHOUT_CARD = _("刚才的业务没有办完，没有重复办理。请把下面的编号告诉工作人员。")
THANKS = _("谢谢您的评价。请带好证件和打印的材料，再见。")
ANOTHER_PERSON = Notice(
    title=_("这是另一个人的证件，请先结束上一位的办理"),
    text=_("上一位的办理已经结束，没有留下信息。请把放在机器上的证件都取走，再重新开始。"),
)


class CitizenVisit:
    """Serves the people who come; one visit after the other. ``last_placement`` is the last ID card that was read."""

    def __init__(self, equipment: Equipment, window: Window, put_event: Callable[[LoopEvent], None]) -> None:
        self._equipment, self._window, self._put_event = equipment, window, put_event
        self._reception: Reception | None = None
        self._was_offered_elder = False
        self.state = VisitState()
        self.last_placement = 0

    def documents(self) -> tuple[int, int]:
        """Return the card and the ID card of this visit that are here, by the readers' counters; 0 for none."""
        return self.state.insertion, self.state.placement

    def serve(self, first: Touched | Presented) -> Conversation:
        """Serve somebody from the first thing that they did or showed.

        :raises StoreFullError: nothing can be recorded. KioskStopping: the kiosk is stopping.
        """
        self._was_offered_elder = False
        self._happened(VisitBegun(str(uuid7()), CREDENTIALS[type(first)]))
        try:
            yield from self._visited(first)
        except (KioskStopping, StoreFullError):
            raise
        except CARD_GONE as gone:
            yield from self._leave_without_card(gone)
        except AnotherPersonError as other:
            self._happened(CredentialRefused(problem_of(other)))
            self._see_what_is_free()
            self._happened(VisitOver())
            yield from self._leave(ANOTHER_PERSON, stays=True)
        except REFUSED as trouble:
            yield from self._refuse(first, trouble)
        except Exception as error:
            page = self._out_of_service(error)
            yield Linger(page)
            yield from self._leave(page)
        else:
            yield from self._say_goodbye()
        finally:
            self._reception = None

    def _visited(self, first: Touched | Presented) -> Conversation:
        with ExitStack() as cards:
            visit = self._visit()
            self._reception = Reception(self._equipment, visit, cards, self._card_looked_up)
            cards.callback(self._reception.forget)
            with suppress(CitizenFinished, InactivityTimeout, WentBack, WentHome):
                yield from self._attentive(visit, self._first_page_on(visit, first))

    def _first_page_on(self, visit: Visit, first: Touched | Presented) -> Conversation:
        touched = ""
        if not isinstance(first, Touched):
            yield from self._take(first)
        elif first.key != BEGIN:
            touched = first.key
        yield from self._offer_services(visit, touched)

    # Credentials that are shown while a visit is on.

    def _attentive(self, visit: Visit, conversation: Conversation) -> Conversation:
        """Carry a conversation on; what is shown between two of its questions is taken, and the question stays.

        A page that only informs is not shown again, and one that asked for a credential has its answer.
        """
        resume: Callable[[Any], Asked] = conversation.send
        value: Any = None
        with closing(conversation):
            while True:
                try:
                    asked = resume(value)
                except StopIteration:
                    return
                try:
                    resume, value = conversation.send, (yield from self._answered(visit, asked))
                except Interruption as interruption:
                    resume, value = conversation.throw, interruption

    def _answered(self, visit: Visit, asked: Asked) -> Generator[Asked, Any, Any]:
        while True:
            value = yield asked
            if not isinstance(value, Presented):
                return value
            if isinstance(asked, EnterCode) and isinstance(value, CodeScanned):
                return value.token
            yield from self._raise_by(visit, value)
            if isinstance(asked, Notice):
                return None
            if isinstance(asked, PresentCredential) and (shown := self._shown_of(asked)):
                return shown

    def _shown_of(self, asked: PresentCredential) -> str:
        return next((way.key for way in asked.accepted if way.key in self.state.shown), "")

    def _raise_by(self, visit: Visit, presented: Presented) -> Conversation:
        """Take what was shown in this visit, and what is shown at the page that says that it cannot be used.

        :raises AnotherPersonError: it is another person's.
        """
        shown: Presented | None = presented
        while shown:
            shown = yield from self._raise_once(visit, shown)

    def _raise_once(self, visit: Visit, presented: Presented) -> Generator[Asked, Any, Presented | None]:
        """Take what was shown; what cannot be used is told, and the visit goes on without it, or with what is returned.

        :raises AnotherPersonError: it is another person's.
        """
        try:
            with suppress(WentBack, WentHome):
                yield from self._take(presented)
        except CARD_GONE:
            if Credential.CARD in self.state.shown:
                raise
            self._happened(CardTaken())
        except REFUSED as trouble:
            self._report_not_proven(trouble)
            self._happened(CredentialRefused(problem_of(trouble)))
            return (yield from self._tell_refused(presented, trouble))
        else:
            if self.state.phase is Phase.MENU:
                yield from self._attentive(visit, self._offer_elder(visit))
        return None

    def _take(self, presented: Presented) -> Generator[Question, Any, None]:
        assert self._reception
        if isinstance(presented, IdCardLaid):
            self.last_placement = presented.placement
        yield from self._reception.take(presented)

    def _tell_refused(
        self, presented: Presented, trouble: Exception
    ) -> Generator[Asked, Any, Presented | None]:
        """Say why something cannot be used, and return what is shown instead, if anything is."""
        if isinstance(presented, CardIn):
            yield from self._give_back(self._local(refusal_of(trouble)))
            return None
        answer = yield self._local(credential_notice(trouble))
        return answer if isinstance(answer, Presented) else None

    def _give_back(self, page: Question) -> Conversation:
        """Show why a card cannot be used until it is pulled.

        :raises InactivityTimeout: nobody pulls it. The next one who does must not find the visit of who went away.
        """
        times_up = 0
        while self.state.insertion:
            what = yield UntilTaken(page)
            if not isinstance(what, TimeUp):
                self._note_taken(what)
            elif (times_up := times_up + 1) == REFUSED_CARD_TIMES:
                raise InactivityTimeout

    # What is said and asked.

    def _visit(self) -> Visit:
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
            missing_credential=lambda each: missing_credential(each, self._conditions()),
            can_scan=lambda: self._conditions().scanner in (DeviceState.ONLINE, DeviceState.STARTING),
            can_compare_faces=lambda: self._conditions().can_compare_faces,
            centre_keys=equipment.published.centre_keys,
            library=equipment.library,
            faces=equipment.faces,
            renew=renew,
        )

    def _offer_services(self, visit: Visit, touched: str) -> Conversation:
        while True:
            if not touched:
                yield from self._offer_elder(visit)
                yield from self._look_at_card()
            selection = ServiceSelection(
                visit,
                self._availabilities,
                partial(self._suggested, visit),
                lambda: troubles(self._conditions()),
            )
            chosen = yield from selection.choose_service(touched)
            name, visit.entry = split_target(chosen)
            self._happened(ServiceChosen(name))
            end = yield from self._run_service(services()[name].start(visit))
            self._happened(ServiceEnded(done=isinstance(end, Finished | GoOnWith)))
            touched = end.target if isinstance(end, GoOnWith) else ""
            if isinstance(end, Finished | Notice):
                yield from self._tell(end)

    def _suggested(self, visit: Visit) -> Sequence[Service]:
        open_acts = visit.journal.left_open(visit.partition) if visit.partition else []
        today = datetime.now(CHINA).date()
        return suggested(visit.person, self._conditions().card, open_acts, today)

    def _look_at_card(self) -> Generator[Question, Any, None]:
        if self._reception and self._reception.card_condition and self._reception.card:
            yield from self._reception.card.look()

    def _offer_elder(self, visit: Visit) -> Conversation:
        if self._was_offered_elder or self._window.manner.elder or not visit.person:
            return
        self._was_offered_elder = True
        if not is_elder(visit.person.id_number, datetime.now(CHINA).date()):
            return
        with suppress(WentBack, WentHome):
            if (yield OFFER_ELDER):
                self._window.speak(elder=True)
                visit.record(catalogue.PreferencesChanged(elder=True))

    def _run_service(
        self, conversation: ServiceConversation
    ) -> Generator[Question, Any, Finished | GoOnWith | Notice | None]:
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

    # The end of a visit.

    def _say_goodbye(self) -> Conversation:
        missed, done = self.state.reply_missed, self.state.done
        self._see_what_is_free()
        self._happened(VisitOver())
        if self.state.holds_documents:
            page = replace(self._take_page(), rating=bool(done))
            yield from self._until_taken(replace(page, text=TAKE_PERHAPS_DONE) if missed else page)
        elif missed:
            yield Linger(self._local(PERHAPS_DONE))

    def _leave_without_card(self, gone: Exception) -> Conversation:
        farewell = self._farewell(gone)
        self._see_what_is_free()
        self._happened(CardTaken())
        if farewell:
            yield Linger(farewell)
        yield from self._until_taken(self._take_page())

    def _farewell(self, gone: Exception) -> Notice | None:
        """Return the notice for a citizen whose card can no longer be reached, or None."""
        if self.state.reply_missed:
            return self._local(PERHAPS_DONE)
        if isinstance(gone, READER_GONE):
            log.error("card reader lost in a visit", trouble=type(gone).__name__)
            if self.state.phase is Phase.READING_CARD:
                self._happened(CardRefused(problem_of(gone)))
            return READER_LOST
        return CARD_PULLED if self.state.phase in (Phase.SERVICE, Phase.READING_CARD) else None

    def _refuse(self, first: Touched | Presented, trouble: Exception) -> Conversation:
        """End a visit whose credential cannot be used."""
        self._report_not_proven(trouble)
        self._happened(CardRefused(problem_of(trouble)))
        by_card = self.state.insertion or isinstance(first, CardIn)
        page = refusal_of(trouble) if by_card else refusal_by(credential_notice(trouble))
        yield from self._leave(self._local(page), stays=True)

    def _leave(self, page: Question, *, stays: bool = False) -> Conversation:
        """Show why the visit is over until nothing of the citizen's is left here; ``stays``: for a while at least."""
        self._see_what_is_free()
        if self.state.holds_documents:
            yield from self._until_taken(page)
            return
        if stays:
            yield Linger(page)
        if self.state.phase is not Phase.IDLE:
            self._happened(VisitOver())

    def _until_taken(self, page: Question) -> Conversation:
        """Show ``page`` until card and ID card are taken back; when nobody takes them, a tone calls after them."""
        is_late = False
        while self.state.holds_documents:
            what = yield UntilTaken(page, forever=is_late)
            if isinstance(what, int):
                self._equipment.journal.record(catalogue.VisitRated(level=what), self.state.visit_id)
                page = replace(self._take_page(), text=THANKS)
            elif isinstance(what, TimeUp):
                is_late, page = True, self._call_back(page)
            else:
                self._note_taken(what)
                if isinstance(what, ReaderGone):
                    yield Linger(page)
                elif self.state.holds_documents:
                    page = replace(self._take_page(), alarm=is_late)

    def _call_back(self, page: Question) -> TakeCard:
        for document, there in (("card", self.state.insertion), ("id-card", self.state.placement)):
            if there:
                left = catalogue.DocumentLeft(document=document)  # type: ignore[arg-type]  # one of the two
                self._equipment.journal.alarm(left, self.state.visit_id)
        return replace(self._take_page(), text=page.text, alarm=True)

    def _note_taken(self, what: CardOut | ReaderGone | IdCardLifted) -> None:
        self._happened(IdCardTaken() if isinstance(what, IdCardLifted) else CardTaken())

    def _see_what_is_free(self) -> None:
        """Wait for no ID card that was lifted before, or that nobody will see lifted."""
        reader, placement = self._equipment.id_card_reader, self.state.placement
        if placement and not (reader and reader.status.lying == placement):
            self._happened(IdCardTaken())

    def _take_page(self) -> TakeCard:
        """Ask for what is still here."""
        if self.state.insertion and self.state.placement:
            return TakeCard(title=_("请取回您的社会保障卡和身份证"), text=TAKE)
        if self.state.placement:
            return TakeCard(title=_("请取走您的身份证"), text=TAKE_ID_CARD, picture=Picture.TAKE_ID_CARD)
        return TakeCard(title=_("请取回您的社会保障卡"), text=TAKE)

    def _report_not_proven(self, trouble: Exception) -> None:
        if isinstance(trouble, CardNotProvenError) and self._reception and self._reception.card:
            event = catalogue.CardNotProven(reason=trouble.reason)
            self._equipment.journal.alarm(event, self.state.visit_id, self._reception.card.partition)

    def _local(self, page: Page) -> Page:
        """Return ``page`` with the telephone of this region."""
        return local_page(page, self._equipment.region)

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
        card = self._reception.card_condition if self._reception else None
        return self._equipment.conditions(card, self.state.shown, on_behalf=self.state.on_behalf)

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
