"""A real pcscd with virtual readers for these tests, and helpers that wait on events instead of sleeping."""

import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from hardware.card.monitor import CardReaderStatus
from hardware.card.reader import CardReader
from hardware.simulator.pcscd import ReaderStartError, find_driver, find_pcscd
from hardware.simulator.reader import SimulatedReader, folder_of_this_process
from tests.deadline import DEADLINE_SECONDS

# pcscd asks a virtual reader every 0.4 s whether a card is in; a reader with an interrupt line tells at once.
FAST_POLLING = r"""
#define _GNU_SOURCE
#include <time.h>
int nanosleep(const struct timespec *wanted, struct timespec *left) {
    struct timespec quick = {0, 4000000};
    int poll = wanted->tv_sec == 0 && wanted->tv_nsec == 400000000;
    return clock_nanosleep(CLOCK_MONOTONIC, 0, poll ? &quick : wanted, left);
}
"""


@pytest.fixture(scope="session")
def needs_pcscd() -> None:
    try:
        find_pcscd(), find_driver()
    except ReaderStartError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def fast_polling(tmp_path_factory) -> dict[str, str]:
    if not shutil.which("gcc"):
        pytest.skip("gcc is not installed: pcscd cannot be made to poll faster")
    folder = tmp_path_factory.mktemp("polling")
    (folder / "polling.c").write_text(FAST_POLLING)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", folder / "polling.so", folder / "polling.c"], check=True)
    return {"LD_PRELOAD": str(folder / "polling.so")}


def start_simulated(**options) -> SimulatedReader:
    return SimulatedReader(folder_of_this_process(), **options).start()


@pytest.fixture
def simulated(needs_pcscd, fast_polling):
    simulated = start_simulated(environment=fast_polling)
    yield simulated
    simulated.close()


class WindowCallbacks:
    """Remembers every status that a reader reports, and waits for one."""

    def __init__(self) -> None:
        self.statuses: list[CardReaderStatus] = []
        self._changed = threading.Condition()

    def __call__(self, status: CardReaderStatus) -> None:
        with self._changed:
            self.statuses.append(status)
            self._changed.notify_all()

    def wait_for(self, wanted, since: int = 0) -> CardReaderStatus:
        """Return the first status, from number ``since`` on, for which ``wanted`` is true."""
        with self._changed:
            found = self._changed.wait_for(
                lambda: next(filter(wanted, self.statuses[since:]), None), DEADLINE_SECONDS
            )
        assert found, f"not within {DEADLINE_SECONDS} s; there were {self.statuses[since:]}"
        return found


class Kiosk:
    """A card reader under test with its listener."""

    def __init__(self, **options) -> None:
        self.seen = WindowCallbacks()
        options.setdefault("answer_within", 2.0)
        self.reader = CardReader(on_change=self.seen, **options)
        self.reader.start()

    def wait_for(self, wanted, since: int = 0) -> CardReaderStatus:
        return self.seen.wait_for(wanted, since)

    def wait_for_card(self, since: int = 0) -> int:
        return self.wait_for(lambda status: status.insertion, since).insertion

    def wait_for_no_card(self, since: int = 0) -> None:
        self.wait_for(lambda status: status.reader and not status.insertion, since)

    @property
    def so_far(self) -> int:
        return len(self.seen.statuses)


@pytest.fixture
def kiosk(simulated):
    kiosk = Kiosk()
    yield kiosk
    kiosk.reader.close()


@pytest.fixture
def put_in(simulated, kiosk):
    """Put a card in and return its insertion, once the reader has seen it."""

    def put_in(card: str | Path) -> int:
        last = max((status.insertion for status in kiosk.seen.statuses), default=0)
        simulated.swap(card)
        return kiosk.wait_for(lambda status: status.insertion > last).insertion

    return put_in
