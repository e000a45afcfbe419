"""Reading a card with the card layer against the bare loop of the same PC/SC calls, and its memory."""

import gc
import os
import statistics
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from smartcard import scard

from bench.figure import Figure
from hardware.card.connection import PcscConnection
from hardware.card.reader import CardReader
from hardware.card.session import CardSession
from hardware.simulator.reader import SimulatedReader, folder_of_this_process

CITIZEN = "wang-jianguo"
COMMAND_MS = 1
"""How long the simulated card takes for a command: a tenth of what the fastest contact cards take."""

VISITS, READINGS = 100, 500
READS, WARM_UP = 10_000, 1_000


def figures() -> Iterator[Figure]:
    """Measure the card layer against a simulated card behind the real pcscd."""
    with card_in_reader() as (simulated, reader, insertion):
        yield from _speed(simulated, reader, insertion)
        yield Figure(
            figure="card: memory growth over the readings",
            value=measure_growth(reader, insertion),
            unit="MiB",
            target="<= 1",
            against=f"resident memory after {WARM_UP} readings",
            n=READS,
        )


def _speed(simulated: SimulatedReader, reader: CardReader, insertion: int) -> Iterator[Figure]:
    commands = commands_of_a_reading(reader, insertion)
    extra, bare = time_readings(reader, insertion, commands)
    yield Figure(
        figure="card: the layer's share of one command",
        value=extra / len(commands) * 1e6,
        unit="us",
        target="<= 50",
        against=f"bare calls to a card that takes no time, {bare / len(commands) * 1e6:.0f} us a command",
        n=READINGS,
    )
    simulated.fault("delay_ms", COMMAND_MS)
    ratio, bare = time_visits(reader, insertion, commands)
    simulated.fault("delay_ms", 0)
    yield Figure(
        figure="card: read a card (layer / bare calls)",
        value=ratio,
        unit="x",
        target="<= 1.15",
        against=f"the same SCard calls in a loop, {COMMAND_MS} ms a command, {bare * 1000:.0f} ms",
        n=VISITS,
    )


def time_visits(reader: CardReader, insertion: int, commands: list[list[int]]) -> tuple[float, float]:
    """Power on, SELECT, EF05, EF06, PIN status, power off: return layer / bare, and bare in seconds."""

    def with_layer() -> None:
        with reader.session(insertion) as card:
            read(card)

    return _compare(with_layer, lambda: _bare_visit(reader.status.reader, commands), VISITS)


def time_readings(reader: CardReader, insertion: int, commands: list[list[int]]) -> tuple[float, float]:
    """EF05, EF06 and PIN status of an open card: return the layer's extra seconds, and bare in seconds."""
    with reader.session(insertion) as card:
        assert card._line
        connection = card._line._connection
        assert isinstance(connection, PcscConnection)
        bare = lambda: _bare_commands(connection._handle, commands[1:])  # noqa: E731
        ratio, seconds = _compare(lambda: read(card), bare, READINGS)
    return (ratio - 1) * seconds, seconds


def measure_growth(reader: CardReader, insertion: int) -> float:
    """Return by how many MiB the resident memory grows over the readings."""
    with reader.session(insertion) as card:
        for _ in range(WARM_UP):
            read(card)
        before = _resident_mib()
        for _ in range(READS):
            read(card)
        return _resident_mib() - before


def read(card: CardSession) -> None:
    """Read what a visit needs of a card."""
    card.read_basic()
    card.read_holder()
    card.pin_status()


def commands_of_a_reading(reader: CardReader, insertion: int) -> list[list[int]]:
    """Return what the layer sends to the card in one visit."""
    sent: list[list[int]] = []
    real = PcscConnection.transmit

    def recorded(self: PcscConnection, command: bytes | bytearray) -> tuple[bytes, int]:
        sent.append(list(command))
        return real(self, command)

    PcscConnection.transmit = recorded  # type: ignore[method-assign]  # listens in passing, and is put back
    try:
        with reader.session(insertion) as card:
            read(card)
    finally:
        PcscConnection.transmit = real  # type: ignore[method-assign]  # listens in passing, and is put back
    return sent


@contextmanager
def card_in_reader() -> Iterator[tuple[SimulatedReader, CardReader, int]]:
    """Have a simulated reader with a card in it, and a card reader that has seen the card."""
    seen = threading.Event()
    with SimulatedReader(folder_of_this_process()) as simulated:
        simulated.insert(CITIZEN)
        reader = CardReader(on_change=lambda status: seen.set() if status.insertion else None)
        reader.start()
        try:
            assert seen.wait(30), "the simulated card was not seen"
            yield simulated, reader, reader.status.insertion
        finally:
            reader.close()


def _bare_visit(reader: str, commands: list[list[int]]) -> None:
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    _, handle, _ = scard.SCardConnect(context, reader, scard.SCARD_SHARE_EXCLUSIVE, protocols)
    _bare_commands(handle, commands)
    scard.SCardDisconnect(handle, scard.SCARD_UNPOWER_CARD)
    scard.SCardReleaseContext(context)


def _bare_commands(handle: int, commands: list[list[int]]) -> None:
    for command in commands:
        code, answer = scard.SCardTransmit(handle, scard.SCARD_PCI_T0, command)
        assert code == scard.SCARD_S_SUCCESS and len(answer) >= 2


def _compare(layer: Callable[[], None], bare: Callable[[], None], rounds: int) -> tuple[float, float]:
    """Run both in turns; return the median ratio of neighbours and the median seconds of the bare one."""
    pairs = [(_seconds(layer), _seconds(bare)) for _ in range(rounds)]
    return statistics.median(a / b for a, b in pairs), statistics.median(b for _, b in pairs)


def _seconds(run: Callable[[], None]) -> float:
    started = perf_counter()
    run()
    return perf_counter() - started


def _resident_mib() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
