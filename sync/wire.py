"""Connections on which everything together has one deadline: finding, connecting, sending, and every byte that comes.

The timeouts of HTTP libraries are for one read each: a centre that drips bytes would hold a citizen for ever.
"""

import select
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any
from weakref import WeakSet

import httpcore

Address = tuple[Any, ...]


class Deadline(threading.local):
    """When what this thread asked for must be over, by the monotonic clock."""

    end = 0.0

    def begin(self, seconds: float) -> None:
        """Set the deadline this many seconds from now."""
        self.end = time.monotonic() + seconds

    def left(self, at_most: float = float("inf")) -> float:
        """Return the seconds that are left.

        :raises TimeoutError: none.
        """
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        return min(left, at_most)


class Wires(httpcore.NetworkBackend):
    """Makes connections that keep ``deadline``; connecting may take ``connect`` seconds of it.

    ``cut`` ends them all, from a signal's handler too, and lets no new ones be made.
    """

    def __init__(self, deadline: Deadline, connect: float) -> None:
        self._deadline, self._connect = deadline, connect
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._is_cut = False

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of ``host`` that lets us; the arguments after it are not used."""
        with _told_as(httpcore.ConnectTimeout, httpcore.ConnectError):
            connecting = Deadline()
            connecting.begin(self._deadline.left(self._connect))
            wire = self._connected(_addresses(host, port, connecting.left()), connecting)
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _Stream(wire, self._deadline, self._sockets)

    def cut(self) -> None:
        """End all connections."""
        self._is_cut = True
        for wire in list(self._sockets):
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)

    def _connected(self, addresses: list[Address], connecting: Deadline) -> socket.socket:
        for place, (family, kind, protocol, _, address) in enumerate(addresses, 1):
            if self._is_cut:
                break
            wire = socket.socket(family, kind, protocol)
            self._sockets.add(wire)
            try:
                # The others must get their turn within the same seconds.
                wire.settimeout(connecting.left() / (len(addresses) - place + 1))
                wire.connect(address)
            except OSError:
                wire.close()
                if place == len(addresses):
                    raise
            else:
                return wire
        raise ConnectionError("no address")


class _Stream(httpcore.NetworkStream):
    def __init__(self, wire: socket.socket, deadline: Deadline, sockets: WeakSet[socket.socket]) -> None:
        self._wire, self._deadline, self._sockets = wire, deadline, sockets

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _told_as(httpcore.ReadTimeout, httpcore.ReadError):
            self._wire.settimeout(self._deadline.left())
            return self._wire.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        rest = memoryview(buffer)
        with _told_as(httpcore.WriteTimeout, httpcore.WriteError):
            while rest:
                self._wire.settimeout(self._deadline.left())
                rest = rest[self._wire.send(rest) :]

    def close(self) -> None:
        self._wire.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        with _told_as(httpcore.ConnectTimeout, httpcore.ConnectError):
            self._wire.settimeout(self._deadline.left())
            safe = ssl_context.wrap_socket(self._wire, server_hostname=server_hostname)
        self._sockets.add(safe)
        return _Stream(safe, self._deadline, self._sockets)

    def get_extra_info(self, info: str) -> Any:
        """Return whether something waits to be read: on an idle connection, its end."""
        return _is_readable(self._wire) if info == "is_readable" else None


def _addresses(host: str, port: int, seconds: float) -> list[Address]:
    """Look ``host`` up; the system's look-up has no deadline of its own, so it is waited for no longer than that."""
    found: SimpleQueue[list[Address] | OSError] = SimpleQueue()

    def look_up() -> None:
        try:
            found.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.put(ConnectionError(f"{host}: {error}"))

    threading.Thread(target=look_up, daemon=True).start()
    try:
        answer = found.get(timeout=seconds)
    except Empty:
        raise TimeoutError(f"{host} was not found in time") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _is_readable(wire: socket.socket) -> bool:
    if wire.fileno() < 0:
        return True
    waiting = select.poll()
    waiting.register(wire, select.POLLIN)
    return bool(waiting.poll(0))


@contextmanager
def _told_as(late: type[Exception], broken: type[Exception]) -> Iterator[None]:
    """Raise what goes wrong as the HTTP library's own errors."""
    try:
        yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except OSError as error:
        raise broken(str(error)) from error
