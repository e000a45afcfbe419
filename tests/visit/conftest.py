"""A whole kiosk on real wires: window, pcscd, pty and HTTP."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from central.store.database import open_database
from hardware.simulator.printer import SimulatedPrinter
from hardware.simulator.reader import SimulatedReader
from kiosk.menu.menu import menu
from kiosk.services.service import services
from tests.central.centre import Centre, migrated_file, sqlite_url
from tests.deadline import DEADLINE_SECONDS
from tests.hardware.card.conftest import fast_polling, needs_pcscd, start_simulated  # noqa: F401
from tests.people import PINS
from tests.visit.windowless import QUICK_PROFILE, Branch
from tools.demo.stack import Stack
from tools.demo.window import Window

CITIZEN = "wang-jianguo"
ELDERS = ("li-xiuying",)
MENU_ENTRY = "打印参保证明"
MONTHS = "最近24个月"
GO_ON = ("开始", "下一步：输入密码", "开始办理")


class Kiosk:
    """The stack, and a citizen before its window."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.window = Window(stack.peephole)
        self.shown: list[str] = []
        """Every word that was on a screenshot."""

    def insert(self, card: str = CITIZEN) -> None:
        self.stack.insert_card(card)

    def pull(self) -> None:
        self.stack.remove_card()

    def reach_menu(self, card: str = CITIZEN) -> None:
        self.insert(card)
        if card in ELDERS:
            self.window.wait_for("Confirm", saying="要用长辈版吗")
            self.window.touch("不用")
        self.window.wait_for("Home")

    def open_group(self, name: str) -> None:
        """Open a group on the first page of the menu."""
        title = next(group.title for group in menu().groups if group.name == name)
        self.window.touch(title)
        self.window.wait_for("Choose")

    def go_home(self) -> None:
        self.window.touch("首页")
        self.window.wait_for("Home")

    def begin(self, label: str) -> None:
        """Choose a service by its group, and go on from what is said of it."""
        service = next(each for each in services().values() if each.label == label)
        self.open_group(service.group)
        self.window.touch(label)
        self.window.wait_for("IntroduceService")
        self.window.touch(next(name for name in GO_ON if name in self.window.texts))

    def reach_pin(self, card: str = CITIZEN) -> None:
        self.reach_menu(card)
        self.begin(MENU_ENTRY)
        self.window.wait_for("EnterPin")

    def print_certificate(self, card: str = CITIZEN) -> None:
        """Go as far as the printer, and wait for what it brings."""
        self.reach_pin(card)
        self.enter_pin_and_choose_months(card)
        self.window.wait_for("Working", saying="正在打印")

    def enter_pin_and_choose_months(self, card: str = CITIZEN) -> None:
        self.window.enter_pin(PINS[card])
        self.choose_months()

    def choose_months(self) -> None:
        self.window.wait_for("Choose", saying=MONTHS)
        self.window.touch(MONTHS)

    def leave(self) -> None:
        self.pull()
        self.window.wait_for("Idle")

    def see(self, screen: str, *words: str, seconds: float = DEADLINE_SECONDS) -> None:
        """Wait for a screen, keep its words, and check that it says ``words``."""
        self.window.wait_for(screen, seconds, saying=words[0] if words else "")
        texts = self.window.screenshot(self.stack.folder / "seen.png")
        self.shown += texts
        assert all(any(word in text for text in texts) for word in words), texts

    def wait_for_change(self, text: str, *screens: str) -> None:
        """Wait until one of ``screens`` is shown, and ``text`` is not on it."""

        def changed() -> bool:
            texts = self.window.texts  # none when the window did not answer
            return bool(texts) and text not in texts and self.window.screen in screens

        self.wait_until(changed)

    def wait_until(self, true: Callable[[], bool], seconds: float = DEADLINE_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, self.window.texts
            time.sleep(0.02)

    def prints(self) -> list[dict]:
        """What the journal says of every print, oldest first."""
        return self.stack.records("SELECT * FROM journal WHERE effect = 'certificate.print' ORDER BY id")

    def central(self, what: str) -> int:
        self.stack.wait_until_delivered()
        return self.stack.central_summary()[what]


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    # Not tmp_path: UNIX sockets want a short path.
    folder = Path(tempfile.mkdtemp(prefix="kiosk-"))
    try:
        with Stack(folder, linger="2") as stack:
            yield stack
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def kiosk_of_this_process(stack: Stack) -> Kiosk:
    return Kiosk(stack)


@pytest.fixture
def kiosk(kiosk_of_this_process: Kiosk) -> Iterator[Kiosk]:
    """A kiosk at rest, with healthy devices and new cards; and after the test again."""
    kiosk = kiosk_of_this_process
    kiosk.window.wait_for("Idle")
    yield kiosk
    stack = kiosk.stack
    for words in (("power", "on"), ("paper", "full"), ("cover", "closed")):
        stack.tell_printer(*words)
    stack.remove_card()
    stack.renew_cards()
    kiosk.window.wait_for("Idle")


@pytest.fixture(scope="module")
def reader(needs_pcscd, fast_polling) -> Iterator[SimulatedReader]:  # noqa: F811
    with closing(start_simulated(environment=fast_polling)) as reader:
        yield reader


@pytest.fixture
def branch(reader: SimulatedReader) -> Iterator[Branch]:
    """A kiosk without its window, for tests that break it off or have it only talk."""
    folder = Path(tempfile.mkdtemp(prefix="branch-"))
    shutil.copy(migrated_file(), folder / "central.db")
    engine = open_database(sqlite_url(folder))
    with ExitStack() as cleaning:
        cleaning.callback(shutil.rmtree, folder)
        cleaning.callback(engine.dispose)
        printer = cleaning.enter_context(SimulatedPrinter(QUICK_PROFILE, folder / "printer", speed=50))
        branch = Branch(folder, reader, printer, Centre(engine))
        cleaning.callback(branch.stop)
        yield branch
