"""systemd hears that the process is ready and alive, and nobody minds when there is no systemd."""

import socket
import threading

import pytest

from sync import watchdog
from tests.deadline import DEADLINE_SECONDS


@pytest.fixture(params=["path", "abstract"])
def systemd(request, tmp_path, monkeypatch):
    name = str(tmp_path / "notify") if request.param == "path" else f"\0{tmp_path}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(name)
        listener.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", name.replace("\0", "@"))
        yield listener


def test_ready_and_alive_are_told(systemd):
    watchdog.ready()
    watchdog.alive()
    assert [systemd.recv(100), systemd.recv(100)] == [b"READY=1", b"WATCHDOG=1"]


def test_a_long_wait_is_full_of_life_and_ends_at_once_when_told(systemd, monkeypatch):
    monkeypatch.setattr(watchdog, "ALIVE_EVERY", 0.01)
    stop = threading.Event()
    waiting = threading.Thread(target=watchdog.wait, args=(stop, 60))
    waiting.start()
    assert [systemd.recv(100) for _ in range(5)] == [b"WATCHDOG=1"] * 5
    stop.set()
    waiting.join(DEADLINE_SECONDS)
    assert not waiting.is_alive()


def test_without_systemd_nothing_is_told(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    watchdog.ready()
    watchdog.wait(threading.Event(), 0)
