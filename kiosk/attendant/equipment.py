"""What the sessions of one kiosk work with."""

from dataclasses import dataclass, field

from hardware.card.reader import CardReader
from hardware.printer.receipt_printer import ReceiptPrinter
from kiosk.credentials.card_condition import CardCondition
from kiosk.guidance.library import Library
from kiosk.menu.availability import Conditions
from kiosk.published.state import PublishedState
from kiosk.record.journal import Journal
from kiosk.visit.centre import Centre
from sync.store.personal import PersonalRecords


@dataclass(frozen=True)
class Equipment:
    """One kiosk: its name, its region, its devices, its records, and the centre.

    ``published`` is what the centre has published; ``personal`` keeps records of people for a while; ``library`` is
    what can be read here.
    """

    kiosk_id: str
    region: str
    reader: CardReader
    printer: ReceiptPrinter
    centre: Centre
    journal: Journal
    published: PublishedState = field(default_factory=PublishedState)
    personal: PersonalRecords | None = None
    library: Library = field(default_factory=Library)

    def conditions(self, card: CardCondition | None = None, *, on_behalf: bool = False) -> Conditions:
        """Return what decides what can be done now, with the card of a visit or with none."""
        return Conditions(
            self.region,
            self.reader.status.device,
            self.printer.status,
            self.centre.is_reachable,
            self.published.unavailable(),
            card,
            on_behalf,
        )
