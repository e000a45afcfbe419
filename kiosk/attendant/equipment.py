"""What the sessions of one kiosk work with."""

from dataclasses import dataclass, field

from hardware.card.reader import CardReader
from hardware.face.service import FaceService
from hardware.id_card.reader import IdCardReader
from hardware.printer.receipt_printer import ReceiptPrinter
from hardware.scanner.scanner import Scanner
from kiosk.attendant.events import CardIn, IdCardLaid
from kiosk.credentials.card_condition import CardCondition
from kiosk.guidance.library import Library
from kiosk.menu.availability import Conditions
from kiosk.published.state import PublishedState
from kiosk.record.journal import Journal
from kiosk.visit.centre import Centre
from kiosk.visit.person import Credential
from sync.store.personal import PersonalRecords


@dataclass(frozen=True)
class Equipment:
    """One kiosk: its name, its region, its devices, its records, and the centre.

    ``published`` is what the centre has published; ``personal`` keeps records of people for a while. A kiosk may be
    without ``id_card_reader``, ``scanner`` and ``faces``. ``library`` is what can be read here.
    """

    kiosk_id: str
    region: str
    reader: CardReader
    printer: ReceiptPrinter
    centre: Centre
    journal: Journal
    published: PublishedState = field(default_factory=PublishedState)
    personal: PersonalRecords | None = None
    id_card_reader: IdCardReader | None = None
    scanner: Scanner | None = None
    faces: FaceService | None = None
    library: Library = field(default_factory=Library)

    def document_there(self, last_placement: int) -> CardIn | IdCardLaid | None:
        """Return the card in the reader, or else the ID card that was laid down after ``last_placement``."""
        if insertion := self.reader.status.insertion:
            return CardIn(insertion)
        return self.id_card_there(last_placement)

    def id_card_there(self, last_placement: int) -> IdCardLaid | None:
        """Return the ID card that was laid down after ``last_placement`` and still lies there."""
        lying = self.id_card_reader.status.lying if self.id_card_reader else 0
        return IdCardLaid(lying) if lying > last_placement else None

    def conditions(
        self,
        card: CardCondition | None = None,
        shown: frozenset[Credential] = frozenset(),
        *,
        on_behalf: bool = False,
    ) -> Conditions:
        """Return what decides what can be done now, with what was shown in a visit or with nothing."""
        return Conditions(
            self.region,
            self.reader.status.device,
            self.printer.status,
            self.centre.is_reachable,
            self.published.unavailable(),
            card,
            on_behalf,
            shown,
            self.id_card_reader.status.device if self.id_card_reader else None,
            self.scanner.state if self.scanner else None,
            self.faces.status.device if self.faces else None,
        )
