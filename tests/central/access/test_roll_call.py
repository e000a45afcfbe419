"""Kiosks that ask at the same time are looked up together; one that is revoked is out within a second."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy import event as sqlalchemy_event

from central.access import kiosks, roll_call
from central.access.batching import Batch
from central.access.lanes import Lanes
from central.access.roll_call import RollCall
from central.feeds.manifest import begin_feeds, heads
from central.feeds.names import PUBLIC
from sync.client import CentralRefusedError
from sync.protocol.feeds import page_path
from tests.central.centre import an_identity
from tests.central.feed_reader import head_of, published
from tests.deadline import DEADLINE_SECONDS


def test_what_is_asked_while_the_last_look_up_is_a_moment_old_is_looked_up_at_once():
    async def ask() -> list[list[int]]:
        looked_up: list[list[int]] = []

        async def find(asked):
            looked_up.append(asked)
            return sum(asked)

        batch = Batch(find, moment=0.05)
        assert await batch.ask(1) == 1
        assert await asyncio.gather(*map(batch.ask, range(100))) == [sum(range(100))] * 100
        return looked_up

    assert asyncio.run(ask()) == [[1], list(range(100))]


def test_one_who_does_not_wait_for_the_answer_takes_it_from_nobody():
    async def ask() -> int:
        async def find(asked):
            return sum(asked)

        batch = Batch(find, moment=0.0)
        impatient, patient = (asyncio.ensure_future(batch.ask(number)) for number in (1, 2))
        await asyncio.sleep(0)
        impatient.cancel()
        return await patient

    assert asyncio.run(ask()) == 3


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    found: list[str] = []

    def executed(_connection, _cursor, statement, _parameters, _context, _many):
        if not statement.startswith("BEGIN"):
            found.append(statement)

    sqlalchemy_event.listen(engine, "before_cursor_execute", executed)
    try:
        yield found
    finally:
        sqlalchemy_event.remove(engine, "before_cursor_execute", executed)


@pytest.fixture
def enrolled(any_engine) -> list[str]:
    """Fifty kiosks that may ask."""
    names = [f"610200-{number:03}" for number in range(50)]
    with any_engine.begin() as tx:
        begin_feeds(tx, PUBLIC, datetime.now(UTC))
        for name in names:
            kiosks.enrol(tx, name, an_identity(name).public_key, datetime.now(UTC))
    return names


def test_fifty_kiosks_that_ask_together_cost_the_database_no_more_than_one(any_engine, enrolled):
    async def ask(names) -> list:
        calls = RollCall(Lanes.of(any_engine).feeds, heads)
        return await asyncio.gather(*map(calls.look_up, names))

    counts = []
    for names in (enrolled[:1], enrolled):
        with statements(any_engine) as found:
            answers = asyncio.run(ask(names))
        assert all(name in answer.kiosks for name, answer in zip(names, answers, strict=True))
        assert len(answers[0].prepared.of(names[0])) == len(PUBLIC)
        counts.append(len(found))
    assert counts == [2, 2]


def test_a_kiosk_that_was_looked_up_within_the_last_second_is_known(any_engine, enrolled, monkeypatch):
    monkeypatch.setattr(roll_call, "KNOWN_FOR", 3600.0)  # also on a slow machine

    async def ask() -> int:
        calls = RollCall(Lanes.of(any_engine).feeds, heads)
        await calls.look_up(enrolled[0])
        with statements(any_engine) as found:
            await calls.known(enrolled[0])
            before = len(found)
            await calls.known(enrolled[1])
            assert len(found) > before
        return before

    assert asyncio.run(ask()) == 0


def test_what_is_known_is_forgotten_after_a_second(any_engine, enrolled, monkeypatch):
    monkeypatch.setattr(roll_call, "KNOWN_FOR", 0.0)

    async def ask() -> dict:
        calls = RollCall(Lanes.of(any_engine).feeds, heads)
        for name in enrolled[:3]:
            await calls.look_up(name)
        return calls._known

    assert len(asyncio.run(ask())) == 1


def test_a_revoked_kiosk_is_refused_at_once_and_reads_pages_for_a_second_at_most(centre):
    published(centre.engine, "guides", ("a", "1"))
    identity = centre.enrol(an_identity())
    kiosk, head = centre.client(identity), head_of(centre.engine, "guides")
    page = page_path("guides", head.epoch, 0, head.seq)
    assert kiosk.read("/v1/feeds").is_success and kiosk.read(page).is_success
    with centre.engine.begin() as tx:
        kiosks.revoke(tx, identity.kiosk_id, datetime.now(UTC))
    last_read = revoked = time.monotonic()
    with pytest.raises(CentralRefusedError, match="kiosk-revoked"):
        while (asked := time.monotonic()) < revoked + DEADLINE_SECONDS:
            kiosk.read(page)
            last_read = asked
            time.sleep(0.1)  # a kiosk may not ask too often
    assert last_read - revoked < 1
    with pytest.raises(CentralRefusedError, match="kiosk-revoked"):
        kiosk.read("/v1/feeds")


def test_a_revoked_kiosk_gets_no_manifest_even_in_the_same_second(centre):
    kiosk = centre.client(centre.enrol(an_identity()))
    assert kiosk.read("/v1/feeds").is_success
    with centre.engine.begin() as tx:
        kiosks.revoke(tx, "610200-001", datetime.now(UTC))
    with pytest.raises(CentralRefusedError, match="kiosk-revoked"):
        kiosk.read("/v1/feeds")
