"""A request that does not come to its end is answered or closed, and holds up nobody."""

import json
import resource
import socket
import threading
import time

import httpx
import pytest

from tests.central.process import CentralProcess
from tests.deadline import DEADLINE_SECONDS

PATIENCE = DEADLINE_SECONDS
"""Seconds, many times those that a request may take: without a deadline none of these ends at all."""
POST = b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
SIGNED = b'Signature: k=:AAAA:\r\nSignature-Input: k=("@method");keyid="610200-001/x"\r\n'
STOPPING = {
    "half a body": POST + b"Content-Length: 1000\r\n\r\n" + b"x" * 500,
    "half a signed body": POST + SIGNED + b"Content-Length: 1000\r\n\r\n" + b"x" * 500,
    "no body": POST + b"Content-Length: 1000\r\n\r\n",
    "no body after 100 Continue": POST + b"Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n",
    "half a chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n400\r\nxxxx",
    "a body for nobody": b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nxxx",
    "half a head": POST,
    "one byte": b"P",
    "nothing": b"",
    "half a second request": b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/he",
}
DRIPPING = {
    "a body": (POST + b"Content-Length: 1000000\r\n\r\n", b"x"),
    "chunks": (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "a head": (POST, b"X-More: y\r\n"),
    "a body that was refused": (
        b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n",
        b"x",
    ),
}


@pytest.fixture(scope="module", params=["one worker", "two workers"])
def centre(request, tmp_path_factory):
    options = ()
    if request.param == "two workers":
        options = ("--workers", "2", "--database", request.getfixturevalue("postgres_url"))
    process = CentralProcess(tmp_path_factory.mktemp("centre"), *options)
    yield process
    process.kill()


class Slow(threading.Thread):
    """Sends ``first`` and then ``drip`` again and again; keeps what is answered until the centre closes."""

    def __init__(self, port: int, first: bytes, drip: bytes = b"") -> None:
        super().__init__(daemon=True)
        self._port, self._first, self._drip = port, first, drip
        self.heard, self.closed, self.ended_at = b"", False, 0.0
        self.start()

    def run(self) -> None:
        with socket.create_connection(("127.0.0.1", self._port)) as line:
            line.sendall(self._first)
            line.settimeout(0.2)
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end and not self.closed:
                try:
                    if self._drip:
                        line.sendall(self._drip)
                    part = line.recv(4096)
                    self.heard, self.closed = self.heard + part, not part
                except TimeoutError:
                    pass
                except OSError:
                    self.closed = True
            self.ended_at = time.monotonic()


def test_what_stops_or_drips_is_ended_while_others_are_answered(centre):
    slow = {name: Slow(centre.port, first) for name, first in STOPPING.items()}
    slow |= {f"dripping {name}": Slow(centre.port, *sent) for name, sent in DRIPPING.items()}
    many = [Slow(centre.port, STOPPING["half a body"]) for _ in range(60)]
    with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
        while any(each.is_alive() for each in (*slow.values(), *many)):
            assert client.get(f"{centre.url}/v1/ready").status_code == 200
            time.sleep(0.1)
    assert [name for name, each in slow.items() if not each.closed] == []
    assert all(each.closed and each.heard.startswith(b"HTTP/1.1 408 ") for each in many)
    for name in ("half a body", "half a signed body", "no body", "half a chunk", "half a head"):
        head, _, body = slow[name].heard.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408 ") and b"connection: close" in head.lower(), name
        assert json.loads(body)["code"] == "request-late"
    assert slow["nothing"].heard == b""
    assert slow["nothing"].ended_at > slow["one byte"].ended_at  # kiosks notice by it that the centre went
    assert "Traceback" not in centre.log.read_text()


def test_a_slow_line_that_goes_on_is_heard_to_the_end(centre):
    """More time than without pauses, but no pause as long as a deadline."""
    body = b"x" * 300_000
    with socket.create_connection(("127.0.0.1", centre.port), timeout=PATIENCE) as line:
        line.sendall(POST + b"Content-Length: %d\r\n\r\n" % len(body))
        for start in range(0, len(body), 100_000):
            time.sleep(0.5)
            line.sendall(body[start : start + 100_000])
        assert line.recv(100).startswith(b"HTTP/1.1 401 ")


@pytest.fixture
def few_open_files():
    """Programs that are started here may have few files open, until they ask for more."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_it_takes_as_many_connections_as_the_system_permits(few_open_files, tmp_path):
    process = CentralProcess(tmp_path / "centre")
    soft, hard = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
    process.kill()
    assert soft == hard > 512
