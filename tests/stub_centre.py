"""A centre that answers every declared call with a sample of its answer, or with what a test gives it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
from msgspec import Struct

from sync.client import CentralClient
from sync.identity import Identity
from sync.protocol.algorithms import Ed25519Key, as_text
from sync.protocol.call import Call
from sync.protocol.documents import Issued, SignedText
from sync.protocol.refusals import REFUSALS, Refusal
from sync.protocol.registry import calls
from tests.keys import a_key, known
from tests.samples import sample

SILENCE = Refusal("silence", "the connection ends without an answer")
"""Given as an answer: what a call did is not heard."""


class StubCentre:
    """What is asked and answered; ``requests`` are the calls so far, with what they asked."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.requests: list[tuple[Call, Struct]] = []
        self.key = a_key()
        self.known_key = known(self.key)
        self._given: dict[str, Any] = {}

    def gives(self, call: Call, answer: Any) -> None:
        """From now on, answer ``call`` with this message, ``Refusal`` or ``SILENCE``."""
        self._given[call.path] = answer

    def asked(self, call: Call) -> list[Any]:
        """Return what was asked by this call."""
        return [request for made, request in self.requests if made is call]

    def client(self, kiosk_id: str = "610200-001") -> CentralClient:
        return CentralClient(self.url, Identity(kiosk_id, Ed25519Key.generate()))

    def answer(self, path: str, body: bytes) -> Any:
        [call] = [call for call in calls().values() if call.path == path]
        self.requests.append((call, msgspec.json.decode(body, type=call.request)))
        return self._signed(self._given.get(path) or sample(call.answer))

    def _signed(self, answer: Any) -> Any:
        """Sign a document as a whole, as a centre does; anything else is answered as it is."""
        if not isinstance(answer, Issued) or answer.signed:
            return answer
        text = msgspec.json.encode(answer).decode()
        signed = SignedText(text, self.known_key.number, as_text(self.key.sign(text.encode())))
        return msgspec.structs.replace(answer, signed=signed)


class Answering(BaseHTTPRequestHandler):
    server: Any
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        assert self.headers["Signature"]
        answer = self.server.centre.answer(self.path, self.rfile.read(int(self.headers["Content-Length"])))
        if answer is SILENCE:
            self.close_connection = True
            return
        body = msgspec.json.encode(answer)
        self.send_response_only(REFUSALS[answer.code].status if isinstance(answer, Refusal) else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def stub_centre() -> Iterator[StubCentre]:
    """Run a stub centre; nobody answers there afterwards."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.centre, server.daemon_threads = StubCentre(server.server_port), True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.centre
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
