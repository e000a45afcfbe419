"""A simulated ID card reader on a real pty, and the kiosk's reader at its other end."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hardware.id_card.reader import IdCardReader, IdCardReaderStatus
from hardware.simulator.id_reader import SimulatedIdReader
from tests.deadline import DEADLINE_SECONDS


class Watched:
    """A reader, and every status that it told."""

    def __init__(self, port: Path, baud: int) -> None:
        self.reader = IdCardReader(str(port), self._on_change, baud)
        self._changed = threading.Condition()
        self.told: list[IdCardReaderStatus] = []

    def _on_change(self, status: IdCardReaderStatus) -> None:
        with self._changed:
            self.told.append(status)
            self._changed.notify_all()

    def wait_for(self, condition: Callable[[IdCardReaderStatus], bool]) -> IdCardReaderStatus:
        with self._changed:
            assert self._changed.wait_for(lambda: self.told and condition(self.told[-1]), DEADLINE_SECONDS), (
                self.told
            )
            return self.told[-1]


def until(condition: Callable[[], bool]) -> None:
    """Look until the condition holds, where nothing tells that it does."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "id-reader"


@pytest.fixture
def simulated(link: Path) -> Iterator[SimulatedIdReader]:
    with SimulatedIdReader(link) as simulated:
        yield simulated


@pytest.fixture
def connect(link: Path) -> Iterator[Callable[..., Watched]]:
    with ExitStack() as stack:

        def start(baud: int = 115200) -> Watched:
            watched = Watched(link, baud)
            stack.enter_context(watched.reader)
            return watched

        yield start
