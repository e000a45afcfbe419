"""The national platform is asked once and briefly; whatever it answers but the truth is as if it were away."""

import asyncio
import socket
import time

import pytest
from starlette.responses import Response, StreamingResponse

from central.credentials.national_platform import ECard, HttpPlatform
from central.program.workers import listen
from central.simulator.national_platform import MOST_CODES, SHOW, SimulatedPlatform
from central.store.refusals import RefusedError
from tests.central.centre import HTTP
from tests.central.credentials.platforms import patient, serving, telephones
from tests.people import WANG

CODE = "8f3b-opaque"


def refusal_of(platform: HttpPlatform, code: str = CODE) -> str:
    with pytest.raises(RefusedError) as refusal:
        platform.resolve(code)
    assert code not in repr(refusal.value)
    return refusal.value.code


def test_it_says_whose_code_it_is_once():
    with telephones() as shown:
        platform, code = patient(shown.url), shown.code_of(WANG.id_number)
        assert platform.resolve(code) == ECard(WANG.id_number, WANG.name, "A1024575X")
        assert refusal_of(platform, code) == "token-used"
        assert refusal_of(platform, "another app's") == "token-unknown"


@pytest.mark.parametrize(
    "answer",
    [
        Response("<html>maintenance</html>", 200),
        Response("{", 200),
        Response(b"\xff\xfe", 200),
        Response('{"id_number": "1", "name": "x", "card_number": "A1024575X"}'),
        Response('{"code": "drop-tables"}', 409),
        Response("", 500),
        Response("x" * 100_000),
        Response("", 302, {"Location": "http://127.0.0.1:1/"}),
    ],
)
def test_whatever_else_it_answers_it_is_away(answer):
    with serving(answer) as url:
        assert refusal_of(patient(url)) == "platform-away"


def test_one_that_drips_or_is_silent_is_not_waited_for():
    async def drip():
        while True:
            yield b" "
            await asyncio.sleep(0.02)

    with serving(StreamingResponse(drip())) as url:
        began = time.monotonic()
        assert refusal_of(HttpPlatform(url, seconds=0.3)) == "platform-away"
        assert time.monotonic() - began < 30, "it ends, however slow this machine is"
    with listen("127.0.0.1", 0) as silent:
        assert refusal_of(HttpPlatform(f"http://127.0.0.1:{silent.getsockname()[1]}", 0.3)) == "platform-away"


def test_one_that_is_not_there_is_away():
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert refusal_of(patient(f"http://127.0.0.1:{port}")) == "platform-away"


@pytest.mark.parametrize("body", [b"", b"[", b"\xff", b'{"id_number": 7}', b'{"token": 1}', b"x" * 20_000])
def test_the_simulator_does_not_trust_who_asks(body):
    with telephones() as shown:
        for path in (SHOW, "/v1/e-cards/resolve"):
            assert HTTP.post(f"{shown.url}{path}", content=body).status_code == 400
        nobody = HTTP.post(f"{shown.url}{SHOW}", json={"id_number": "999999199001010011"})
        assert nobody.status_code == 404


def test_the_simulator_forgets_the_oldest_codes():
    platform = SimulatedPlatform()
    first = platform.show(WANG.id_number)
    for _ in range(MOST_CODES):
        last = platform.show(WANG.id_number)
    assert platform.resolve(first.token).code == "token-unknown"
    assert platform.resolve(last.token).name == WANG.name
