"""Figures of the receipt printer: time over the physical limit, bytes, encoding; and its fault sweep."""

import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from bench.figure import Figure
from hardware.printer import profile as profiles
from hardware.printer.document import Align, Cell, Columns, Document, QrCode, Rule, Table, Text
from hardware.printer.encoder import encode
from hardware.printer.job import PrintOutcome, PrintState
from hardware.printer.profile import Profile
from hardware.printer.receipt_printer import PrinterNotReadyError, ReceiptPrinter
from hardware.simulator.printer import SimulatedPrinter
from hardware.simulator.printer_mechanism import Mechanism
from hardware.simulator.printer_paper import Paper
from hardware.simulator.printer_stream import RealTime, Stream

SETTLE = 30.0
# The greeting before a job and the questions in it and after it.
_DIALOGUE_BYTES = 80
FAULTS: dict[str, tuple[str, ...]] = {
    "power loss": ("power", "off"),
    "paper out": ("paper", "out"),
    "cover open": ("cover", "open"),
}


def certificate(months: int = 12, qr: bool = True) -> Document:
    """Return a one-page certificate of an invented person, about as long as a real one."""
    rows = [[f"2024-{month:02d}", "正常缴费", "4188.00", "335.04"] for month in range(1, months + 1)]
    numbers = (Align.LEFT, Align.LEFT, Align.RIGHT, Align.RIGHT)
    label = 14
    return Document(
        "bench certificate",
        [
            Text("社会保险参保证明", size=2, bold=True, align=Align.CENTER),
            Text("（个人专用）", align=Align.CENTER),
            Columns([Cell("证明编号", label), Cell("6102000120240001", 28)]),
            Columns([Cell("姓名", label), Cell("欧阳晴", 28)]),
            Columns([Cell("社会保障号码", label), Cell("999999199905230281", 28)]),
            Rule(),
            Table(["年月", "状态", "基数", "个人"], rows, [8, 10, 10, 10], numbers),
            Rule(),
            Columns([Cell("合计月数", label), Cell(f"{months} 个月", 28)]),
            Text("本证明自打印之日起三个月内有效，仅供参考，不作为待遇计发的最终依据。"),
            *([QrCode("https://12333.example.cn/v#" + "Ab3" * 46)] if qr else []),
            Text("扫码核验内容，或登录网站输入校验码 8F3K-29QD", align=Align.CENTER),
            Text("打印时间 2024-12-31 09:30:00"),
        ],
    )


def ideal(profile: Profile, data: bytes) -> tuple[float, bytes]:
    """Print without any driver: each byte as soon as the wire can carry it, each command at the machinery.

    :return: the seconds that no driver can beat, and the dots of the ticket.
    """
    paper = Paper(profile, None)
    stream, mechanism = Stream(), Mechanism(profile, paper, lambda reply: None)
    busy = 0.0
    for count, byte in enumerate(data, 1):
        for item in stream.feed(byte):
            if not isinstance(item, RealTime):
                busy = max(busy, count * 10 / profile.serial.baud) + mechanism.run(item)
    return max(busy, len(data) * 10 / profile.serial.baud), paper.tickets[0].tobytes()


def job_seconds(profile: Profile, document: Document) -> float:
    """Print once on a simulated printer in real time and return the seconds from the call to CONFIRMED."""
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / "printer"
        with SimulatedPrinter(profile, link), ReceiptPrinter(str(link), profile) as printer:
            printer.settle(SETTLE)
            job = printer.prepare(document)
            begun = time.monotonic()
            outcome = printer.print(job, reference=1)
            seconds = time.monotonic() - begun
    if outcome.state is not PrintState.CONFIRMED:
        raise RuntimeError(f"a healthy printer did not confirm: {outcome}")
    return seconds


def job_time(profile_name: str, baud: int, target: float = 1.05, repeat: int = 3) -> Figure:
    """Measure a job against the physical limit of the same bytes."""
    profile = profiles.change(profiles.load(profile_name), "serial", baud=baud)
    limit, _ = ideal(profile, encode(certificate(), profile))
    against = f"wire and machinery alone, {limit:.2f} s"
    ratios = [job_seconds(profile, certificate()) / limit for _ in range(repeat)]
    return Figure(
        f"printer.job_time.{baud}.{profile_name}",
        statistics.median(ratios),
        "×",
        f"<= {target}",
        against,
        repeat,
    )


def wire_bytes(profile_name: str = "epson-tm-t88v") -> Figure:
    """Count the bytes of a one-page text certificate with a QR code drawn by the printer."""
    return Figure(
        "printer.certificate_bytes",
        len(encode(certificate(), profiles.load(profile_name))),
        "bytes",
        "<= 1600",
        "101 804 bytes as one picture",
        1,
    )


def encode_time(profile_name: str = "epson-tm-t88v", repeat: int = 50) -> Figure:
    """Time the encoding of that certificate."""
    profile = profiles.load(profile_name)
    seconds = []
    for _ in range(repeat):
        begun = time.perf_counter()
        encode(certificate(), profile)
        seconds.append(time.perf_counter() - begun)
    return Figure(
        "printer.encode",
        statistics.median(seconds) * 1000,
        "ms",
        "<= 10",
        "a frame of the screen, 16.7 ms",
        repeat,
    )


@dataclass(slots=True)
class Sweep:
    """What became of the jobs of a fault sweep. ``false`` lists (fault, byte) of each false confirmation."""

    outcomes: Counter[str] = field(default_factory=Counter)
    false: list[tuple[str, int]] = field(default_factory=list)


def fault_sweep(
    profile_name: str,
    positions: Iterable[int] | None = None,
    faults: Sequence[str] = tuple(FAULTS),
    workers: int = 6,
) -> Sweep:
    """Let each fault strike at each byte of a job and look on the paper whether CONFIRMED was true.

    :param positions: the bytes, counted from the beginning of the job's dialogue; all of them by default.
    """
    profile = profiles.change(profiles.load(profile_name), "serial", baud=1_000_000)
    document = certificate(qr=profile.qr.native)
    data = encode(document, profile)
    _, whole = ideal(profile, data)
    cases = [(fault, at) for fault in faults for at in (positions or range(1, len(data) + _DIALOGUE_BYTES))]
    sweep = Sweep()
    with ThreadPoolExecutor(workers) as pool:
        ends = pool.map(lambda case: _print_with(profile, document, *case), cases)
        for case, (state, ticket) in zip(cases, ends, strict=True):
            sweep.outcomes[state] += 1
            if state == PrintState.CONFIRMED and ticket != whole:
                sweep.false.append(case)
    return sweep


def _print_with(profile: Profile, document: Document, fault: str, at: int) -> tuple[str, bytes]:
    """Print once; return the end of the job and the dots of the first ticket."""
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / "printer"
        with (
            SimulatedPrinter(profile, link, speed=50) as simulated,
            ReceiptPrinter(str(link), profile) as printer,
        ):
            printer.settle(SETTLE)
            job = printer.prepare(document)
            simulated.at(at, *FAULTS[fault])
            state = _end(lambda: printer.print(job, reference=at))
            tickets = simulated.tickets
    return state, tickets[0].tobytes() if tickets else b""


def _end(printing: Callable[[], PrintOutcome]) -> str:
    try:
        return printing().state
    except PrinterNotReadyError:
        return "not sent"


def false_confirmations(profile_name: str) -> Figure:
    """Sweep every byte of a job with every fault (minutes)."""
    sweep = fault_sweep(profile_name)
    ends = ", ".join(f"{count} {state}" for state, count in sorted(sweep.outcomes.items()))
    return Figure(
        f"faults.false_confirmations.{profile_name}",
        len(sweep.false),
        "jobs",
        "<= 0",
        ends,
        sum(sweep.outcomes.values()),
    )


def figures() -> Iterator[Figure]:
    """Measure jobs, bytes and encoding; the sweeps over every byte are in bench/faults.py."""
    yield job_time("epson-tm-t88v", 9600)
    yield job_time("epson-tm-t88v", 115200)
    # Its QR code is a picture of 12 KB, and never more than its buffer is under way.
    yield job_time("gb18030-80mm", 115200, target=1.1)
    yield wire_bytes()
    yield encode_time()
