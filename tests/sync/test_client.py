"""The client: whatever answers, or does not, the citizen hears of it in seconds and in clear words."""

import socket
import threading
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
import pytest

from sync.client import (
    PATIENT,
    TIMEOUT,
    CentralFailedError,
    CentralRefusedError,
    CentralUnreachableError,
    Timeout,
)
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.protocol.messages import DeliveryAnswer
from sync.protocol.refusals import Refusal
from tests.sync.clients import REQUEST, client_of

ANSWER = msgspec.json.encode(DeliveryAnswer([], 0, 0))
HTML = "<html>请登录校园网</html>".encode()


class Scripted(BaseHTTPRequestHandler):
    """Answers as the server's ``script`` says: status, body, headers; or breaks the connection at None."""

    protocol_version = "HTTP/1.1"
    server: Any

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.paths.append(self.path)
        script = self.server.script
        reply = script.pop(0) if len(script) > 1 else script[0]
        if reply is None:
            self.close_connection = True
            return
        status, body, headers = reply
        self.send_response_only(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.server.paths.append((self.path, self.headers["Range"]))
        status, body, headers = self.server.script[0]
        self.send_response_only(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_):
        pass


@contextmanager
def answering(*script):
    """A server that follows the script, its last line for ever; yields a client and what was asked."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    server.script, server.paths, server.daemon_threads = list(script), [], True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield client_of(server.server_port), server.paths
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_no_citizen_waits_longer_than_some_seconds():
    assert TIMEOUT.connect <= 2
    assert TIMEOUT.whole <= 8
    assert PATIENT.whole <= 60


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    client = client_of(port)
    with pytest.raises(CentralUnreachableError):
        client.call(ISSUE_CERTIFICATE, REQUEST)
    assert client.reachable() is False


def test_somebody_there_who_says_nothing():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = client_of(silent.getsockname()[1], Timeout(0.2, 0.2))
        with pytest.raises(CentralUnreachableError, match=r"(Read|Connect)Timeout"):
            client.call(ISSUE_CERTIFICATE, REQUEST)


@pytest.mark.parametrize("status", [200, 302, 403, 511])
def test_somebody_else_there_is_not_mistaken_for_the_centre(status):
    with answering((status, HTML, {})) as (client, _), pytest.raises(CentralUnreachableError):
        client.call(ISSUE_CERTIFICATE, REQUEST)


def test_a_refusal_comes_with_its_words():
    body = msgspec.json.encode(Refusal("card-unknown", "没有查到这张社保卡。"))
    with answering((404, body, {})) as (client, _), pytest.raises(CentralRefusedError) as refused:
        client.call(ISSUE_CERTIFICATE, REQUEST)
    assert (refused.value.code, refused.value.message) == ("card-unknown", "没有查到这张社保卡。")


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_centre_says_when_to_come_back(status):
    script = (status, HTML, {"Retry-After": "7"})
    with answering(script) as (client, _), pytest.raises(CentralUnreachableError) as busy:
        client.deliver("e", [])
    assert busy.value.retry_after == 7


def test_a_centre_that_broke_on_the_request_is_told_from_one_that_is_away():
    with answering((500, b"", {})) as (client, _), pytest.raises(CentralFailedError):
        client.deliver("e", [])


def test_a_connection_that_broke_is_tried_once_more():
    with answering(None, (200, ANSWER, {})) as (client, asked):
        assert client.deliver("e", []).held == 0
    assert asked == ["/v1/events"] * 2


def test_a_connection_that_always_breaks_is_given_up():
    with answering(None) as (client, asked), pytest.raises(CentralUnreachableError):
        client.deliver("e", [])
    assert len(asked) == 2


def test_how_far_the_clocks_are_apart_is_learnt_from_the_answer():
    with answering((200, ANSWER, {"Date": formatdate(0, usegmt=True)})) as (client, _):
        assert client.clock_offset is None
        client.deliver("e", [])
    assert client.clock_offset < -50 * 365 * 24 * 3600


def test_a_proxy_in_the_environment_is_not_asked(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with answering((200, ANSWER, {})) as (client, _):
        assert client.deliver("e", []).held == 0


def test_no_citizen_is_in_an_address_or_an_error():
    with answering((500, b"", {})) as (client, asked), pytest.raises(CentralFailedError) as failed:
        client.call(ISSUE_CERTIFICATE, REQUEST)
    assert REQUEST.id_number not in f"{asked} {failed.value!r} {REQUEST!r}"


FILE = bytes(range(256)) * 1000


def test_a_file_comes_from_where_it_was_broken_off():
    with answering((206, FILE[1000:], {})) as (client, asked), client.stream("/v1/f", 1000) as pieces:
        assert b"".join(pieces) == FILE[1000:]
    assert asked == [("/v1/f", "bytes=1000-")]


def test_a_server_that_does_not_know_ranges_sends_it_whole_and_the_beginning_is_left_out():
    with answering((200, FILE, {})) as (client, _), client.stream("/v1/f", 100_000) as pieces:
        assert b"".join(pieces) == FILE[100_000:]


def test_a_file_that_is_cut_on_the_way_is_told_after_what_has_come():
    come = b""
    with (
        answering((206, FILE, {"Content-Length": str(2 * len(FILE))})) as (client, _),
        pytest.raises(CentralUnreachableError),
        client.stream("/v1/f", 0) as pieces,
    ):
        for piece in pieces:
            come += piece
    assert come == FILE


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, CentralRefusedError), (416, CentralUnreachableError), (503, CentralUnreachableError)],
)
def test_a_file_that_is_not_to_be_had(status, error):
    body = msgspec.json.encode(Refusal("snapshot-unknown", "")) if status == 404 else b"no"
    with (
        answering((status, body, {})) as (client, _),
        pytest.raises(error),
        client.stream("/v1/f", 0),
    ):
        pass
