"""Too much at once: whoever must wait hears for how long, and nobody else is held up."""

import asyncio

import pytest

from central.access.limits import ConcurrencyLimiter, RateLimiter
from central.store.refusals import RefusedError


def test_a_bucket_gives_its_burst_and_then_as_much_as_flows_in():
    time = 0.0
    buckets = RateLimiter(per_second=2, burst=3, clock=lambda: time)
    for _ in range(3):
        buckets.take("K1")
    with pytest.raises(RefusedError) as refused:
        buckets.take("K1")
    assert (refused.value.status, refused.value.retry_after) == (429, 1)
    buckets.take("K2")
    time = 0.5
    buckets.take("K1")
    with pytest.raises(RefusedError):
        buckets.take("K1")
    time = 1000.0
    for _ in range(3):
        buckets.take("K1")
    with pytest.raises(RefusedError):
        buckets.take("K1")


def test_one_request_too_many_is_sent_away_at_once_and_the_others_are_answered():
    asyncio.run(three_at_a_turnstile_for_two())


async def three_at_a_turnstile_for_two():
    release, answers = asyncio.Event(), []

    async def slow(_scope, _receive, send):
        await release.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message):
        if message["type"] == "http.response.start":
            answers.append((message["status"], dict(message["headers"]).get(b"retry-after")))

    turnstile = ConcurrencyLimiter(slow, most=2)
    inside = [asyncio.create_task(turnstile({"type": "http"}, None, send)) for _ in range(2)]
    await asyncio.sleep(0)
    await turnstile({"type": "http"}, None, send)
    (status, wait) = answers.pop()
    assert status == 503 and 1 <= int(wait) <= 5
    release.set()
    await asyncio.gather(*inside)
    await turnstile({"type": "http"}, None, send)
    assert answers == [(200, None)] * 3


def test_who_fetches_a_large_file_on_a_slow_line_takes_nobodys_place():
    asyncio.run(two_at_a_turnstile_for_one())


async def two_at_a_turnstile_for_one():
    read_on, answers = asyncio.Event(), []

    async def large(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"..."})

    async def slowly(message):
        if message["type"] == "http.response.body":
            await read_on.wait()

    async def send(message):
        answers.append(message["type"])

    turnstile = ConcurrencyLimiter(large, most=1)
    slow = asyncio.create_task(turnstile({"type": "http"}, None, slowly))
    await asyncio.sleep(0)
    for _ in range(2):
        await turnstile({"type": "http"}, None, send)
    assert answers == ["http.response.start", "http.response.body"] * 2
    read_on.set()
    await slow
    assert turnstile._inside == 0
