"""Ctrl-C and SIGTERM: whenever they come, a program ends with a documented code and at most one line."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from socket import AF_UNIX, SOCK_DGRAM, socket

import pytest

from command_line import signals
from tests.central.process import CentralProcess
from tests.command_line.conftest import CONFIG
from tests.deadline import DEADLINE_SECONDS

BIN = Path(sys.executable).parent
AT_IMPORT = """
import os, signal, sys

class Signalling:
    def find_spec(self, name, path=None, target=None):
        module, _, number = os.environ.get("SIGNAL_AT", "").partition(" ")
        if name == module:
            os.kill(os.getpid(), int(number))

sys.meta_path.insert(0, Signalling())
"""
"""Sends this process a signal when it begins to import a module: no test has to guess how long that takes."""


def signalled(tmp_path: Path, at: str, number: int, *words: str) -> subprocess.CompletedProcess:
    (tmp_path / "sitecustomize.py").write_text(AT_IMPORT)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "SIGNAL_AT": f"{at} {int(number)}"}
    return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=DEADLINE_SECONDS)


KIOSK, CENTRAL = (str(BIN / "kiosk"),), (str(BIN / "kiosk-central"),)
IMPORTS = [
    *[((*KIOSK, "card", "read"), at) for at in ("kiosk.cli", "click", "kiosk.commands.card", "smartcard")],
    *[((*KIOSK, "sync", "status", "--config", "none"), at) for at in ("msgspec", "structlog")],
    ((*KIOSK, "run", "--offscreen", "--config", "none"), "screens.cli"),
    ((*KIOSK, "certificate", "examples"), "kiosk.paper.certificates.kinds"),
    *[((*CENTRAL, "summary"), at) for at in ("central.program.main", "central.program.cli", "sqlalchemy")],
    ((sys.executable, "-m", "kiosk", "rules"), "kiosk.rules.topics"),
    ((sys.executable, "-m", "central.program", "summary"), "cryptography"),
    ((sys.executable, "-m", "tools.demo.start", "--help"), "tools.demo.stack"),
]


@pytest.mark.parametrize(("words", "at"), IMPORTS, ids=lambda value: value if isinstance(value, str) else "")
def test_ctrl_c_while_a_program_still_imports_is_one_line(words, at, tmp_path):
    ended = signalled(tmp_path, at, signal.SIGINT, *words)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "Error: interrupted\n")


@pytest.mark.parametrize("at", ["kiosk.cli", "kiosk.commands.certificate", "kiosk.paper.certificates.kinds"])
def test_a_command_that_is_told_to_end_before_it_is_done_ends_with_143(at, tmp_path):
    ended = signalled(tmp_path, at, signal.SIGTERM, *KIOSK, "certificate", "examples")
    assert (ended.returncode, ended.stdout, ended.stderr) == (143, "", "")


LASTING = {
    "scanner": (*KIOSK, "simulate", "scanner", "--link", "link", "--control", "control"),
    "id-reader": (*KIOSK, "simulate", "id-reader", "--link", "link", "--control", "control"),
    "printer": (
        *KIOSK,
        "simulate",
        "printer",
        "--profile",
        "epson-tm-t88v",
        "--link",
        "link",
        "--control",
        "control",
    ),
    "face": (*KIOSK, "simulate", "face", "--link", "link", "--control", "control"),
    "national-platform": (*CENTRAL, "simulate", "national-platform", "--port", "0"),
    "sync": (*KIOSK, "sync", "--config", "kiosk.toml"),
}
ENDS = [(signal.SIGINT, 130), (signal.SIGTERM, 0)]


@pytest.mark.parametrize(("number", "code"), ENDS, ids=["ctrl-c", "sigterm"])
@pytest.mark.parametrize("name", LASTING)
def test_what_goes_on_until_it_is_stopped_ends_with_a_documented_code(name, number, code, tmp_path):
    (tmp_path / "kiosk.toml").write_text(CONFIG, "utf-8")
    process = subprocess.Popen(
        LASTING[name], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    with process:
        began = next(line for line in process.stdout if " at " in line or "delivering to" in line)
        process.send_signal(number)
        rest = process.stdout.read()
    assert process.returncode == code, (began, rest)
    assert "Traceback" not in rest
    assert not any(os.path.lexists(tmp_path / left) for left in ("link", "control"))


@pytest.mark.parametrize(("number", "code"), ENDS, ids=["ctrl-c", "sigterm"])
def test_the_centre_ends_with_a_documented_code_and_no_traceback(number, code, tmp_path):
    process = CentralProcess(tmp_path)
    os.kill(process.pid, number)
    assert process.wait() == code
    assert "Traceback" not in process.log.read_text()


@pytest.mark.parametrize(("number", "code"), ENDS, ids=["ctrl-c", "sigterm"])
def test_the_window_ends_with_a_documented_code(number, code, tmp_path):
    (tmp_path / "kiosk.toml").write_text(CONFIG, "utf-8")
    with socket(AF_UNIX, SOCK_DGRAM) as systemd, (tmp_path / "log").open("wb") as log:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(DEADLINE_SECONDS)
        environment = {
            **os.environ,
            "SDL_VIDEODRIVER": "offscreen",
            "NOTIFY_SOCKET": str(tmp_path / "notify"),
        }
        words = [*KIOSK, "run", "--offscreen", "--config", "kiosk.toml"]
        process = subprocess.Popen(words, cwd=tmp_path, env=environment, stderr=log)
        while b"READY=1" not in systemd.recv(1000):
            pass
        process.send_signal(number)
        assert process.wait(DEADLINE_SECONDS) == code
    assert "Traceback" not in (tmp_path / "log").read_text()


IN_DESTRUCTOR = """
import os, signal, sys
from command_line.signals import raised

class Interrupted:
    def __del__(self):
        os.kill(os.getpid(), int(sys.argv[1]))

with raised():
    Interrupted()
    while True:
        signal.pause()
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, 143)])
def test_a_signal_in_a_destructor_ends_the_program_all_the_same(number, code):
    words = [sys.executable, "-c", IN_DESTRUCTOR, str(int(number))]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=DEADLINE_SECONDS)
    assert ended.returncode == code
    assert "Exception ignored" not in ended.stderr


def test_what_else_is_dropped_is_still_told():
    script = IN_DESTRUCTOR.replace("os.kill(os.getpid(), int(sys.argv[1]))", "raise LookupError")
    script = script.partition("    while")[0]
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=DEADLINE_SECONDS
    )
    assert ended.returncode == 0
    assert "LookupError" in ended.stderr


def test_signals_are_as_they_were_when_a_command_has_ended_in_this_process():
    from tests.command_line.conftest import run

    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with suppress(SystemExit):
        run("kiosk", "rules")
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set()


HANGING = """
import ctypes, signal, sys, threading, time
from command_line import signals

signals.STOP_SECONDS = 0.2
how, number = sys.argv[1:]

def hang(*_):
    threading.Event().wait()

def hang_in_the_system():
    while True:
        ctypes.CDLL(None).sleep(1000)

def swallow():
    while True:
        try:
            time.sleep(1000)
        except BaseException:
            pass

with signals.raised():
    if how == "cleaning up":
        try:
            print("going on", flush=True)
            time.sleep(1000)
        finally:
            hang()
    with signals.told_to_stop(hang if how == "stopping" else lambda _: None):
        print("going on", flush=True)
        {"stopping": hang, "in the system": hang_in_the_system, "swallowing": swallow}[how]()
"""
CLEANING = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


@pytest.mark.parametrize(
    ("how", "number", "code"),
    [
        *[("cleaning up", *end) for end in CLEANING],
        *[(how, *end) for how in ("stopping", "in the system", "swallowing") for end in ENDS],
    ],
    ids=str,
)
def test_what_does_not_come_to_its_end_in_time_is_ended_by_force(how, number, code):
    assert signals.STOP_SECONDS < 5
    words = [sys.executable, "-c", HANGING, how, str(int(number))]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "going on\n"
        process.send_signal(number)
        assert process.wait(DEADLINE_SECONDS) == code
        assert "ended by force" in process.stderr.read()
