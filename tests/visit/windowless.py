"""A whole kiosk but for its window, in a process that can be struck at any step: real card, printer, centre, store.

The child process answers the kiosk's questions by a plan; what it was shown comes back through a pipe.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import update

from central.store import tables as models
from command_line import signals
from hardware.card.errors import InvalidPinError
from hardware.card.pin import Pin
from hardware.card.session import CardSession
from hardware.printer import profile as profiles
from hardware.printer.receipt_printer import ReceiptPrinter
from hardware.simulator.control import tell
from hardware.simulator.personalisation import load
from hardware.simulator.printer import SimulatedPrinter
from hardware.simulator.reader import SimulatedReader
from kiosk import config
from kiosk.attendant import machine, unexpected
from kiosk.attendant.timeouts import Timeouts
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.language import catalogue
from kiosk.dialogue.preferences import Preferences
from kiosk.paper.issuing import ISSUING
from kiosk.record.journal import Journal
from kiosk.visit.visit import UnexpectedEventError
from sync.centre_keys import learn_keys
from sync.client import CentralClient
from sync.identity import Identity
from sync.process.delivery import DeliveryWorker
from sync.protocol.cards import CARD_STATE
from sync.protocol.event_kinds import name_of
from sync.store import Store, outbox
from sync.store import events as store_events
from tests.central.centre import Centre
from tests.deadline import DEADLINE_SECONDS
from tests.hardware.card.conftest import Kiosk as WatchedReader
from tests.kiosk.saying import Said, said
from tests.people import NEW_PIN
from tests.visit.held_centre import HeldCentre
from tools.demo.stack import KIOSK_ID, PRINTER_PROFILE, write_config

PATIENCE = Timeouts(answer=DEADLINE_SECONDS, still_there=5, linger=0.2)
QUICK_PROFILE = profiles.change(profiles.load(PRINTER_PROFILE), "serial", baud=1_000_000)
STOP_SECONDS = 1.0
"""So that a slow machine is in time too."""
HANG = "stop and hang"
CHANGE_PIN = "805E0100"

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload([__name__])


@dataclass(frozen=True)
class Shown:
    """One page that the citizen saw."""

    kind: str
    words: str
    said: Said
    phase: str

    @property
    def key(self) -> tuple[str, str]:
        """Kind and title."""
        return self.kind, self.words.partition("\n")[0]


@dataclass(frozen=True)
class Plan:
    """What the citizen does: the service, the PINs believed to be right, the new ones tried, all in order.

    A new one is entered the same way twice but for those of ``again``. One who ``only_reads`` touches nothing
    on a page that tells something. One who ``leaves`` does not wait for the certificate that the centre was asked for,
    but does this: ``back``, ``finish``, ``pull`` the card, or ``stop`` the kiosk. With a page of this
    kind and title, ``stops_at``, the kiosk is told to stop.
    """

    service: str
    known: tuple[str, ...] = field(default=(), repr=False)
    new: tuple[str, ...] = field(default=(NEW_PIN,), repr=False)
    again: tuple[str, ...] = field(default=(), repr=False)
    yes: bool = True
    only_reads: bool = False
    leaves: str = ""
    stops_at: tuple[str, str] | None = None


@dataclass(frozen=True)
class Blow:
    """What happens at which step: ``kill`` the kiosk, ``pull`` the card, take the ``centre`` away, or garble.

    ``fault`` is an error that nobody expects; ``stop and hang`` tells the kiosk to stop in a step that never ends.

    ``stop the reader service`` stops pcscd, which :meth:`Branch.restore_reader_service` starts again.
    """

    kind: str
    step: str
    when: str


STEPS: dict[str, tuple[Any, str, Callable[[tuple], bool]]] = {
    "ask the centre": (CentralClient, "call", lambda call: call[1] is CARD_STATE and call[2].id_number),
    "write the intent": (Journal, "begin_act", lambda call: call[1].name == "card.pin_change"),
    "change the PIN": (CardSession, "change_pin", lambda _: True),
    "write the event": (store_events, "add", lambda call: name_of(type(call[1])).startswith("card.")),
    "write the outcome": (Journal, "settle", lambda call: call[1].act == "card.pin_change"),
    "verify the PIN": (CardSession, "verify_pin", lambda _: True),
    "write the resolution": (Journal, "resolve", lambda _: True),
    "print the receipt": (ReceiptPrinter, "print", lambda _: True),
}


@contextmanager
def watched_reader() -> Iterator[WatchedReader]:
    """Follow what pcscd tells of the card in the reader."""
    watched = WatchedReader()
    try:
        yield watched
    finally:
        watched.reader.close()


class Branch:
    """A branch with one kiosk: reader, printer and centre stay while the kiosk's process comes and goes."""

    def __init__(
        self, folder: Path, reader: SimulatedReader, printer: SimulatedPrinter, centre: Centre
    ) -> None:
        self.folder, self.simulated, self.printer, self.centre = folder, reader, printer, centre
        (folder / "data").mkdir()
        self.centre.enrol(Identity.of(KIOSK_ID, folder / "data"))
        with closing(Store.open(folder / "data", KIOSK_ID)) as store, store.transaction() as tx:
            learn_keys(tx, centre.publisher.listed_keys())  # as `kiosk sync` does, which is not here
        self.card = ""
        self.held: HeldCentre | None = None

    def stop(self) -> None:
        """Stop the centre, and make all cards new."""
        self.centre.stop()
        self.simulated.remove()
        self.simulated.tell("renew")

    def bring(self, card: str) -> None:
        """Let the citizen come with this card."""
        basic = load(card).basic
        self.card, self.card_number = card, basic.number if basic else ""
        self.put_back()

    def put_back(self) -> None:
        """Have the card in the reader, and nothing wrong with it.

        It is in when pcscd tells so, and not when it has asked the card: it asks also while it cleans up after a
        kiosk that was killed, and tells of the removal afterwards.
        """
        with watched_reader() as watched:
            self.simulated.remove()
            watched.wait_for_no_card()
            before = watched.so_far
            self.simulated.insert(self.card)
            for fault in ("remove_after", "flip"):
                self.simulated.fault(fault, "none")
            watched.wait_for_card(since=before)

    def visit(self, plan: Plan, blow: Blow | None = None) -> list[Shown]:
        """Let the kiosk's process serve one visit, or as much of it as the blow leaves; return what was shown.

        Whatever it was, it can be said in English.
        """
        path = write_config(self.folder, self.held.url if self.held else self.centre.url)
        ours, theirs = processes.Pipe()
        child = processes.Process(target=serve, args=(path, self.simulated.socket, plan, blow, theirs))
        child.start()
        theirs.close()
        shown = []
        try:
            while True:
                shown.append(self._heard(ours))
        except EOFError:
            child.join(DEADLINE_SECONDS)
        finally:
            child.kill()
            child.join()
        loose = [text for page in shown for text in page.said.loose]
        assert not loose, loose
        assert {msgid for page in shown for msgid in page.said.msgids} <= catalogue("en").keys()
        struck = blow and blow.kind == "kill"
        assert child.exitcode == (-signal.SIGKILL if struck else 0), (child.exitcode, shown)
        return shown

    def _heard(self, line: Connection) -> Shown:
        if not line.poll(DEADLINE_SECONDS):
            raise TimeoutError("the kiosk said nothing more")
        said = line.recv()
        if said == "asked":
            assert self.held and self.held.held.wait(DEADLINE_SECONDS)
            line.send("held")
            return self._heard(line)
        if said == "centre":
            self.centre.stop()
            line.send("gone")
            return self._heard(line)
        return said

    def set_card_state(self, status: str) -> None:
        """Let the centre hold the card that was brought to be in this state."""
        with self.centre.engine.begin() as tx:
            mine = models.cards.c.number == self.card_number
            tx.execute(update(models.cards).where(mine).values(status=status))

    def forget_card(self) -> None:
        """Let the centre not know the card that was brought."""
        with self.centre.engine.begin() as tx:
            mine = models.cards.c.number == self.card_number
            tx.execute(update(models.cards).where(mine).values(identity="F" * 32))

    def restore_centre(self) -> None:
        """Start the centre again, with what it had."""
        self.centre.stop()
        self.centre = Centre(self.centre.engine)

    def restore_reader_service(self) -> None:
        """Start pcscd again."""
        self.simulated.restart_pcscd()

    def deliver(self) -> None:
        """Hand the outbox over, as the sync process does."""
        client = CentralClient(self.centre.url, Identity.of(KIOSK_ID, self.folder / "data"))
        with (
            closing(client),
            closing(self.store()) as store,
            closing(DeliveryWorker(store, client, self.folder / "data")) as worker,
        ):
            while outbox.pending(store):
                worker.step()

    def store(self) -> Store:
        return Store.open(self.folder / "data", KIOSK_ID)

    def rows(self, sql: str) -> list[dict]:
        with closing(self.store()) as store:
            return store.rows(sql)

    def chip_has_new_pin(self) -> bool:
        """Ask the chip itself."""
        with (
            watched_reader() as watched,
            watched.reader.session(watched.wait_for_card()) as card,
            pin_of(NEW_PIN) as pin,
        ):
            try:
                card.verify_pin(pin)
            except InvalidPinError:
                return False
            return True

    def changes_sent(self) -> int:
        return self.simulated.headers().count(CHANGE_PIN)


# What follows runs in the kiosk's process.


@dataclass
class Citizen:
    """Answers the kiosk's questions by a plan."""

    plan: Plan
    served: bool = False

    def __post_init__(self) -> None:
        self.known, self.new, self.again = map(list, (self.plan.known, self.plan.new, self.plan.again))

    def answer(self, question: dialogue.Question) -> Any:
        match question:
            case dialogue.Choose(home=False):
                return question.options[0].key
            case dialogue.Choose():
                chosen = dialogue.CitizenFinished() if self.served else self.plan.service
                self.served = True
                return chosen
            case dialogue.EnterPin(title="请设置新密码"):
                self.last = self.new[:1]
                return next_of(self.new)
            case dialogue.EnterPin(title="请再输入一次新密码"):
                return next_of(self.again or self.last)
            case dialogue.EnterPin():
                return next_of(self.known)
            case dialogue.Confirm():
                return self.plan.yes
            case dialogue.Finished():
                return dialogue.CitizenFinished()
        return None


def next_of(pins: list[str]) -> Pin | dialogue.CitizenFinished:
    """Return the next PIN that the citizen enters, or that there is none."""
    return pin_of(pins.pop(0)) if pins else dialogue.CitizenFinished()


def pin_of(digits: str) -> Pin:
    return Pin(bytearray(digits.encode()))


def serve(config_path: Path, pcsc: Path, plan: Plan, blow: Blow | None, line: Connection) -> None:
    """Run the kiosk until the visit is over."""
    os.environ["PCSCLITE_CSOCK_NAME"] = str(pcsc)
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    profiles.load = lambda _name: QUICK_PROFILE
    unexpected.handle_with(raise_it)
    pending = strike(blow, pcsc.with_name("control"), line) if blow else []
    over = threading.Event()
    citizen = Citizen(plan)
    begun = False

    def phase() -> str:
        return str(kiosk.attendant._visit.state.phase)

    def leave(question: dialogue.AwaitReply) -> None:
        line.send("asked")
        assert line.recv() == "held"
        match plan.leaves:
            case "back":
                kiosk.attendant.answer(question, dialogue.WentBack())
            case "finish":
                kiosk.attendant.answer(question, dialogue.CitizenFinished())
            case "pull":
                tell(pcsc.with_name("control"), "remove")
            case "stop":
                os.kill(os.getpid(), signal.SIGTERM)

    def show(question: dialogue.Question, manner: Preferences) -> None:
        nonlocal begun
        page = Shown(type(question).__name__, words_of(question), said(question), phase())
        line.send(page)
        if page.key == plan.stops_at:
            os.kill(os.getpid(), signal.SIGTERM)
        elif isinstance(question, dialogue.AwaitReply) and question.title == ISSUING.title and plan.leaves:
            leave(question)
        elif isinstance(question, dialogue.Working | dialogue.AwaitReply):
            begun = True
        elif isinstance(question, dialogue.Idle):
            if begun:
                over.set()
        elif isinstance(question, dialogue.TakeCard | dialogue.OutOfService | dialogue.RefuseCard):
            over.set()
        elif not (plan.only_reads and isinstance(question, dialogue.Notice | dialogue.Finished)):
            kiosk.attendant.answer(question, citizen.answer(question))

    kiosk = machine.Machine(config.load(config_path), show, over.set, PATIENCE, simulated_reader=True)
    signals.STOP_SECONDS = STOP_SECONDS
    with signals.told_to_stop(lambda _: over.set()):
        kiosk.start()
        over.wait(DEADLINE_SECONDS)
        kiosk.stop()
    assert not pending or plan.stops_at or blow.kind == HANG, "the blow never fell"


def raise_it(error: UnexpectedEventError) -> None:
    raise error


def words_of(question: dialogue.Question) -> str:
    problem = getattr(question, "problem", "")
    return "\n".join(filter(None, (question.title, question.text, problem)))


def strike(blow: Blow, control: Path, line: Connection) -> list[Blow]:
    """Have the blow fall once, before or after its step; return what has not fallen yet."""
    owner, name, concerned = STEPS[blow.step]
    original = getattr(owner, name)
    pending = [blow]

    def stepped(*arguments: Any, **more: Any) -> Any:
        falls = bool(pending) and concerned(arguments)
        if falls and blow.when == "before":
            fall(pending.pop(), control, line)
        result = original(*arguments, **more)
        if falls and blow.when == "after":
            fall(pending.pop(), control, line)
        return result

    setattr(owner, name, stepped)
    return pending


def fall(blow: Blow, control: Path, line: Connection) -> None:
    match blow.kind:
        case _ if blow.kind == HANG:
            os.kill(os.getpid(), signal.SIGTERM)
            threading.Event().wait()
        case "fault":
            raise LookupError("a fault of the program")
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "pull":
            tell(control, "remove")
        case "stop the reader service":
            tell(control, "kill-pcscd")
        case "pull in answering":
            tell(control, "fault", "remove_after", "0")
        case "garble the answer":
            tell(control, "fault", "flip", "[1, 0, 255]")
        case "centre":
            line.send("centre")
            assert line.recv() == "gone"
