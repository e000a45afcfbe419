"""The control channel of a simulator: one line of words in, one line of JSON out, over a UNIX socket.

By hand:  echo 'paper out' | socat - UNIX-CONNECT:/tmp/printer.control
"""

import json
import shlex
import socketserver
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from socket import AF_UNIX, socket
from typing import Any

from hardware.simulator.places import clear_socket

Verb = Callable[..., Any]


class ControlError(Exception):
    """The simulator did not do what it was told; the message says why."""


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        with suppress(ConnectionError):  # who asked may be gone before the answer: a window that was closed
            for line in self.rfile:
                self.wfile.write(self._answer(line).encode() + b"\n")

    def _answer(self, line: bytes) -> str:
        # The server that is made below.
        verbs: Mapping[str, Verb] = self.server.verbs  # type: ignore[attr-defined]
        try:
            verb, *words = shlex.split(line.decode()) or [""]
            if verb not in verbs:
                return json.dumps({"error": f"no verb {verb!r}; there are: {', '.join(sorted(verbs))}"})
            return json.dumps({"ok": verbs[verb](*words)}, ensure_ascii=False, default=str)
        except Exception as error:
            return json.dumps({"error": f"{type(error).__name__}: {error}"}, ensure_ascii=False)


class ControlServer(socketserver.ThreadingUnixStreamServer):
    """Offer ``verbs`` on the UNIX socket ``path`` from a thread of its own, until closed."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: Path, verbs: Mapping[str, Verb]) -> None:
        clear_socket(path)
        super().__init__(str(path), _Handler)
        self.verbs = verbs
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        """Stop serving and remove the socket."""
        self.shutdown()
        self.server_close()
        Path(str(self.server_address)).unlink(missing_ok=True)


def tell(path: Path, *words: str, timeout: float = 5.0) -> Any:
    """Send one command to the simulator at ``path`` and return its answer.

    :param timeout: seconds to wait for the answer.
    :raises ControlError: the simulator refused; OSError when there is no simulator.
    """
    with socket(AF_UNIX) as line:
        line.settimeout(timeout)
        line.connect(str(path))
        line.sendall(shlex.join(words).encode() + b"\n")
        with line.makefile() as answers:  # closed by its destructor, it would swallow a Ctrl-C
            reply = json.loads(answers.readline() or '{"error": "the simulator went away"}')
    if "error" in reply:
        raise ControlError(reply["error"])
    return reply["ok"]
