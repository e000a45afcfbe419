"""Telling systemd that a process is ready and alive (sd_notify(3)), so that one that hangs is started again."""

import os
import socket
import threading
import time

ALIVE_EVERY = 10.0
"""Seconds; the units' WatchdogSec must be several times this."""


def ready() -> None:
    """Tell systemd that the process does its work now."""
    notify("READY=1")


def alive() -> None:
    """Tell systemd that the process does not hang."""
    notify("WATCHDOG=1")


def wait(stop: threading.Event, seconds: float) -> None:
    """Wait for ``stop``, at most ``seconds``, and report alive throughout."""
    end = time.monotonic() + seconds
    alive()
    while not stop.wait(min(max(end - time.monotonic(), 0), ALIVE_EVERY)) and time.monotonic() < end:
        alive()


def notify(message: str) -> None:
    """Send ``message`` to systemd; without systemd, do nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to_systemd:
            to_systemd.sendto(
                message.encode(), address.replace("@", "\0", 1) if address[0] == "@" else address
            )
