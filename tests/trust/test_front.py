"""Strangers before the centre: they hold nothing for long, take nobody's place, and are told nothing."""

import asyncio
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from bench import flood
from central.access import bodies, enrolment, kiosks
from central.access.endpoint import GUESS_SECONDS
from central.access.limits import CONNECTIONS, ConnectionLimiter, MemoryLimiter, RateLimiter
from central.access.proxy import PROXIES
from central.program.cli import serve
from central.store.database import connect, open_database
from central.store.refusals import RefusedError
from central.verify.routes import LookUpLimits
from sync.client import CentralClient
from sync.identity import Identity
from sync.protocol import signature
from sync.protocol.enrolment import EnrolmentRequest
from tests.central.centre import an_identity, sqlite_url
from tests.central.deliveries import EPOCH, event, results
from tests.central.postgres import empty
from tests.central.process import CentralProcess
from tests.deadline import DEADLINE_SECONDS

KNOWN, REVOKED, INVITED, UNKNOWN = "610200-001", "610200-002", "610200-003", "610200-009"
SECOND_HALF_NEVER_COMES = b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + b"x" * 500
MANY = 2_300
"""More than the centre had places when half a request took one."""


class Front:
    """A centre as ``serve`` runs it, and those who come to it, each from an address of its own."""

    def __init__(self, folder) -> None:
        self.identity = an_identity(KNOWN)
        self.process = CentralProcess(folder)
        engine = connect(sqlite_url(folder))
        with engine.begin() as tx:
            kiosks.enrol(tx, KNOWN, self.identity.public_key, datetime.now(UTC))
            kiosks.enrol(tx, REVOKED, an_identity(REVOKED).public_key, datetime.now(UTC))
            kiosks.revoke(tx, REVOKED, datetime.now(UTC))
            enrolment.invite(tx, INVITED, datetime.now(UTC))
        engine.dispose()

    def http(self, source: str) -> httpx.Client:
        transport = httpx.HTTPTransport(local_address=source)
        return httpx.Client(
            transport=transport, trust_env=False, timeout=DEADLINE_SECONDS, base_url=self.process.url
        )

    def line(self, source: str = "127.0.0.1") -> socket.socket:
        where = ("127.0.0.1", self.process.port)
        return socket.create_connection(where, timeout=DEADLINE_SECONDS, source_address=(source, 0))

    def serves(self) -> bool:
        """Return whether supervision and a kiosk are answered."""
        with self.http("127.0.0.1") as supervision, closing(self.client()) as client:
            return (
                supervision.get("/v1/health").status_code == 200
                and supervision.get("/v1/ready").status_code == 200
                and client.deliver(EPOCH, []).held >= 0
            )

    def client(self) -> CentralClient:
        return CentralClient(self.process.url, self.identity)


@pytest.fixture(scope="module")
def front(tmp_path_factory) -> Iterator[Front]:
    found = Front(tmp_path_factory.mktemp("front"))
    yield found
    found.process.stop()
    log = found.process.log.read_text()
    assert "Traceback" not in log and "request_failed" not in log


# Told nothing


def forged(kiosk_id: str, url: str, path: str = "/v1/events") -> tuple[bytes, dict[str, str]]:
    """A request in the name of a kiosk, signed with a key that nobody knows."""
    stranger = an_identity(kiosk_id)
    body = msgspec.json.encode(stranger.seal(EPOCH, []))
    return body, stranger.sign("POST", f"{url}{path}", body)


def told(answer: httpx.Response) -> tuple:
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, headers, answer.content


def test_known_revoked_invited_and_unknown_kiosks_cannot_be_told_apart(front):
    answers = set()
    with front.http("127.0.2.1") as http:
        for kiosk_id in (KNOWN, REVOKED, INVITED, UNKNOWN):
            body, headers = forged(kiosk_id, front.process.url)
            for changed in (headers, headers | {"Signature": "kiosk=:AAAA:"}, {}):
                answers.add(repr(told(http.post("/v1/events", content=body, headers=changed))))
    [answer] = answers
    assert answer.startswith("(401,")


def test_a_signature_is_checked_whether_there_is_such_a_kiosk_or_not(front, monkeypatch):
    """So that the time that it takes tells nothing either: what is done is the same."""
    engine = connect(sqlite_url(front.process.folder))
    checked = []
    verify = signature.verify
    monkeypatch.setattr(signature, "verify", lambda *a: (checked.append(a[1]), verify(*a))[1])
    with engine.connect() as connection:
        for kiosk_id in (KNOWN, REVOKED, UNKNOWN):
            stranger = an_identity(kiosk_id)
            headers = {k.lower(): v for k, v in stranger.sign("POST", "http://x/v1/events", b"").items()}
            target = signature.Target.of("POST", "http://x/v1/events")
            with pytest.raises(RefusedError, match="signature-wrong"):
                kiosks.authenticate(connection, headers, target, b"", datetime.now(UTC))
    engine.dispose()
    assert len(checked) == 3 and len(set(checked)) == 1


def test_an_open_invitation_cannot_be_found_by_guessing(front):
    found, seconds = set(), []
    with front.http("127.0.2.2") as http:
        for kiosk_id in (INVITED, UNKNOWN, KNOWN):
            stranger = an_identity(kiosk_id)
            body = msgspec.json.encode(EnrolmentRequest("AAAA-AAAA-AAAA", stranger.public_key))
            headers = stranger.sign("POST", f"{front.process.url}/v1/enrol", body)
            begun = time.monotonic()
            answer = http.post("/v1/enrol", content=body, headers=headers)
            seconds.append(time.monotonic() - begun)
            found.add(repr(told(answer)))
    assert len(found) == 1 and "invitation-wrong" in found.pop()
    assert min(seconds) >= GUESS_SECONDS


def test_a_stranger_holds_up_no_kiosk(postgres_url, tmp_path):
    """Requests of one kiosk wait for each other; one that only names it does not take part."""
    url = empty(postgres_url)
    open_database(url).dispose()
    process = CentralProcess(tmp_path / "centre", "--database", url)
    engine = create_engine(url)
    try:
        identity = an_identity(KNOWN)
        with engine.begin() as tx:
            kiosks.enrol(tx, KNOWN, identity.public_key, datetime.now(UTC))
        body, headers = forged(KNOWN, process.url)
        with engine.connect() as holder, holder.begin():
            holder.execute(kiosks.TURN, {"turn": f"events {KNOWN}"})
            answer = httpx.post(
                f"{process.url}/v1/events",
                content=body,
                headers=headers,
                trust_env=False,
                timeout=DEADLINE_SECONDS,
            )
            assert answer.status_code == 401  # and not 503, when it has waited for as long as it may
    finally:
        engine.dispose()
        process.stop()


# Odd requests

ODD = [
    *("/v1/%E7%8E%8B", "/v1/events/%E7%8E%8B", "/v1/feeds/%E7%8E%8B/%FF/1-2", "/v1/feeds/a%00b/e/1-2"),
    *("/v1/snapshots/%00", "/v1/snapshots/..%2f..%2fcentral.db", "/v1/snapshots/" + "a" * 60_000),
    *("//v1/events", "/v1//events", "/v1/health/", "/v1/events/", "/v1/health/../events", "/v1/%2e%2e/x"),
    *("/v1/feeds/guides/e/99999999999999999999-1", "/v1/events?a=%E7%8E%8B", "/verify/%00", "/verify/%FF%FE"),
    *(
        "/%",
        "/%zz",
        "/;",
        "/*",
        "/v1/health;x",
        "/v1/health%0d%0aX-Evil:%201",
        "http://evil.example/v1/health",
    ),
]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD", "OPTIONS", "TRACE"])
def test_an_odd_address_is_refused_and_leads_nowhere(front, method):
    for number, path in enumerate(ODD):
        with front.line(f"127.0.3.{number + 1}") as line:
            headers = "Host: evil.example\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
            line.sendall(f"{method} {path} HTTP/1.1\r\n{headers}".encode())
            head, _, body = everything(line).partition(b"\r\n\r\n")
        status = int(head.split()[1])
        assert 400 <= status < 500 or path == "http://evil.example/v1/health", (path, head)
        assert b"location" not in head.lower() and b"Traceback" not in body, (path, head)
        assert b"evil" not in head, (path, head)


def everything(line: socket.socket) -> bytes:
    heard = b""
    try:
        while part := line.recv(65536):
            heard += part
    except ConnectionResetError:
        pass
    return heard


tokens = st.sampled_from(
    [
        *(
            b"GET",
            b"POST",
            b"\x16\x03\x01",
            b"HTTP/1.1",
            b"HTTP/9.9",
            b"/v1/events",
            b"/verify/%FF",
            b"/v1/enrol",
        ),
        *(
            b" ",
            b"\r\n",
            b"\n",
            b"\r\n\r\n",
            b"\x00",
            b"\xff",
            b":",
            b"Host: x\r\n",
            b"Content-Length: 5\r\n",
        ),
        *(
            b"Content-Length: -1\r\n",
            b"Content-Length: 99999999999999999999\r\n",
            b"Expect: 100-continue\r\n",
        ),
        *(
            b"Transfer-Encoding: chunked\r\n",
            b"Transfer-Encoding: gzip\r\n",
            b"ffffffffffffffff\r\n",
            b"0\r\n\r\n",
        ),
        *(
            b"Upgrade: websocket\r\nConnection: upgrade\r\n",
            b"Signature: kiosk=:AAAA:\r\n",
            b"{}",
            b"\xe7\x8e\x8b",
        ),
        *(
            b"Range: bytes=5-1\r\n",
            b"X-Real-IP: ::1\r\n",
            b"X-Client-Cert: %FF%zz\r\n",
            b"If-None-Match: \xff\r\n",
        ),
        b'Signature-Input: kiosk=("@method" "@authority" "@path" "@query" "content-digest");created=99999999999'
        b';keyid="610200-001/0123456789abcdef";alg="ed25519";nonce="AAAAAAAAAAAAAAAAAAAAAA";tag="kiosk"\r\n',
    ]
)
starts = st.sampled_from([b"", b"GET /v1/health HTTP/1.1\r\n", b"POST /v1/events HTTP/1.1\r\nHost: x\r\n"])
noise = st.builds(
    lambda start, parts: start + b"".join(parts),
    starts,
    st.lists(st.one_of(tokens, tokens, st.binary(max_size=20)), max_size=12),
)


@settings(max_examples=300)
@given(noise)
def test_whatever_comes_the_answer_is_a_plain_refusal_or_none(front, sent):
    with front.line() as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        heard = everything(line)
    for head in heard.split(b"HTTP/1.1 ")[1:]:
        assert head[:1] in b"1234", (sent, heard)
    assert not any(hint in heard for hint in (b"Traceback", b"uvicorn", b"h11", b"starlette", b".py")), sent


def test_after_all_that_the_log_has_no_fault_and_the_centre_serves(front):
    assert front.serves()
    log = front.process.log.read_text()
    assert "Traceback" not in log and "request_failed" not in log and "Exception" not in log


# Holding places


def test_half_requests_take_nobodys_place(front):
    with ExitStack() as open_lines:
        for number in range(MANY):
            line = open_lines.enter_context(front.line(f"127.0.4.{number % 50 + 1}"))
            line.sendall(SECOND_HALF_NEVER_COMES)
        assert front.serves()


def test_an_address_has_only_so_many_connections_and_the_others_have_theirs(front):
    with ExitStack() as open_lines:
        lines = [open_lines.enter_context(front.line("127.0.5.1")) for _ in range(CONNECTIONS + 50)]
        ended = 0
        end = time.monotonic() + DEADLINE_SECONDS
        while ended < 50 and time.monotonic() < end:
            ended = sum(is_ended(line) for line in lines)
        assert ended == 50
        for source in ("127.0.5.2", "127.0.0.1"):
            with front.http(source) as http:
                assert http.get("/v1/health").status_code == 200
    with front.http("127.0.5.1") as http:
        assert until_served(http) == 200  # they are given back


def is_ended(line: socket.socket) -> bool:
    line.setblocking(False)
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def until_served(http: httpx.Client) -> int:
    end = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < end:
        try:
            return http.get("/v1/health").status_code
        except httpx.TransportError:
            time.sleep(0.05)  # the centre is still hearing that the others ended
    return 0


def test_the_proxys_connections_are_not_counted_for_one():
    limiter = ConnectionLimiter(most=2)
    assert all(limiter.enter(proxy) for proxy in PROXIES for _ in range(10))
    assert [limiter.enter("10.0.0.1") for _ in range(3)] == [True, True, False]
    for _ in range(3):
        limiter.leave("10.0.0.1")
    assert limiter.enter("10.0.0.1") and limiter._open == {"10.0.0.1": 1}


class Coming:
    """A request whose body comes in parts."""

    def __init__(self, *parts: bytes, announced: int | None = None) -> None:
        self.headers = {} if announced is None else {"content-length": str(announced)}
        self._parts = parts

    async def stream(self):
        for part in self._parts:
            yield part


def test_large_bodies_on_their_way_have_bounded_memory_and_small_ones_always_room():
    memory = MemoryLimiter(most=100_000)
    large, small = b"x" * (bodies.ALWAYS + 90_000), b"x" * bodies.ALWAYS

    async def scene() -> None:
        first = bodies.whole(Coming(large, announced=len(large)), memory)
        assert await first == large  # and what it held is given back
        memory.take(50_000)  # another large one is on its way
        with pytest.raises(RefusedError, match="busy"):
            await bodies.whole(Coming(large), memory)
        assert await bodies.whole(Coming(small), memory) == small
        memory.give_back(50_000)
        assert await bodies.whole(Coming(large), memory) == large

    asyncio.run(scene())


def test_what_is_announced_too_large_is_not_waited_for():
    with pytest.raises(RefusedError, match="too-large"):
        asyncio.run(bodies.whole(Coming(announced=10**12), MemoryLimiter()))


# Guessing


def until_refused(ask) -> list[int]:
    """Ask again and again until it was too often; return the statuses."""
    said: list[int] = []
    end = time.monotonic() + DEADLINE_SECONDS
    while 429 not in said and time.monotonic() < end:
        said.append(ask())
    return said


def test_look_ups_of_an_address_are_limited_and_those_of_others_are_answered(front):
    def looking_up(source: str, **headers: str):
        http = front.http(source)
        return lambda: http.get("/verify/AAAA2345BBBB", headers=headers).status_code

    def said_to_be(address: str) -> dict[str, str]:
        return {"X-Real-IP": address}

    guesses = until_refused(looking_up("127.0.6.1"))
    assert set(guesses) == {404, 429} and len(guesses) > 20
    assert looking_up("127.0.6.2")() == 404
    # What a stranger says of its address counts nothing; what the proxy says does.
    for _ in until_refused(looking_up("127.0.6.3", **said_to_be("203.0.113.1"))):
        pass
    assert looking_up("127.0.0.1", **said_to_be("203.0.113.1"))() == 404
    assert until_refused(looking_up("127.0.0.1", **said_to_be("203.0.113.2")))[-1] == 429
    assert looking_up("127.0.0.1", **said_to_be("203.0.113.3"))() == 404


def test_one_look_up_too_many_is_told_in_words(front):
    with front.http("127.0.6.4") as http:
        pages = []
        until_refused(lambda: pages.append(http.get("/verify/AAAA2345BBBB")) or pages[-1].status_code)
    assert "请过几分钟再试" in pages[-1].text and int(pages[-1].headers["Retry-After"]) >= 1


def test_all_look_ups_together_are_limited_however_many_addresses_they_come_from():
    limits, refused = LookUpLimits(), 0
    for number in range(1000):
        try:
            limits.take(f"10.0.{number // 250}.{number % 250}")
        except RefusedError:
            refused += 1
    assert 0 < refused < 1000


def test_a_limiter_forgets_those_who_were_quiet_for_longest(monkeypatch):
    monkeypatch.setattr("central.access.limits.KNOWN", 10)
    limiter = RateLimiter(per_second=1, burst=1, clock=lambda: 0.0)
    for number in range(100):
        limiter.take(str(number))
    assert len(limiter._buckets) == 10
    with pytest.raises(RefusedError):
        limiter.take("99")


def test_an_address_that_signs_wrongly_again_and_again_is_heard_no_more_and_others_are(front):
    """Whichever kiosk it names."""
    for source, kiosk_id in (("127.0.7.1", KNOWN), ("127.0.7.2", UNKNOWN)):
        with front.http(source) as http:

            def ask() -> int:
                body, headers = forged(kiosk_id, front.process.url)  # noqa: B023 it is called at once
                return http.post("/v1/events", content=body, headers=headers).status_code

            said = until_refused(ask)
        assert set(said) == {401, 429} and len(said) > 10
    assert front.serves()


# All at once


def test_a_flood_costs_the_honest_no_answer(front):
    identities = [front.identity, *(an_identity(f"kiosk-{number:04}") for number in range(4))]
    engine = connect(sqlite_url(front.process.folder))
    with engine.begin() as tx:
        for each in identities[1:]:
            kiosks.enrol(tx, each.kiosk_id, each.public_key, datetime.now(UTC))
    engine.dispose()
    host = front.process.url.removeprefix("http://")
    with flood.flooding(host, 300) as tries:
        tally = asyncio.run(flood.honest(host, identities[1:], seconds=5))
    # A machine that is crowded by others answers late or says 503; that is no refusal.
    assert [each for each in tally.errors if not re.search("503|Timeout", each)] == []
    assert len(tally.errors) < (len(tally.health) + len(tally.signed)) / 2
    assert set(tries) == {attack.__name__ for attack in flood.ATTACKS}


def test_it_listens_on_this_machine_alone_unless_told_otherwise():
    [host] = [each for each in serve.params if each.name == "host"]
    assert host.default == "127.0.0.1"


def test_an_event_comes_in_after_all(front):
    with closing(front.client()) as client:
        assert results(client.deliver(EPOCH, [event(1, kiosk_id=KNOWN)])) == ["ok"]
        assert isinstance(front.identity, Identity)
