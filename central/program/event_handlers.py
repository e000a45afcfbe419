"""Which room of the centre handles which event of the kiosks."""

from central.cards import cards
from central.certificates import copies
from central.events.events import Handlers

HANDLERS: Handlers = {
    "certificate.printed": copies.record_copies,
    "certificate.print_resolved": copies.record_inspections,
    cards.ACTIVATED: cards.activate_all,
}
