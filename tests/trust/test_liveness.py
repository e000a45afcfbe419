"""What hangs is started again by systemd, and SIGTERM ends the kiosk within 5 s, whatever it is doing."""

import os
import select
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from command_line.watchdog import Watchdog
from hardware.simulator.control import tell
from kiosk.attendant.device_loop import BUSY_SECONDS, NAME
from kiosk.attendant.events import Stop
from kiosk.attendant.reactions import Interrupt, Stage, Waiting, reaction
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.questions import KioskStopping, Question
from kiosk.record.journal import Journal
from kiosk.visit.centre import REPLY_SECONDS, Centre
from kiosk.visit.visit import Phase
from sync.protocol.cards import CARD_STATE
from tests.command_line.conftest import CONFIG
from tests.deadline import DEADLINE_SECONDS
from tests.hardware.card.conftest import fast_polling, needs_pcscd  # noqa: F401
from tests.kiosk.scene import Reader, at_work
from tests.people import INITIAL_PIN, NEW_PIN, PINS
from tests.samples import sample
from tests.visit.conftest import branch, reader  # noqa: F401
from tests.visit.windowless import HANG, STEPS, Blow, Branch, Plan

QUESTIONS = [
    each for each in vars(dialogue).values() if isinstance(each, type) and issubclass(each, Question)
]
WANG_PIN = PINS["wang-jianguo"]


# Hanging


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def eventually(true) -> None:
    for _ in range(int(DEADLINE_SECONDS / 0.01)):
        if true():
            return
        threading.Event().wait(0.01)
    raise TimeoutError


def test_a_device_loop_that_hangs_is_late_until_it_is_back(tmp_path):
    clock, stuck, let_go = Clock(), threading.Event(), threading.Event()

    class Hanging(Reader):
        def session(self, insertion):
            stuck.set()
            assert let_go.wait(DEADLINE_SECONDS)
            return super().session(insertion)

    with at_work(tmp_path, watchdog=Watchdog(clock), reader=Hanging()) as scene:
        scene.insert()
        assert stuck.wait(DEADLINE_SECONDS)
        assert scene.watchdog.late() == []
        clock.now += BUSY_SECONDS + 1
        assert scene.watchdog.late() == [NAME]
        let_go.set()
        eventually(lambda: scene.watchdog.late() == [])


def test_a_device_loop_with_nothing_to_do_keeps_its_promise(tmp_path, monkeypatch):
    monkeypatch.setattr("kiosk.attendant.device_loop.ALIVE_EVERY", 0.01)
    clock = Clock()
    with at_work(tmp_path, watchdog=Watchdog(clock)) as scene:
        for _ in range(5):
            clock.now += BUSY_SECONDS + 1
            eventually(lambda: scene.watchdog.late() == [])
    assert scene.watchdog.late() == []  # one that has ended has promised nothing


def test_a_worker_that_waits_for_the_centre_beyond_all_deadlines_is_late():
    clock, let_go = Clock(), threading.Event()
    watchdog = Watchdog(clock)

    class Client:
        def call(self, call, request):
            assert let_go.wait(DEADLINE_SECONDS)

    reply = Centre(Client(), watchdog=watchdog).start(CARD_STATE, sample(CARD_STATE.request))
    eventually(lambda: watchdog._due)
    assert watchdog.late() == []
    clock.now = REPLY_SECONDS + 1
    assert watchdog.late() == [CARD_STATE.path]
    let_go.set()
    reply.result(DEADLINE_SECONDS)
    assert watchdog.late() == []


@pytest.mark.parametrize("part", ["window", "attendant"])
def test_systemd_hears_no_life_of_a_kiosk_of_which_one_part_hangs(part, tmp_path):
    (tmp_path / "kiosk.toml").write_text(CONFIG, "utf-8")
    control = tmp_path / "control"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd, (tmp_path / "log").open("wb") as log:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(DEADLINE_SECONDS)
        environment = {
            **os.environ,
            "SDL_VIDEODRIVER": "offscreen",
            "NOTIFY_SOCKET": str(tmp_path / "notify"),
        }
        words = [sys.executable, "-m", "tests.trust.hanging_window", "kiosk.toml", str(control)]
        environment["PYTHONPATH"] = str(Path(__file__).parents[2])
        process = subprocess.Popen(words, cwd=tmp_path, env=environment, stderr=log)
        try:
            while systemd.recv(100) != b"READY=1":
                pass
            assert systemd.recv(100) == b"WATCHDOG=1"
            tell(control, "hang", part, timeout=DEADLINE_SECONDS)
            while select.select([systemd], [], [], 1.0)[
                0
            ]:  # twenty times as long as between two signs of life
                systemd.recv(100)
            tell(control, "let-go", timeout=DEADLINE_SECONDS)
            assert systemd.recv(100) == b"WATCHDOG=1"
            process.send_signal(signal.SIGTERM)
            assert process.wait(DEADLINE_SECONDS) == 0
        finally:
            process.kill()
            process.wait()


# SIGTERM


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("stage", Stage)
def test_whatever_is_asked_at_whatever_stage_sigterm_ends_it(stage, question):
    waiting = Waiting(stage, question.__new__(question), 1)
    match reaction(waiting, Stop()):
        case Interrupt(interruption):
            assert isinstance(interruption, KioskStopping)
        case other:
            pytest.fail(str(other))


def is_whole_and_says_what_is_open(branch: Branch) -> None:  # noqa: F811
    """The store is whole; what has no outcome is uncertain after the next start, and reported once."""
    with closing(branch.store()) as store:
        assert store.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        found = Journal(store).settle_after_restart()
        assert len(found) <= 1
        for intent in found:
            [row] = store.rows("SELECT outcome FROM journal WHERE id = ?", (intent.id,))
            assert row["outcome"] == "uncertain"
        assert Journal(store).acts_without_outcome() == []


CERTIFICATE = Plan("print-participation-certificate", known=(WANG_PIN,))
CHANGE = Plan("change-pin", known=(WANG_PIN,))
ACTIVATE = Plan("activate-card", known=(NEW_PIN, INITIAL_PIN))
ENDS = ("TakeCard", "OutOfService", "RefuseCard", "Idle")
TRIES = 3
"""On a crowded machine the centre may be late for the moment that a visit waits for it; then nothing is changed."""
JOURNEYS: dict[str, tuple[str, Plan, Blow | None]] = {
    "a certificate": ("wang-jianguo", CERTIFICATE, None),
    "another PIN": ("wang-jianguo", CHANGE, None),
    "a card that cannot be used": ("bank-card", Plan(""), None),
    "a fault": ("wang-jianguo", CHANGE, Blow("fault", "write the intent", "before")),
}


def test_sigterm_ends_the_kiosk_with_every_page_of_every_visit(branch):  # noqa: F811
    walked: set[str] = set()
    pages_walked: set[tuple[str, str]] = set()
    for card, plan, blow in JOURNEYS.values():
        branch.bring(card)
        pages = {page.key: page for page in branch.visit(plan, blow)}
        for key in pages.keys() - pages_walked:
            branch.simulated.tell("renew")
            branch.put_back()
            seen = {page.key: page for page in branch.visit(replace(plan, stops_at=key), blow)}
            is_whole_and_says_what_is_open(branch)
            walked |= {seen[key].phase} if key in seen else set()
        pages_walked |= pages.keys()
    assert walked >= set(map(str, Phase)), "a phase of a visit is not walked through: add a journey"


@pytest.mark.parametrize("step", STEPS)
def test_sigterm_ends_a_kiosk_that_hangs_in_the_middle_of(step, branch):  # noqa: F811
    branch.bring("zhao-min")
    if step in ("verify the PIN", "write the resolution"):  # which a change that was left open brings
        branch.visit(ACTIVATE, Blow("kill", "change the PIN", "before"))
        branch.put_back()
    for _ in range(TRIES):
        if branch.visit(ACTIVATE, Blow(HANG, step, "before"))[-1].kind not in ENDS:
            break
        branch.put_back()
    else:
        pytest.fail("no visit came as far as the step")
    is_whole_and_says_what_is_open(branch)
