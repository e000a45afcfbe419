"""The process of a simulated card reader: pcscd, its virtual readers, and the cards.

pcscd and the cards die with this process, and this process ends with the one that started it.
"""

import contextlib
import os
import queue
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hardware.simulator import personalisation
from hardware.simulator.card import SimulatedCard
from hardware.simulator.control import ControlServer
from hardware.simulator.namespace import enter_private_namespace
from hardware.simulator.vpcd import Slot

SOCKET, CONTROL = "pcscd", "control"
DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
FIRST_PORT = 0x8C7B
SLOTS = 2
"""Slots of one virtual reader, whose ports follow one another."""


def _driver(number: int) -> str:
    if number == 0:
        return DRIVER
    # vpcd keeps its slots in global variables, so that a second reader needs a library of its own
    return str(shutil.copy(DRIVER, Path(f"vpcd{number}.so").absolute()))


class _PcscDaemon:
    """The pcscd of this process. Only its main thread may start it: it dies with the thread that did."""

    def __init__(self, readers: dict[int, str]) -> None:
        """:param readers: the names of the readers by the first of their ports."""
        self._process: subprocess.Popen | None = None
        Path("readers").mkdir(exist_ok=True)
        entries = (
            f'FRIENDLYNAME "{name}"\nDEVICENAME /dev/null:{port:#x}\n'
            f"LIBPATH {_driver(number)}\nCHANNELID {port:#x}\n"
            for number, (port, name) in enumerate(readers.items())
        )
        Path("readers/simulated").write_text("\n".join(entries))

    def start(self) -> None:
        """Start pcscd on a new socket."""
        Path(SOCKET).unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(SOCKET)
            listener.listen(64)
            # pcscd takes a socket over as systemd hands it: as descriptor 3, for the process LISTEN_PID.
            script = 'exec 3<&"$0"; LISTEN_FDS=1 LISTEN_PID=$$ exec pcscd --foreground -c "$PWD/readers"'
            command = ["setpriv", "--pdeathsig", "KILL", "sh", "-c", script, str(listener.fileno())]
            self._process = subprocess.Popen(
                command,
                pass_fds=[listener.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def kill(self) -> None:
        """Kill pcscd, if it runs."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Kill pcscd, if it runs, and start it again."""
        self.kill()
        self.start()


class _Cards:
    """The cards that exist, and the slots to put them in."""

    def __init__(self, ports: list[int]) -> None:
        self._slots = [Slot(port + number) for port in ports for number in range(SLOTS)]
        self._known: dict[str, SimulatedCard] = {}

    def verbs(self) -> dict[str, Callable[..., Any]]:
        """Return what the control channel offers for cards."""
        return {
            "cards": personalisation.names,
            "insert": self.insert,
            "remove": lambda slot="0": self._slots[int(slot)].remove(),
            "swap": self.insert,
            "fault": self.fault,
            "renew": self._known.clear,
            "status": self.status,
            "headers": lambda slot="0": self._card(slot).headers,
            "noticed": lambda slot="0": self._slots[int(slot)].noticed,
        }

    def insert(self, name: str, slot: str = "0") -> None:
        """Put a card in; the same name is the same card as before, with its PIN and tries."""
        if name not in self._known:
            self._known[name] = SimulatedCard(personalisation.load(name))
        self._slots[int(slot)].insert(self._known[name])

    def fault(self, name: str, value: str, slot: str = "0") -> None:
        """Set one fault of the card that is in; ``none`` mends it."""
        self._card(slot).set_fault(name, value)

    def status(self, slot: str = "0") -> dict[str, Any]:
        """Return the name of the card that is in, and PIN and tries left of every card that was ever in."""
        card = self._slots[int(slot)].card
        return {
            "card": next((name for name, known in self._known.items() if known is card), None),
            "cards": {name: {"pin": c.pin, "left": c.tries_left} for name, c in self._known.items()},
        }

    def close(self) -> None:
        """Pull all cards."""
        for slot in self._slots:
            slot.remove()

    def _card(self, slot: str) -> SimulatedCard:
        card = self._slots[int(slot)].card
        if card is None:
            raise ValueError("no card is in")
        return card


def _free_port() -> int:
    while True:
        with socket.socket() as first, socket.socket() as second, contextlib.suppress(OSError):
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            second.bind(("127.0.0.1", port + SLOTS - 1))
            return port


_Order = tuple[Callable[[], None], threading.Event]


class _Orders:
    """What other threads want done on the main thread."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()

    def give(self, order: Callable[[], None]) -> None:
        """Have the main thread do something, and wait until it is done."""
        done = threading.Event()
        self._queue.put((order, done))
        done.wait()

    def stop(self) -> None:
        """Let :meth:`follow` return."""
        self._queue.put(None)

    def follow(self) -> None:
        """Do what is ordered, until stopped."""
        for order, done in iter(self._queue.get, None):
            order()
            done.set()


def main(folder: Path, readers: list[str]) -> None:
    """Run a simulated reader in this process until its standard input ends."""
    os.chdir(folder)  # from here on names are relative: /run is another one in the namespace
    private = enter_private_namespace()
    if private:
        Path("/run/pcscd").mkdir()
    ports = [FIRST_PORT + SLOTS * number if private else _free_port() for number in range(len(readers))]
    names = dict(zip(ports, readers, strict=True))
    daemon, cards, orders = _PcscDaemon(names), _Cards(ports), _Orders()
    daemon_verbs = {
        "kill-pcscd": lambda: orders.give(daemon.kill),
        "restart-pcscd": lambda: orders.give(daemon.restart),
    }
    control = ControlServer(Path(CONTROL), cards.verbs() | daemon_verbs)
    threading.Thread(target=_stop_with_input, args=(orders,), daemon=True).start()
    try:
        daemon.start()
        print("ready", flush=True)
        orders.follow()
    finally:
        control.close()
        cards.close()
        daemon.kill()
        Path(SOCKET).unlink(missing_ok=True)


def _stop_with_input(orders: _Orders) -> None:
    sys.stdin.read()  # ends when the process that started this one does, in whatever way
    orders.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
