"""One kiosk put together: its store, devices, centre and attendant, started and stopped as a whole."""

import threading
from collections.abc import Callable
from contextlib import suppress

import structlog

import kiosk
from command_line.watchdog import Watchdog
from hardware.card.errors import AmbiguousReaderError, SimulatedReaderError
from hardware.card.monitor import CardReaderStatus
from hardware.card.reader import CardReader
from hardware.face.service import FaceService
from hardware.id_card.reader import IdCardReader
from hardware.printer import profile
from hardware.printer.glyphs import FontMissingError
from hardware.printer.profile import ProfileError
from hardware.printer.receipt_printer import ReceiptPrinter
from hardware.printer.status import PrinterStatus
from hardware.scanner.scanner import Scanner
from hardware.scanner.token import Token
from kiosk.attendant.device_loop import BUSY_SECONDS, DeviceLoop
from kiosk.attendant.equipment import Equipment
from kiosk.attendant.timeouts import Timeouts
from kiosk.attendant.window import Draw
from kiosk.config import Config
from kiosk.dialogue.language import learn_languages
from kiosk.dialogue.questions import KioskStopping
from kiosk.guidance.library import Library
from kiosk.menu.menu import MenuError, menu
from kiosk.published.state import StoredPublishedState
from kiosk.record.journal import Journal
from kiosk.rules import regions
from kiosk.rules.errors import PackError
from kiosk.visit.centre import REPLY_SECONDS, Centre
from sync.client import CentralClient
from sync.identity import Identity
from sync.keys.places import KeyMissingError, KeyUnusableHereError
from sync.only_one import only_one
from sync.protocol.events import KioskStarted
from sync.protocol.secret_file import SecretFileError
from sync.reachability import PROBE_TIMEOUT, Reachability, Tripwire
from sync.store import OtherKioskError, Store, StoreFullError
from sync.store.opening import WrongKeyError
from sync.store.personal import PersonalRecords
from sync.store.reference import ReferenceReader
from sync.tls import Tls, TlsError

log = structlog.get_logger()

START_TROUBLES = (
    AmbiguousReaderError,
    SimulatedReaderError,
    MenuError,
    PackError,
    ProfileError,
    FontMissingError,
    KeyMissingError,
    KeyUnusableHereError,
    WrongKeyError,
    OtherKioskError,
    SecretFileError,
    StoreFullError,
    TlsError,
)
"""What keeps a kiosk from starting; each message names the file and what to do."""

DRAWN = threading.Event()
"""For a machine without a window."""
DRAWN.set()


class Machine:
    """The kiosk of ``config``.

    :param show: called, from the attendant's thread, with each question to draw and how to speak.
    :param failed: called from the attendant's thread after a fatal error: the process must end and be restarted.
    :param simulated_reader: whether it may serve the cards of a simulated reader.
    :raises AlreadyRunningError: another one runs on this machine's store.
    """

    def __init__(
        self,
        config: Config,
        show: Draw,
        failed: Callable[[], None],
        patience: Timeouts | None = None,
        *,
        simulated_reader: bool = False,
    ) -> None:
        menu()
        regions.check()
        self._reader = CardReader(config.card_reader.name, self._device_changed, simulated=simulated_reader)
        self._reader.require_choice()
        self._lock = only_one(config.data / "run.lock", "runs this kiosk's window")
        self._store = Store.open(config.data, config.kiosk_id)
        self.journal = Journal(self._store)
        self._printer = ReceiptPrinter(
            config.printer.port,
            profile.load(config.printer.profile),
            on_status=self._device_changed,
            unfinished_job=self.journal.is_print_open(),
        )
        identity = Identity.of(config.kiosk_id, config.data)
        url, version = config.central.url, kiosk.__version__
        tls = Tls(config.central.tls_files)
        self.watchdog = Watchdog()
        self._client = CentralClient(url, identity, version=version, tls=tls)
        self._probe = CentralClient(url, identity, version=version, timeout=PROBE_TIMEOUT, tls=tls)
        self._reachability = Reachability(self._is_reachable, self._device_changed, Tripwire(url))
        self._id_card_reader = _id_card_reader(config, self._device_changed)
        self._faces = FaceService(config.camera.device, self._device_changed) if config.camera else None
        self._scanner = _scanner(config, self._code_scanned, self._device_changed)
        equipment = Equipment(
            config.kiosk_id,
            config.region,
            self._reader,
            self._printer,
            Centre(self._client, self._reachability, self.watchdog),
            self.journal,
            StoredPublishedState(self._store, config.data),
            PersonalRecords(config.data, self._store.key),
            self._id_card_reader,
            self._scanner,
            self._faces,
            Library(ReferenceReader(config.data).rows, config.position),
        )
        self.attendant = DeviceLoop(equipment, show, patience, self.watchdog)
        self._threads = [
            threading.Thread(target=self._or_fail, args=(work,), name=name)
            for name, work in (("devices", self._start_devices), ("attendant", self._attend))
        ]
        self._failed = failed
        self._drawn = DRAWN

    def start(self, drawn: threading.Event | None = None) -> None:
        """Start the devices, settle what a crash left open, and begin to serve.

        :param drawn: is set when the first page can be seen; what that page does not need waits for it.
        """
        self._drawn = drawn or self._drawn
        # The devices come up beside the attendant, so that the first page need not wait for them.
        for thread in self._threads:
            thread.start()

    def _attend(self) -> None:
        try:
            self.settle_what_was_interrupted()
            self.journal.record(KioskStarted(version=kiosk.__version__), visit_id="")
        except StoreFullError:
            with suppress(KioskStopping):
                self.attendant.wait_for_room()
                raise
        else:
            self.attendant.run()

    def _start_devices(self) -> None:
        with self.watchdog.within("card reader", BUSY_SECONDS):
            self._reader.start()
        self._drawn.wait()
        for device in (self._printer, self._scanner, self._id_card_reader, self._faces):
            if device:
                device.start()
        learn_languages()
        self._client.load()
        self._reachability.start()

    def _or_fail(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            log.critical("kiosk stopped by fatal error", error=type(error).__name__, exc_info=error)
            self._failed()

    def _is_reachable(self) -> bool:
        with self.watchdog.within("reachability", REPLY_SECONDS):
            return self._probe.reachable()

    def stop(self) -> None:
        """End the current visit and release devices and store."""
        self.attendant.stop()
        self._drawn.set()
        self._reachability.close()
        for client in (self._client, self._probe):
            client.cut()
        for thread in self._threads:
            thread.join()
        self._reader.close()
        for device in (self._printer, self._scanner, self._id_card_reader, self._faces):
            if device:
                device.close()
        self._client.close()
        self._probe.close()
        self._store.close()
        self._lock.close()

    def settle_what_was_interrupted(self) -> None:
        """Mark every act without an outcome as uncertain; nothing is repeated."""
        for intent in self.journal.settle_after_restart():
            log.warning("an act was interrupted", act=intent.act, visit_id=intent.visit_id)

    def _code_scanned(self, token: Token) -> None:
        # The devices are made before the attendant that they tell.
        self.attendant.code_scanned(token)

    def _device_changed(self, status: object = None) -> None:
        match status:
            case CardReaderStatus(candidates=readers) if readers:
                log.error("nobody can tell which card reader is meant", readers=readers)
            case PrinterStatus(wrong_profile=True):
                log.error("the printer does not know its profile's question")
        self.attendant.device_changed(status)


def _id_card_reader(config: Config, changed: Callable[[object], None]) -> IdCardReader | None:
    return IdCardReader(config.id_card.port, changed, config.id_card.baud) if config.id_card else None


def _scanner(
    config: Config, scanned: Callable[[Token], None], changed: Callable[[object], None]
) -> Scanner | None:
    return Scanner(config.scanner.port, scanned, changed) if config.scanner else None
