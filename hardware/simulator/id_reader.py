"""A simulated ID card reader behind a pty.

with SimulatedIdReader(Path("/tmp/id-reader")) as simulated:
    simulated.put("wang-jianguo")   # the same words as on the control channel
"""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hardware.simulator import id_reader_cards
from hardware.simulator.control import ControlServer
from hardware.simulator.id_reader_module import FAULTS, Module, commands
from hardware.simulator.pty_device import PtyDevice


class SimulatedIdReader:
    """A reader at the path ``link``.

    :param control: the path of a control socket (hardware/simulator/control.py) that takes the verbs.
    :param cards: the set of ID cards, a TOML file.
    """

    def __init__(self, link: Path, control: Path | None = None, cards: Path = id_reader_cards.CARDS) -> None:
        self._link, self._control_path = link, control
        self._cards = id_reader_cards.load(cards)
        self._name = ""
        self._module = Module()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._device = PtyDevice(self._link, self._hear)
        try:
            self._control = ControlServer(self._control_path, self.verbs) if self._control_path else None
        except BaseException:
            self._device.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._control:
            self._control.close()
        self._device.close()

    def _hear(self, data: bytes) -> None:
        with self._lock:
            if self._device.host_talks_at(self._module.baud):
                for answer in self._module.hear(data):
                    self._device.send(answer)

    @property
    def verbs(self) -> Mapping[str, Callable[..., Any]]:
        """The words that the control channel understands."""
        return {
            "status": self.status,
            "cards": lambda: self.cards,
            "put": self.put,
            "lift": self.lift,
            "fault": self.fault,
            "refuse": self.refuse,
            "mend": self.mend,
            "unplug": self.unplug,
            "plug": self.plug,
        }

    @property
    def cards(self) -> list[str]:
        """The names of the cards that can be laid down."""
        return sorted(self._cards)

    def status(self) -> dict[str, Any]:
        """Return what this reader is doing."""
        with self._lock:
            return {
                "plugged": self._device.is_plugged,
                "card": self._name,
                "baud": self._module.baud,
                "faults": self._module.faults | self._module.refusals,
                "commands": len(self._module.heard),
            }

    def put(self, name: str) -> None:
        """Lay a card of the set on the reader, also in place of another one."""
        if name not in self._cards:
            raise ValueError(f"no card {name!r}; there are: {', '.join(self.cards)}")
        with self._lock:
            self._name = name
            self._module.put(self._cards[name])

    def lift(self) -> None:
        """Take the card away."""
        with self._lock:
            self._name = ""
            self._module.put(None)

    def fault(self, kind: str, command: str = "all") -> None:
        """Spoil the answers to a command, or to all: checksum, truncated, noise before it, or silence."""
        if kind not in FAULTS:
            raise ValueError(f"no fault {kind!r}; there are: {', '.join(FAULTS)}")
        with self._lock:
            self._module.faults |= dict.fromkeys(_named(command), kind)

    def refuse(self, command: str, sw3: str) -> None:
        """Answer a command with a status of two hex digits: ``refuse select 31`` is a failed authentication."""
        with self._lock:
            self._module.refusals |= dict.fromkeys(_named(command), bytes.fromhex(sw3)[0])

    def mend(self) -> None:
        """Take back every fault and refusal."""
        with self._lock:
            self._module.faults.clear()
            self._module.refusals.clear()

    def unplug(self) -> None:
        """Pull the reader's plug, whatever it is doing."""
        self._device.unplug()

    def plug(self) -> None:
        """Plug the reader in again; it restarts, and a card that lies there may be read again."""
        with self._lock:
            self._module.put(self._cards.get(self._name))
        self._device.plug()

    @property
    def heard(self) -> list[str]:
        """The commands that were understood, oldest first."""
        with self._lock:
            return list(self._module.heard)


def _named(command: str) -> list[str]:
    if command == "all":
        return commands()
    if command not in commands():
        raise ValueError(f"no command {command!r}; there are: all, {', '.join(commands())}")
    return [command]
