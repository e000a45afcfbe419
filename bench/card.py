"""Reading a card with the card layer against the bare loop of the same PC/SC calls, and its memory."""

import gc
import logging
import os
import statistics
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from bench.figure import Figure
from smartcard import scard

from hardware.card.connection import PcscConnection
from hardware.card.reader import CardReader
from hardware.card.session import CardSession
from hardware.simulator.reader import SimulatedReader, folder_of_this_process

ROUNDS = 400
READS = 10_000
WARM_UP = 1_000
CITIZEN = "wang-jianguo"


def figures() -> Iterator[Figure]:
    """Measure the card layer against a simulated card behind the real pcscd."""
    logging.getLogger("hardware.card").setLevel(logging.WARNING)
    with _card_in_reader() as (reader, insertion):
        layer, bare = time_reading(reader, insertion, ROUNDS)
        yield Figure(
            figure="card: read a card (layer / bare)",
            value=layer / bare,
            unit="x",
            target="<= 1.15",
            against=f"the same SCard calls in a loop, {bare * 1000:.2f} ms",
            n=ROUNDS,
        )
        yield Figure(
            figure=f"card: memory growth over {READS} reads",
            value=measure_growth(reader, insertion, READS),
            unit="MiB",
            target="<= 1",
            against=f"resident memory after {WARM_UP} reads",
            n=READS,
        )


def time_reading(reader: CardReader, insertion: int, rounds: int) -> tuple[float, float]:
    """Return the median seconds of a reading with the layer and with the bare calls, taken in turns."""
    name = reader.status.reader
    commands = _commands_of_a_reading(reader, insertion)
    layer, bare = [], []
    for _ in range(rounds):
        layer.append(_seconds(lambda: read_with_layer(reader, insertion)))
        bare.append(_seconds(lambda: read_bare(name, commands)))
    return statistics.median(layer), statistics.median(bare)


def read_with_layer(reader: CardReader, insertion: int) -> None:
    """Power on, SELECT, EF05, EF06, PIN status, power off."""
    with reader.session(insertion) as card:
        _read(card)


def read_bare(reader: str, commands: list[list[int]]) -> None:
    """Do the same with nothing but PC/SC calls."""
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    _, handle, _ = scard.SCardConnect(
        context, reader, scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    )
    for command in commands:
        code, answer = scard.SCardTransmit(handle, scard.SCARD_PCI_T0, command)
        assert code == scard.SCARD_S_SUCCESS and len(answer) >= 2
    scard.SCardDisconnect(handle, scard.SCARD_UNPOWER_CARD)
    scard.SCardReleaseContext(context)


def measure_growth(reader: CardReader, insertion: int, reads: int) -> float:
    """Return by how many MiB the resident memory grows over that many readings."""
    with reader.session(insertion) as card:
        for _ in range(WARM_UP):
            _read(card)
        before = _resident_mib()
        for _ in range(reads):
            _read(card)
        return _resident_mib() - before


def _read(card: CardSession) -> None:
    card.read_basic()
    card.read_holder()
    card.pin_status()


def _commands_of_a_reading(reader: CardReader, insertion: int) -> list[list[int]]:
    sent: list[list[int]] = []
    real = PcscConnection.transmit

    def recorded(self: PcscConnection, command: bytes) -> tuple[bytes, int]:
        sent.append(list(command))
        return real(self, command)

    PcscConnection.transmit = recorded  # type: ignore[method-assign]
    try:
        read_with_layer(reader, insertion)
    finally:
        PcscConnection.transmit = real  # type: ignore[method-assign]
    return sent


@contextmanager
def _card_in_reader() -> Iterator[tuple[CardReader, int]]:
    seen = threading.Event()
    with SimulatedReader(folder_of_this_process()) as simulated:
        simulated.insert(CITIZEN)
        reader = CardReader(on_change=lambda status: seen.set() if status.insertion else None)
        reader.start()
        try:
            assert seen.wait(30), "the simulated card was not seen"
            yield reader, reader.status.insertion
        finally:
            reader.close()


def _seconds(run: Callable[[], None]) -> float:
    started = perf_counter()
    run()
    return perf_counter() - started


def _resident_mib() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
