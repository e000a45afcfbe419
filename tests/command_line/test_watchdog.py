"""systemd hears that the process is ready and alive, and nobody minds when there is no systemd."""

import socket

import pytest
from structlog.testing import capture_logs

from command_line import watchdog
from tests.deadline import DEADLINE_SECONDS


@pytest.fixture(params=["path", "abstract"])
def systemd(request, tmp_path, monkeypatch):
    name = str(tmp_path / "notify") if request.param == "path" else f"\0{tmp_path}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(name)
        listener.settimeout(DEADLINE_SECONDS)
        monkeypatch.setenv("NOTIFY_SOCKET", name.replace("\0", "@"))
        yield listener


def test_ready_and_alive_are_told(systemd):
    watchdog.ready()
    watchdog.alive()
    assert [systemd.recv(100), systemd.recv(100)] == [b"READY=1", b"WATCHDOG=1"]


def test_without_systemd_nothing_is_told(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    watchdog.ready()
    watchdog.Watchdog().feed()


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_life_is_told_only_while_every_part_keeps_its_promise(systemd):
    clock = Clock()
    parts = watchdog.Watchdog(clock)
    parts.promise("attendant", 120)
    with parts.within("worker", 10), parts.within("worker", 5):
        clock.now = 5
        parts.feed()
        clock.now = 6
        parts.feed()
        assert parts.late() == ["worker"]
    parts.feed()
    clock.now = 121
    parts.feed()
    parts.promise("attendant", 120)
    parts.feed()
    clock.now = 1000
    parts.done("attendant")
    parts.feed()
    watchdog.notify("END")
    told = list(iter(lambda: systemd.recv(100), b"END"))
    assert told == [b"WATCHDOG=1"] * 4


def test_of_what_hangs_the_name_is_logged_once(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    clock = Clock()
    parts = watchdog.Watchdog(clock)
    parts.promise("attendant", 1)
    clock.now = 2
    with capture_logs() as logs:
        parts.feed()
        parts.feed()
    assert [(each["event"], each["parts"]) for each in logs] == [("hangs", ["attendant"])]
