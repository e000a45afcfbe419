"""The line: whatever comes from a socket, it ends in time, and says whether the request may have been heard."""

import socket
import threading
import time
from contextlib import contextmanager, suppress

import msgspec
import pytest

from sync.client import (
    ANSWER_BYTES,
    AnswerLostError,
    CentralRefusedError,
    CentralUnreachableError,
    Timeout,
)
from sync.protocol.cards import CARD_STATE, CardStateRequest
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.protocol.messages import DeliveryAnswer
from sync.protocol.refusals import Refusal
from tests.deadline import DEADLINE_SECONDS
from tests.sync.clients import REQUEST, client_of
from tests.sync.raw_line import read_request

BODY = msgspec.json.encode(DeliveryAnswer([], 0, 0))
DATE = "Fri, 27 Nov 2026 03:32:49 GMT"
SOON = Timeout(connect=1.5, whole=1.5)
PATIENT = Timeout(connect=30, whole=60)
MARGIN = 60
"""Seconds that a slow machine may need beside the deadline; a deadline for each byte would take eight and more."""


def head(*lines: str | bytes, length: int | None = len(BODY)) -> bytes:
    size = [] if length is None else [f"Content-Length: {length}"]
    told = [each if isinstance(each, bytes) else each.encode() for each in ("HTTP/1.1 200 OK", *size, *lines)]
    return b"\r\n".join([*told, b"", b""])


@contextmanager
def served(serve, timeout=PATIENT):
    """A server on a bare socket: ``serve`` gets each connection; yields a client of it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    wire, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=handle, args=(wire,), daemon=True).start()

        def handle(wire: socket.socket) -> None:
            with wire, suppress(OSError):  # the kiosk has gone
                serve(wire)

        threading.Thread(target=accept, daemon=True).start()
        client = client_of(listener.getsockname()[1], timeout)
        client.load()  # to read the trusted certificates may take as long as the shortest deadline here
        yield client
        client.close()
        listener.shutdown(socket.SHUT_RDWR)


def saying(content: bytes):
    def serve(wire: socket.socket) -> None:
        read_request(wire)
        wire.sendall(content)

    return serve


def dripping(content: bytes, start: bytes = b""):
    def serve(wire: socket.socket) -> None:
        read_request(wire)
        wire.sendall(start)
        for place in range(len(content)):
            wire.sendall(content[place : place + 1])
            time.sleep(0.1)  # what it is about: a byte now and then

    return serve


@contextmanager
def within(seconds: float):
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


ODD_DATES = {
    "doubled": [f"Date: {DATE}", f"Date: {DATE}"],
    "two": [f"Date: {DATE}", "Date: Fri, 27 Nov 2026 03:32:50 GMT"],
    "without a zone": ["Date: Fri, 27 Nov 2026 03:32:49 -0000"],
    "absent": [],
    "empty": ["Date:"],
    "year 9999": ["Date: Fri, 31 Dec 9999 23:59:59 GMT"],
    "year 0": ["Date: Fri, 31 Dec 0000 23:59:59 GMT"],
    "zone beyond a day": ["Date: Fri, 27 Nov 2026 03:32:49 +9999"],
    "hour 99": ["Date: Fri, 27 Nov 2026 99:99:99 GMT"],
    "Latin": ["Date: Fré, 27 Növ 2026 03:32:49 GMT".encode("latin-1")],
    "Chinese": ["Date: 2026年11月27日"],
    "huge number": [f"Date: {'9' * 5000}"],
    "words": ["Date: yesterday"],
    "unix time": ["Date: 1795750369"],
}


@pytest.mark.parametrize("lines", ODD_DATES.values(), ids=ODD_DATES)
def test_no_date_breaks_what_the_centre_has_done(lines):
    with served(saying(head(*lines) + BODY)) as client:
        assert client.deliver("e", []).held == 0
    assert client.clock_offset is None or abs(client.clock_offset) < 101 * 366 * 24 * 3600, (
        "nobody goes by such a clock"
    )


def test_a_date_that_was_doubled_on_the_way_still_tells_the_time():
    with served(saying(head(*ODD_DATES["doubled"]) + BODY)) as client:
        client.deliver("e", [])
    assert client.clock_offset is not None


ODD_HEADS = {
    "doubled length": head(f"Content-Length: {len(BODY)}"),
    "doubled type": head("Content-Type: application/json", "Content-Type: text/html"),
    "type that is none": head("Content-Type: ;;;=,"),
    "not Latin": head("X-Gateway: 政务外网".encode()),
    "large": head(f"X-Trace: {'t' * 40_000}"),
    "many": head(*(f"X-{number}: {number}" for number in range(500))),
    "folded": head("X-Trace: one\r\n two"),
    "unknown encoding": head("Content-Encoding: pied-piper"),
    "encoding that is not so": head("Content-Encoding: gzip"),
    "no length": head("Connection: close", length=None),
    "informed first": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + head(),
}


@pytest.mark.parametrize("top", ODD_HEADS.values(), ids=ODD_HEADS)
def test_headers_that_are_odd_but_leave_the_answer_whole_are_nothing(top):
    with served(saying(top + BODY)) as client:
        assert client.deliver("e", []).held == 0


GARBLED = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "half a head": head()[:20],
    "half a body": head() + BODY[:5],
    "two lengths": head(f"Content-Length: {len(BODY) + 7}") + BODY,
    "length of minus one": head(length=-1) + BODY,
    "endless head": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000,
    "endless hints": b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000,
    "NUL in a header": head("X-Trace: \0"),
    "packed": head("Content-Encoding: gzip", length=20) + b"\x1f\x8b" + b"\0" * 18,
    "other JSON": head(length=2) + b"[]",
    "deep JSON": head(length=200_000) + b"[" * 200_000,
    "no UTF-8": head(length=16) + b'{"answers":"\xff\xff"}',
    "another page": head(length=6) + b"<html>",
    "502": b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>",
    "504": b"HTTP/1.1 504 Gateway Time-out\r\nContent-Length: 6\r\n\r\n<html>",
    "more than it may be": head(length=ANSWER_BYTES + 1) + b" " * (ANSWER_BYTES + 1),
}


@pytest.mark.parametrize("content", GARBLED.values(), ids=GARBLED)
def test_an_answer_that_does_not_come_whole_leaves_open_whether_it_is_done(content):
    with served(saying(content)) as client, pytest.raises(AnswerLostError):
        client.call(ISSUE_CERTIFICATE, REQUEST)


def test_a_question_that_changes_nothing_is_not_perhaps_done():
    question = CardStateRequest(region="610200", card_identity="0" * 32)
    with served(saying(b"")) as client, pytest.raises(CentralUnreachableError) as trouble:
        client.call(CARD_STATE, question)
    assert not isinstance(trouble.value, AnswerLostError)


def test_what_never_left_is_not_done():
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(CentralUnreachableError) as trouble:
        client_of(port).call(ISSUE_CERTIFICATE, REQUEST)
    assert not isinstance(trouble.value, AnswerLostError)


def test_a_host_that_is_not_to_be_found_is_asked_for_no_longer_than_connecting_may_take(monkeypatch):
    def look_up(*_: object, **__: object) -> None:
        threading.Event().wait(10 * MARGIN)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with within(SOON.connect + MARGIN), pytest.raises(CentralUnreachableError) as trouble:
        client_of(1, SOON).call(ISSUE_CERTIFICATE, REQUEST)
    assert not isinstance(trouble.value, AnswerLostError)


def test_a_second_try_that_finds_nobody_says_that_the_first_may_have_been_heard():
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hear_and_go() -> None:
            wire, _ = listener.accept()
            listener.close()
            read_request(wire)
            wire.close()

        threading.Thread(target=hear_and_go, daemon=True).start()
        with pytest.raises(AnswerLostError):
            client_of(listener.getsockname()[1], PATIENT).call(ISSUE_CERTIFICATE, REQUEST)


@pytest.mark.parametrize(
    "serve",
    [
        dripping(head() + BODY),
        dripping(BODY * 20, head(length=len(BODY) * 20)),
        dripping(b"HTTP/1.1 100 C\r\n\r\n" * 99),
    ],
    ids=["head", "body", "hints"],
)
def test_a_centre_that_drips_bytes_holds_nobody_longer_than_one_that_is_silent(serve):
    with served(serve, SOON) as client, within(SOON.whole + MARGIN), pytest.raises(AnswerLostError):
        client.call(ISSUE_CERTIFICATE, REQUEST)
    with served(serve, SOON) as client, within(SOON.whole + MARGIN), pytest.raises(AnswerLostError):
        client.deliver("e", [])
    with served(serve, SOON) as client, within(SOON.whole + MARGIN), pytest.raises(AnswerLostError):
        client.read("/v1/feeds")


def test_a_centre_that_takes_in_bytes_one_by_one_holds_nobody_either():
    def swallow(wire: socket.socket) -> None:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        while wire.recv(1):
            time.sleep(0.1)  # what it is about: a byte now and then

    large = msgspec.structs.replace(REQUEST, request_id="x" * 20_000_000)
    with served(swallow, SOON) as client, within(SOON.whole + MARGIN), pytest.raises(AnswerLostError):
        client.call(ISSUE_CERTIFICATE, large)


def test_a_file_that_drips_is_given_up_and_gone_on_with_another_time():
    content = head(length=10_000) + b"x" * 100
    with served(dripping(b"y" * 9_900, content), SOON) as client, within(SOON.whole + MARGIN):
        come = b""
        with pytest.raises(AnswerLostError), client.stream("/v1/f", 0) as pieces:
            for piece in pieces:
                come += piece
    assert come.startswith(b"x" * 100)


def test_a_file_that_waits_for_the_kiosk_has_not_dripped():
    waited = threading.Event()

    def serve(wire: socket.socket) -> None:
        read_request(wire)
        wire.sendall(head(length=4) + b"x")
        waited.wait()
        wire.sendall(b"yyy")

    whole = 3
    with served(serve, Timeout(30, whole)) as client, client.stream("/v1/f", 0) as pieces:
        first = next(pieces)
        time.sleep(whole + 0.2)  # what it is about: the kiosk had something else to do
        waited.set()
        assert first + b"".join(pieces) == b"xyyy"


@pytest.mark.parametrize(("told", "waited"), [("7", 7), ("9" * 400, 3600), ("-1", None), ("soon", None)])
def test_no_centre_sends_a_kiosk_to_sleep_for_ever(told, waited):
    refusal = msgspec.json.encode(Refusal("busy", ""))
    top = f"HTTP/1.1 503 Busy\r\nRetry-After: {told}\r\nContent-Length: {len(refusal)}\r\n\r\n".encode()
    with served(saying(top + refusal)) as client, pytest.raises(CentralUnreachableError) as busy:
        client.deliver("e", [])
    assert busy.value.retry_after == waited
    assert not isinstance(busy.value, AnswerLostError), "it has not begun"


def test_what_is_going_on_ends_when_the_line_is_cut():
    asked = threading.Event()

    def hear(wire: socket.socket) -> None:
        read_request(wire)
        asked.set()
        wire.recv(1)

    with served(hear, Timeout(2 * DEADLINE_SECONDS, 2 * DEADLINE_SECONDS)) as client:
        cutting = threading.Thread(target=lambda: asked.wait() and client.cut())
        cutting.start()
        with within(DEADLINE_SECONDS), pytest.raises(AnswerLostError):
            client.call(ISSUE_CERTIFICATE, REQUEST)
        cutting.join()


def test_a_refusal_is_still_one():
    body = msgspec.json.encode(Refusal("card-unknown", "没有查到这张社保卡。"))
    top = f"HTTP/1.1 404 No\r\nDate: x\r\nDate: y\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with served(saying(top + body)) as client, pytest.raises(CentralRefusedError, match="card-unknown"):
        client.call(ISSUE_CERTIFICATE, REQUEST)
