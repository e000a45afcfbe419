"""A bad line between a kiosk and the centre: it cuts requests, swallows answers and sends requests twice."""

import random
import socket
import threading
from collections import Counter
from contextlib import suppress

from tests.deadline import DEADLINE_SECONDS


class FaultyLine:
    """Listens on a port of its own and passes on to ``port``, each connection with a fate of its own."""

    FATES = ("pass", "pass", "cut the request", "swallow the answer", "send twice")

    def __init__(self, port: int, seed: int) -> None:
        self._port, self._chance = port, random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.fates: Counter[str] = Counter()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _listen(self) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                caller, _ = self._listener.accept()
                with caller, suppress(OSError):  # the centre is away just now: the caller notices
                    caller.settimeout(10)
                    self._connect(caller)

    def _connect(self, caller: socket.socket) -> None:
        fate = self._chance.choice(self.FATES)
        self.fates[fate] += 1
        request = _message(caller)
        if fate == "cut the request":
            self._exchange(request[: self._chance.randrange(len(request))], wait=False)
            return
        answer = self._exchange(request)
        if fate == "send twice":
            answer = self._exchange(request)
        if fate != "swallow the answer":
            caller.sendall(answer)

    def _exchange(self, request: bytes, *, wait: bool = True) -> bytes:
        with socket.create_connection(("127.0.0.1", self._port), timeout=DEADLINE_SECONDS) as centre:
            centre.sendall(request)
            return _message(centre) if wait else b""


def _message(line: socket.socket) -> bytes:
    """Read one HTTP message with a Content-Length."""
    message = b""
    while not (found := message.partition(b"\r\n\r\n"))[1]:
        message += _more(line)
    fields = dict(each.lower().split(b": ", 1) for each in found[0].split(b"\r\n")[1:])
    whole = len(found[0]) + 4 + int(fields.get(b"content-length", 0))
    while len(message) < whole:
        message += _more(line)
    return message


def _more(line: socket.socket) -> bytes:
    chunk = line.recv(65536)
    if not chunk:
        raise ConnectionError("the other side went away")
    return chunk
