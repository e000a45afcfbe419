"""The process of a simulated card reader: pcscd, its virtual readers, and the cards.

pcscd and the cards die with this process, and this process ends with the one that started it.
"""

import contextlib
import os
import queue
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hardware.simulator import personalisation
from hardware.simulator.card import SimulatedCard
from hardware.simulator.control import ControlServer
from hardware.simulator.namespace import enter_private_namespace
from hardware.simulator.pcscd import PcscDaemon, ReaderStartError
from hardware.simulator.places import PlaceTakenError, clear_socket
from hardware.simulator.vpcd import Slot

CONTROL = "control"
FIRST_PORT = 0x8C7B
SLOTS = 2
"""Slots of one virtual reader, whose ports follow one another."""


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
        """Set one fault of the inserted card; ``none`` clears it."""
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
    """Run a simulated reader in this process until its standard input ends.

    It prints "ready", or why there is no reader.
    """
    os.chdir(folder)  # from here on names are relative: /run is another one in the namespace
    try:
        clear_socket(Path(CONTROL))  # of another one that runs here, nothing is touched
        _serve(readers)
    except (ReaderStartError, PlaceTakenError, OSError) as error:
        print(" ".join(str(error).split()), flush=True)
        sys.exit(1)


def _serve(readers: list[str]) -> None:
    private = enter_private_namespace()
    _make_pcscd_folder()
    ports = [FIRST_PORT + SLOTS * number if private else _free_port() for number in range(len(readers))]
    names = dict(zip(ports, readers, strict=True))
    daemon, cards, orders = PcscDaemon(names), _Cards(ports), _Orders()
    daemon_verbs = {
        "kill-pcscd": lambda: orders.give(daemon.kill),
        "restart-pcscd": lambda: orders.give(daemon.restart),
    }
    threading.Thread(target=_stop_with_input, args=(orders,), daemon=True).start()
    try:
        daemon.start()
        with contextlib.closing(ControlServer(Path(CONTROL), cards.verbs() | daemon_verbs)):
            print("ready", flush=True)
            orders.follow()
    finally:
        cards.close()
        daemon.close()


def _make_pcscd_folder() -> None:
    try:
        Path("/run/pcscd").mkdir(exist_ok=True)
    except OSError as error:
        raise ReaderStartError("pcscd needs the folder /run/pcscd here: as root, mkdir /run/pcscd") from error


def _stop_with_input(orders: _Orders) -> None:
    sys.stdin.read()  # ends when the process that started this one does, in whatever way
    orders.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
