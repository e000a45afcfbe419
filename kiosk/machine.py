"""One kiosk put together: its store, devices, centre and attendant, started and stopped as a whole."""

import threading
from collections.abc import Callable
from typing import Any

import structlog

import kiosk
from hardware.card.reader import CardReader
from hardware.printer import profile
from hardware.printer.receipt_printer import ReceiptPrinter
from kiosk import pin_change, printing, receipt
from kiosk.attendant import Attendant, Patience
from kiosk.config import Config
from kiosk.dialogue import Question
from kiosk.journal import Intent, Journal, Outcome, Report
from kiosk.menu import menu
from sync.client import CentralClient
from sync.identity import Identity
from sync.store import Store

log = structlog.get_logger()

PRINTS = (printing.PRINT_ACT, receipt.RECEIPT)
INTERRUPTED: dict[str, Callable[[Intent], tuple[Outcome, dict[str, Any], Report | None]]] = {
    printing.PRINT_ACT: lambda intent: printing.interrupted(dict(intent.data)),
    receipt.RECEIPT: receipt.interrupted,
    pin_change.PIN_CHANGE: pin_change.interrupted,
}
"""How each act is settled that a restart found without an outcome."""


class Machine:
    """The kiosk of ``config``; ``show`` is called, from the attendant's thread, with each question to draw."""

    def __init__(
        self, config: Config, show: Callable[[Question], None], patience: Patience | None = None
    ) -> None:
        menu()
        self._store = Store.open(config.data, config.kiosk_id)
        self.journal = Journal(self._store)
        self._reader = CardReader(config.card_reader.name, on_change=self._device_changed)
        self._printer = ReceiptPrinter(
            config.printer.port,
            profile.load(config.printer.profile),
            on_status=self._device_changed,
            unfinished_job=any(intent.act in PRINTS for intent in self.journal.unsettled()),
        )
        identity = Identity.of(config.kiosk_id, config.data)
        self._centre = CentralClient(config.central.url, identity)
        self.attendant = Attendant(
            config.kiosk_id,
            config.region,
            self._reader,
            self._printer,
            self._centre,
            self.journal,
            show,
            patience,
        )
        self._thread = threading.Thread(target=self.attendant.run, name="attendant")

    def start(self) -> None:
        """Settle what a crash left open, start the devices, and begin to serve."""
        self.settle_what_was_interrupted()
        self.journal.record("kiosk.started", visit_id="", version=kiosk.__version__)
        self._printer.start()
        self._reader.start()
        self._thread.start()

    def stop(self) -> None:
        """End the visit that is going on and let go of devices and store."""
        self.attendant.stop()
        self._thread.join()
        self._reader.close()
        self._printer.close()
        self._centre.close()
        self._store.close()

    def settle_what_was_interrupted(self) -> None:
        """Mark every act without an outcome as uncertain; nothing is repeated."""
        for intent in self.journal.unsettled():
            log.warning("an act was interrupted", act=intent.act, visit_id=intent.visit_id)
            self.journal.settle(intent, *INTERRUPTED[intent.act](intent))

    def _device_changed(self, _status: object) -> None:
        # The devices start before the first citizen, and the attendant is made after the devices.
        self.attendant.device_changed()
