"""Certificates and events under every fault of printer, line, disk and machine: nothing lost, nothing twice."""

import multiprocessing
import os
import random
import signal
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import zxingcpp

from bench.figure import Figure
from bench.printer import false_confirmations
from hardware.printer import profile as profiles
from hardware.printer.encoder import encode
from hardware.printer.profile import Profile
from hardware.printer.receipt_printer import ReceiptPrinter
from hardware.serial_port import SerialPort
from hardware.simulator.printer import SimulatedPrinter
from kiosk.paper.certificates import kinds
from kiosk.paper.certificates.sheet import Copy
from kiosk.paper.printing import print_copy
from kiosk.record.journal import Journal
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.documents import Certificate
from sync.store import Store, outbox
from sync.store.database import PRAGMAS
from tests.sync import fleet, power_cut

PROFILES = ("epson-tm-t88v", "gb18030-80mm")
KIOSK = "610200-001"
SETTLE = 30.0
WORKERS = 4
RAISED = 1
CUTS = 10_000
KIOSKS, EVENTS, STROKES = 4, 1_500, 120
DIALOGUE_BYTES = 80
"""The greeting before a job, and the questions in it and after it."""

processes = multiprocessing.get_context("forkserver")


@dataclass(frozen=True)
class Aftermath:
    """What a kiosk that was killed while printing finds when it starts again, and what is on paper.

    ``copies`` are the tickets whose QR code can be read: the remains of a broken-off job are cut off without one.
    ``reasons`` say why an outcome is no better.
    """

    journalled: int
    outcomes: tuple[str, ...]
    reasons: tuple[str | None, ...]
    reported: int
    copies: int

    @property
    def honest(self) -> bool:
        """Whether the job is in the journal once, with an end, reported once, and on paper at most once."""
        once = self.journalled == self.reported == 1
        return once and self.outcomes in (("uncertain",), ("done",)) and self.copies <= 1


def figures() -> Iterator[Figure]:
    """Sweep every byte position of a job, ten thousand power cuts, and a fleet that is struck again and again."""
    yield from printing()
    yield power_cuts()
    yield from events()


def power_cuts(count: int = CUTS) -> Figure:
    """Cut the power while the kiosk writes, and start on what is left; the settings are the store's own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = power_cut.record(folder, PRAGMAS, rounds=100)
        disks = power_cut.power_cuts(log, count, random.Random(count))
        verdicts = Counter(power_cut.judge(disk, folder) for disk in disks)
    wrong = count - verdicts["whole"]
    return Figure(
        "faults.power_cuts",
        wrong,
        "disks",
        "<= 0",
        "lost what was acknowledged, partially written, or corrupt",
        count,
    )


def events() -> Iterator[Figure]:
    """Strike a fleet on a bad line, and compare what it made with what the centre has."""
    with tempfile.TemporaryDirectory() as name:
        outcome = fleet.run(Path(name), KIOSKS, EVENTS, STROKES, seed=2026)
    faults = sum(count for fault, count in outcome.faults.items() if fault != "pass")
    against = f"{outcome.events} events, faults: {dict(outcome.faults)}"
    yield Figure("faults.events_lost", outcome.lost, "events", "<= 0", against, faults)
    yield Figure("faults.events_duplicated", outcome.duplicated, "events", "<= 0", against, faults)
    yield Figure("faults.events_in_quarantine", outcome.quarantined, "events", "<= 0", against, faults)
    yield Figure("faults.cards_out_of_order", outcome.out_of_order, "cards", "<= 0", against, faults)


def printing() -> Iterator[Figure]:
    """Sweep every byte position with power loss, paper out, cover open, and with the kiosk killed (many minutes)."""
    for name in PROFILES:
        yield false_confirmations(name)
    positions = range(1, certificate_bytes(fast("epson-tm-t88v")) + DIALOGUE_BYTES)
    dishonest = [at for at, after in kill_sweep("epson-tm-t88v", positions) if not after.honest]
    yield Figure(
        "faults.host_killed", len(dishonest), "jobs", "<= 0", "lost, repeated or unjournalled", len(positions)
    )


def kill_sweep(profile_name: str, positions: Iterable[int]) -> Iterator[tuple[int, Aftermath]]:
    """Kill the kiosk after each number of bytes on the line, start it again, and yield what it finds."""
    processes.set_forkserver_preload([__name__])
    profile = fast(profile_name)
    with ThreadPoolExecutor(WORKERS) as pool:
        places = list(positions)
        yield from zip(places, pool.map(lambda at: killed_at(profile, at), places), strict=True)


def killed_at(profile: Profile, at: int) -> Aftermath:
    """Print in a process that is killed after ``at`` bytes, and start again."""
    with tempfile.TemporaryDirectory(prefix="kiosk-") as name:
        folder = Path(name)
        with SimulatedPrinter(profile, folder / "printer", speed=50) as simulated:
            kiosk = processes.Process(target=print_until_killed, args=(folder, profile, at))
            kiosk.start()
            kiosk.join()
            assert kiosk.exitcode != RAISED, "the kiosk of the sweep could not print"
            return start_again(folder, profile, simulated)


def print_until_killed(folder: Path, profile: Profile, at: int) -> None:
    """Print a certificate as a kiosk does, in a process that dies with the byte ``at`` of the job."""
    with (
        closing(Store.open(folder, KIOSK)) as store,
        ReceiptPrinter(str(folder / "printer"), profile) as printer,
    ):
        journal = Journal(store)
        visit = SimpleNamespace(
            kiosk_id=KIOSK, visit_id="visit", partition="card", printer=printer, journal=journal
        )
        printer.settle(SETTLE)
        die_after(at)
        # A visit with only what printing needs.
        print_copy(visit, certificate(), {"kind": "participation"}, copy=1)  # type: ignore[arg-type]


def die_after(count: int) -> None:
    """Let the serial line carry ``count`` more bytes, and then end this process as a power cut would."""
    carried, write_some = [0], SerialPort.write_some

    def last_write(port: SerialPort, data: bytes | memoryview, timeout: float) -> int:
        left = count - carried[0]
        written = write_some(port, data[:left], timeout)
        carried[0] += written
        if carried[0] >= count:
            os.kill(os.getpid(), signal.SIGKILL)
        return written

    SerialPort.write_some = last_write  # type: ignore[method-assign, assignment]  # the power cut


def start_again(folder: Path, profile: Profile, simulated: SimulatedPrinter) -> Aftermath:
    """Do what a kiosk does at its start, and look at the journal and at the paper."""
    with closing(Store.open(folder, KIOSK)) as store:
        journal = Journal(store)
        acts_without_outcome = journal.settle_after_restart()
        with ReceiptPrinter(
            str(folder / "printer"), profile, unfinished_job=bool(acts_without_outcome)
        ) as printer:
            printer.settle(SETTLE)
        acts = store.rows("SELECT outcome, details ->> '$.reason' AS reason FROM journal")
        outcomes, reasons = tuple(act["outcome"] for act in acts), tuple(act["reason"] for act in acts)
        copies = [ticket for ticket in simulated.tickets if zxingcpp.read_barcode(ticket.convert("L"))]
        return Aftermath(len(outcomes), outcomes, reasons, outbox.pending(store), len(copies))


def certificate() -> Certificate:
    """Return the participation certificate of an invented citizen."""
    document = kinds.read(kinds.examples()["participation"])
    assert isinstance(document, Certificate)
    return document


def certificate_bytes(profile: Profile) -> int:
    """Return how many bytes that certificate has for a printer."""
    return len(encode(kinds.lay_out(certificate(), Copy(KIOSK, 1, datetime.now(CHINA))), profile))


def fast(profile_name: str) -> Profile:
    """Return a profile whose line the kiosk does not have to pace."""
    return profiles.change(profiles.load(profile_name), "serial", baud=1_000_000)
