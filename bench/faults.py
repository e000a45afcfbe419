"""Certificates under every fault at every byte: no false confirmation, no second copy, no job without a journal row."""

import multiprocessing
import os
import signal
import tempfile
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
from kiosk.certificates import kinds
from kiosk.certificates.sheet import Copy
from kiosk.journal import Journal
from kiosk.printing import interrupted, print_copy
from sync.protocol.certificate_kinds import CHINA
from sync.store import Store, outbox

PROFILES = ("epson-tm-t88v", "gb18030-80mm")
KIOSK = "610200-001"
SETTLE = 30.0
WORKERS = 4
RAISED = 1
DIALOGUE_BYTES = 80
"""The greeting before a job, and the questions in it and after it."""

processes = multiprocessing.get_context("forkserver")


@dataclass(frozen=True)
class Aftermath:
    """What a kiosk that was killed while printing finds when it starts again, and what is on paper.

    ``copies`` are the tickets whose QR code can be read: the remains of a broken-off job are cut off without one.
    """

    journalled: int
    outcomes: tuple[str, ...]
    reported: int
    copies: int

    @property
    def honest(self) -> bool:
        """Whether the job is in the journal once, with an end, reported once, and on paper at most once."""
        once = self.journalled == self.reported == 1
        return once and self.outcomes in (("uncertain",), ("done",)) and self.copies <= 1


def figures() -> Iterator[Figure]:
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

    SerialPort.write_some = last_write  # type: ignore[method-assign, assignment]


def start_again(folder: Path, profile: Profile, simulated: SimulatedPrinter) -> Aftermath:
    """Do what a kiosk does at its start, and look at the journal and at the paper."""
    with closing(Store.open(folder, KIOSK)) as store:
        journal = Journal(store)
        unsettled = journal.unsettled()
        for intent in unsettled:
            journal.settle(intent, *interrupted(intent))
        with ReceiptPrinter(str(folder / "printer"), profile, unfinished_job=bool(unsettled)) as printer:
            printer.settle(SETTLE)
        outcomes = tuple(row["outcome"] for row in store.rows("SELECT outcome FROM journal"))
        copies = [ticket for ticket in simulated.tickets if zxingcpp.read_barcode(ticket.convert("L"))]
        return Aftermath(len(outcomes), outcomes, outbox.pending(store), len(copies))


def certificate() -> kinds.Certificate:
    """Return the participation certificate of an invented citizen."""
    document = kinds.read(kinds.examples()["participation"])
    assert isinstance(document, kinds.Certificate)
    return document


def certificate_bytes(profile: Profile) -> int:
    """Return how many bytes that certificate has for a printer."""
    return len(encode(kinds.lay_out(certificate(), Copy(KIOSK, 1, datetime.now(CHINA))), profile))


def fast(profile_name: str) -> Profile:
    """Return a profile whose line the kiosk does not have to pace."""
    return profiles.change(profiles.load(profile_name), "serial", baud=1_000_000)
