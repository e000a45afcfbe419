"""A simulated card reader: a real pcscd of its own, with a virtual reader and cards to put in.

pcscd runs in a private namespace, reached only through a UNIX socket in a folder of your choice: no root, no
open port, and as many side by side as you like. A program uses it when PCSCLITE_CSOCK_NAME names that socket
before it first touches PC/SC; libpcsclite remembers the first name for the life of the process.
"""

import contextlib
import os
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hardware.simulator import personalisation
from hardware.simulator.card import SimulatedCard
from hardware.simulator.control import ControlServer, tell
from hardware.simulator.namespace import enter_private_namespace
from hardware.simulator.vpcd import Slot

SOCKET, CONTROL = "pcscd", "control"
LONGEST_PATH = 107
DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
SLOTS = 2
"""Slots of one virtual reader, whose ports follow one another."""

_ROOT = Path(__file__).parents[2]


class SimulatedReader:
    """A simulated reader in a process of its own, which ends with this one, however that ends.

    :param folder: an existing folder for the two sockets, with a short path.
    :param readers: how many readers, of two slots each (at most 8).
    :param environment: additional environment of pcscd.
    """

    def __init__(
        self, folder: Path, *, readers: int = 1, environment: Mapping[str, str] | None = None
    ) -> None:
        folder = folder.absolute()
        self.socket, self.control = folder / SOCKET, folder / CONTROL
        if max(len(os.fsencode(path)) for path in (self.socket, self.control)) > LONGEST_PATH:
            raise ValueError(f"{folder}: too long a path for a UNIX socket")
        self._folder, self._readers = folder, readers
        modules = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._environment = {**os.environ, **(environment or {}), "PYTHONPATH": modules}
        self._process: subprocess.Popen | None = None

    def start(self) -> Self:
        """Start the reader and wait until it takes orders.

        :raises RuntimeError: it did not start; the message says why.
        """
        command = [sys.executable, "-m", __name__, str(self._folder), str(self._readers)]
        self._process = subprocess.Popen(
            command,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout
        word = self._process.stdout.readline().strip()
        if word != "ready":
            self.close()
            raise RuntimeError(word or "the simulated card reader did not start")
        return self

    def close(self) -> None:
        """Stop the reader with all that belongs to it."""
        if not self._process:
            return
        process, self._process = self._process, None
        assert process.stdin and process.stdout
        process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def insert(self, card: str | Path, slot: int = 0) -> None:
        """Put a card in: the name of one in ``cards/``, or the path of a TOML file."""
        self.tell("insert", str(card), str(slot))

    def remove(self, slot: int = 0) -> None:
        """Pull the card out."""
        self.tell("remove", str(slot))

    def swap(self, card: str | Path, slot: int = 0) -> None:
        """Pull the card out and put another one in at once."""
        self.tell("swap", str(card), str(slot))

    def fault(self, name: str, value: object, slot: int = 0) -> None:
        """Make the card that is in faulty: see :class:`hardware.simulator.personalisation.Faults`."""
        self.tell("fault", name, str(value), str(slot))

    def headers(self, slot: int = 0) -> list[str]:
        """Return CLA INS P1 P2 of every command that the card that is in has been sent."""
        return self.tell("headers", str(slot))

    def noticed(self, slot: int = 0) -> int:
        """Return how many insertions the reader has noticed."""
        return self.tell("noticed", str(slot))

    def kill_pcscd(self) -> None:
        """Kill the PC/SC service."""
        self.tell("kill-pcscd")

    def restart_pcscd(self) -> None:
        """Kill the PC/SC service, if it runs, and start it again."""
        self.tell("restart-pcscd")

    def tell(self, *words: str) -> Any:
        """Give an order in the words of the control channel."""
        return tell(self.control, *words)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _PcscDaemon:
    """The pcscd of one simulated reader. Start it from the main thread: it dies with the thread that started it."""

    def __init__(self, ports: list[int]) -> None:
        self._process: subprocess.Popen | None = None
        Path("readers").mkdir(exist_ok=True)
        for number, port in enumerate(ports):
            Path(f"readers/{number}").write_text(
                f'FRIENDLYNAME "Simulated Reader {number}"\nDEVICENAME /dev/null:{port:#x}\n'
                f"LIBPATH {DRIVER}\nCHANNELID {port:#x}\n"
            )

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
    with socket.socket() as first, socket.socket() as second:
        while True:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            with contextlib.suppress(OSError):
                second.bind(("127.0.0.1", port + 1))
                return port


def serve(folder: Path, readers: int, announce: Callable[[], None], until: Callable[[], Any]) -> None:
    """Run the simulated reader in this process until ``until`` returns.

    :param announce: called when it takes orders.
    """
    os.chdir(folder)  # from here on names are relative: /run is another one in the namespace
    private = enter_private_namespace()
    if private:
        Path("/run/pcscd").mkdir()
    ports = [0x8C7B + 0x20 * number if private else _free_port() for number in range(readers)]
    daemon, cards = _PcscDaemon(ports), _Cards(ports)
    orders: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
    control = ControlServer(
        Path(CONTROL),
        cards.verbs()
        | {
            "kill-pcscd": lambda: _on_main_thread(orders, daemon.kill),
            "restart-pcscd": lambda: _on_main_thread(orders, daemon.restart),
        },
    )
    threading.Thread(target=lambda: (until(), orders.put(None)), daemon=True).start()
    try:
        daemon.start()
        announce()
        for order in iter(orders.get, None):
            order()
    finally:
        control.close()
        cards.close()
        daemon.kill()
        Path(SOCKET).unlink(missing_ok=True)


def _on_main_thread(orders: queue.SimpleQueue, order: Callable[[], None]) -> None:
    done = threading.Event()
    orders.put(lambda: (order(), done.set()))
    done.wait()


def _main(folder: str, readers: str) -> None:
    serve(
        Path(folder),
        int(readers),
        announce=lambda: print("ready", flush=True),
        until=sys.stdin.read,  # ends when the process that started us does
    )


if __name__ == "__main__":
    _main(*sys.argv[1:])
