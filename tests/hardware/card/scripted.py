"""A PC/SC service whose readers, cards and pads do what a test tells them: for what vpcd cannot play."""

import threading
from collections.abc import Callable, Sequence

from hardware.card.connection import GONE, MUTE, PRESENT
from hardware.card.errors import (
    CardRemovedError,
    NoCardError,
    NoReaderError,
    PinpadUnsupportedError,
    ReaderServiceDownError,
)

EMPTY = 0x10


class World:
    """The readers of a machine."""

    def __init__(self, *readers: str) -> None:
        self.changed = threading.Condition()
        self.up = True
        self.states: dict[str, int] = dict.fromkeys(readers, EMPTY)
        self.transmit: Callable[[bytes], tuple[bytes, int]] = lambda command: (b"", 0x9000)
        self.control: Callable[[int, bytes], bytes] | None = None
        self.connect_error: Exception | None = None
        self.denials = 0
        self.on_denial: Callable[[], None] = lambda: None
        self.generation = 0

    def set(self, **changes) -> None:
        with self.changed:
            for name, value in changes.items():
                setattr(self, name, value)
            self.changed.notify_all()

    def deny(self, times: int) -> None:
        """Let so many attempts to connect find no such reader."""
        self.denials = times

    def set_soon(self, **changes) -> threading.Timer:
        timer = threading.Timer(0.01, lambda: self.set(**changes))
        timer.start()
        return timer

    def insert(self, reader: str, mute: bool = False) -> None:
        self._event(reader, PRESENT | (MUTE if mute else 0))

    def remove(self, reader: str) -> None:
        self._event(reader, EMPTY)

    def plug(self, reader: str) -> None:
        with self.changed:
            self.states[reader] = EMPTY
            self.changed.notify_all()

    def unplug(self, reader: str) -> None:
        with self.changed:
            del self.states[reader]
            self.changed.notify_all()

    def stop(self) -> None:
        with self.changed:
            self.up = False
            self.generation += 1
            self.changed.notify_all()

    def _event(self, reader: str, state: int) -> None:
        with self.changed:
            counter = (self.states[reader] >> 16) + 1 & 0xFFFF
            self.states[reader] = counter << 16 | state
            self.changed.notify_all()

    def service(self) -> "ScriptedService":
        return ScriptedService(self)


class ScriptedService:
    def __init__(self, world: World) -> None:
        self._world = world
        self._generation = world.generation
        self._cancelled = False
        self._check()

    def readers(self) -> list[str]:
        self._check()
        return list(self._world.states)

    def wait(self, known: Sequence[tuple[str, int]], seconds: float) -> list[tuple[str, int]]:
        world = self._world
        with world.changed:
            count = len(world.states)

            def happened() -> bool:
                return (
                    self._cancelled
                    or not world.up
                    or len(world.states) != count
                    or any(self._state(name) != state for name, state in known)
                )

            world.changed.wait_for(happened, seconds)
            self._cancelled = False
            self._check()
            return [(name, self._state(name)) for name, _ in known]

    def cancel(self) -> None:
        with self._world.changed:
            self._cancelled = True
            self._world.changed.notify_all()

    def connect(self, reader: str) -> "ScriptedConnection":
        self._check()
        if self._world.connect_error:
            raise self._world.connect_error
        if self._world.denials:
            self._world.denials -= 1
            self._world.on_denial()
            raise NoReaderError
        if reader not in self._world.states:
            raise NoReaderError
        if not self._world.states[reader] & PRESENT:
            raise NoCardError
        return ScriptedConnection(self._world, reader)

    def close(self) -> None:
        pass

    def _state(self, name: str) -> int:
        return 0 if "Notification" in name else self._world.states.get(name, GONE)

    def _check(self) -> None:
        if not self._world.up or self._generation != self._world.generation:
            raise ReaderServiceDownError("scripted")


class ScriptedConnection:
    def __init__(self, world: World, reader: str) -> None:
        self._world, self._reader, self._state = world, reader, world.states[reader]

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        if self._world.states.get(self._reader) != self._state:
            raise CardRemovedError
        return self._world.transmit(command)

    def control(self, code: int, data: bytes) -> bytes:
        if self._world.control is None:
            raise PinpadUnsupportedError
        return self._world.control(code, data)

    def close(self) -> None:
        pass
