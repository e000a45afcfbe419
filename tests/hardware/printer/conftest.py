"""A simulated printer on a real pty, fast, and the kiosk's printer at its other end."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hardware.printer import profile as profiles
from hardware.printer.document import Document, Text
from hardware.printer.profile import Profile
from hardware.printer.receipt_printer import ReceiptPrinter
from hardware.simulator.printer import SimulatedPrinter
from tests.deadline import DEADLINE_SECONDS

SETTLE = DEADLINE_SECONDS
FAST = 50


def quick(name: str) -> Profile:
    """A profile whose line is not what a test waits for."""
    return profiles.change(profiles.load(name), "serial", baud=1_000_000)


def a_document(lines: int = 30) -> Document:
    return Document("test", [Text("参保证明", size=2), *(Text(f"第{n}行 正常缴费") for n in range(lines))])


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "printer"


@pytest.fixture
def simulate(link: Path, tmp_path: Path) -> Iterator[Callable[..., SimulatedPrinter]]:
    with ExitStack() as stack:

        def start(profile: Profile, **options: object) -> SimulatedPrinter:
            options = {"speed": FAST, "paper": tmp_path / "paper"} | options
            return stack.enter_context(SimulatedPrinter(profile, link, **options))

        yield start


@pytest.fixture
def connect(simulate: object, link: Path) -> Iterator[Callable[..., ReceiptPrinter]]:
    with ExitStack() as stack:

        def start(profile: Profile, **options: object) -> ReceiptPrinter:
            printer = stack.enter_context(ReceiptPrinter(str(link), profile, **options))
            printer.settle(SETTLE)
            return printer

        yield start


def wait_for(printer: ReceiptPrinter, condition: Callable[[], object]) -> None:
    """Wait for a condition on the printer's status, woken by its changes."""
    with printer._publishing:
        assert printer._publishing.wait_for(condition, SETTLE), printer.status
