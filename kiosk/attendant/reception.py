"""The reception of one visit: reads what is put in, laid down or shown, and takes nothing of a second person."""

from collections.abc import Callable, Generator
from contextlib import ExitStack
from typing import Any, TypeVar

import structlog

from hardware.scanner.token import Token
from kiosk.attendant.equipment import Equipment
from kiosk.attendant.events import CardIn, CodeScanned, IdCardLaid, Presented
from kiosk.credentials.card_condition import CardCondition, KnownCard
from kiosk.credentials.card_holder import OTHER_PERSON, read_holder
from kiosk.credentials.card_permission import is_usable
from kiosk.credentials.card_proof import CardProver
from kiosk.credentials.id_card import read_id_card
from kiosk.dialogue.questions import Interruption, Picture, Question, Working
from kiosk.dialogue.words import _
from kiosk.published.state import CardListedError, KioskOutOfServiceError
from kiosk.visit.asking import await_reply
from kiosk.visit.person import Credential, Person
from kiosk.visit.visit import CardInserted, CardRead, CredentialRead, IdCardLaidDown, Visit
from sync.client import CentralRefusedError
from sync.protocol.credentials import RESOLVE_E_CARD, ECardRequest

READING = Working(title=_("正在读卡"), text=_("请不要拔出社会保障卡。"), picture=Picture.INSERT_CARD)
RESOLVING = Working(
    title=_("正在核对电子社保卡"), text=_("正在向社保中心核对，请稍候。"), picture=Picture.SHOW_CODE
)
READING_ID_CARD = Working(
    title=_("正在读身份证"), text=_("请不要拿开身份证，马上就好。"), picture=Picture.LAY_ID_CARD
)

Told = TypeVar("Told")

log = structlog.get_logger()


class AnotherPersonError(Interruption):
    """What was shown is another person's than the visit: nothing of it is used, and the visit ends."""


class Reception:
    """Takes the credentials of ``visit``, one after the other; the first one says whose visit it is.

    :param cards: what the card is open in, as long as the visit lasts.
    :param learned: called when the centre has told something of the card, from another thread.
    """

    def __init__(
        self, equipment: Equipment, visit: Visit, cards: ExitStack, learned: Callable[[], None]
    ) -> None:
        self._equipment, self._visit, self._cards, self._learned = equipment, visit, cards, learned
        self.card: KnownCard | None = None

    @property
    def card_condition(self) -> CardCondition | None:
        """Return what is known of the card that was read; None without one."""
        return self.card.condition if self.card and self._visit.card_session else None

    def take(self, presented: Presented) -> Generator[Question, Any, None]:
        """Read what was presented; the visit is its person's from then on, or goes on as theirs.

        :raises AnotherPersonError: it is another person's than the visit. KioskOutOfServiceError: nobody is served.
        :raises Exception: it cannot be used here: an error of the card, the ID card, or the centre.
        """
        if why := self._equipment.published.out_of_service():
            raise KioskOutOfServiceError(why)
        match presented:
            case CardIn(insertion):
                yield from self._take_card(insertion)
            case IdCardLaid(placement):
                yield from self._take_id_card(placement)
            case CodeScanned(token):
                yield from self._take_code(token)

    def _take_card(self, insertion: int) -> Generator[Question, Any, None]:
        visit, equipment = self._visit, self._equipment
        visit.happened(CardInserted(insertion))
        yield READING
        with ExitStack() as reading:
            card = reading.enter_context(equipment.reader.session(insertion))
            card.read_basic()
            known = self.card = KnownCard(
                card, equipment.centre, equipment.region, visit.visit_id, equipment.journal, self._learned
            )
            yield from self._reject_listed_card(known.prover)
            known.begin()  # the answer is there by the time that the card is read
            holder = yield from _of_this_visit(read_holder(known.prover, READING))
            self._require_same(holder.id_number)
            yield from known.prove(READING)
            self._cards.push(reading.pop_all())
        visit.person = Person(holder.name, holder.id_number)
        visit.card_session, visit.partition, visit.prove = card, known.partition, known.prover.prove
        visit.can_card_prove = known.can_prove
        visit.happened(CardRead(card.identity))

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

    def _take_id_card(self, placement: int) -> Generator[Question, Any, None]:
        assert self._equipment.id_card_reader
        self._visit.happened(IdCardLaidDown(placement))
        yield READING_ID_CARD
        person, photo = read_id_card(self._equipment.id_card_reader)
        self.forget()
        self._visit.photo = photo
        self._welcome(person, Credential.ID_CARD)

    def forget(self) -> None:
        """Forget the photo of the ID card, if nobody has used it."""
        photo, self._visit.photo = self._visit.photo, None
        if photo:
            photo.forget()

    def _take_code(self, token: Token) -> Generator[Question, Any, None]:
        """Have the centre say whose electronic card it is, once."""
        request = ECardRequest(visit_id=self._visit.visit_id, token=token.take().decode())
        reply = self._equipment.centre.start(RESOLVE_E_CARD, request)
        waiting = await_reply(reply, RESOLVING, home=self._visit.person is None)
        holder = yield from _of_this_visit(waiting)
        self._welcome(Person(holder.name, holder.id_number), Credential.E_CARD)

    def _welcome(self, person: Person, credential: Credential) -> None:
        visit = self._visit
        self._require_same(person.id_number)
        if visit.person is None:
            visit.person, visit.partition = person, self._partition(person)
        visit.happened(CredentialRead(credential))

    def _partition(self, person: Person) -> str:
        personal = self._equipment.personal
        return personal.partition_of(person.id_number) if personal else ""

    def _require_same(self, id_number: str) -> None:
        """Continue only with the person whose visit it is, or who is the first.

        :raises AnotherPersonError: it is another one.
        """
        if self._visit.person and self._visit.person.id_number != id_number:
            raise AnotherPersonError


def _of_this_visit(asking: Generator[Question, Any, Told]) -> Generator[Question, Any, Told]:
    """Return what ``asking`` does, if the centre knows the visit as the same person's.

    :raises AnotherPersonError: it knows it as another one's.
    """
    try:
        return (yield from asking)
    except CentralRefusedError as refusal:
        raise (AnotherPersonError() if refusal.code == OTHER_PERSON else refusal) from refusal
