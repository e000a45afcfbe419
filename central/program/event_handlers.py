"""Which room of the centre handles which event of the kiosks."""

from central.cards import cards
from central.certificates import copies
from central.events.events import Handlers
from sync.protocol.events import CardActivated, CertificatePrinted, CertificatePrintResolved

HANDLERS: Handlers = {
    CertificatePrinted: copies.record_copies,
    CertificatePrintResolved: copies.record_inspections,
    CardActivated: cards.activate_all,
}
