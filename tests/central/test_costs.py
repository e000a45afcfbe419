"""What a request costs the database: its statements are counted, for their number is the same on every machine."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from central.access import roll_call
from central.store.database import open_database
from sync.protocol.audit import make_head
from sync.protocol.feeds import page_path
from sync.protocol.messages import Heads
from sync.store import chain
from tests.central.centre import HTTP, Centre, an_identity, running_centre
from tests.central.deliveries import EPOCH, event, results
from tests.central.feed_reader import head_of, published
from tests.central.postgres import empty
from tests.central.statements import Recorder

NOW_AND_THEN = (";", "UPDATE kiosks SET last_seen_at")
"""Is a connection that has rested alive; a kiosk was heard, once a minute."""


class Statements(Recorder):
    """All that is sent to the database, but for what only now and then is."""

    def note(self, sql: Any, parameters: Any) -> None:
        if not str(sql).startswith(NOW_AND_THEN):
            self.sent.append(str(sql))

    def __init__(self, engine) -> None:
        self.sent: list[str] = []
        super().__init__(engine)

    def of(self, ask) -> int:
        self.sent.clear()
        ask()
        return len(self.sent)


@pytest.fixture(scope="module")
def recorded(postgres_url) -> Iterator[tuple[Centre, Statements]]:
    url = empty(postgres_url)
    engine = open_database(url)
    statements = Statements(engine)
    with running_centre(url, engine=engine) as centre:
        yield centre, statements


def test_what_kiosks_ask_for_all_the_time_costs_few_statements(recorded, monkeypatch):
    monkeypatch.setattr(roll_call, "KNOWN_FOR", 3600.0)  # also on a slow machine
    centre, statements = recorded
    identity = centre.enrol(an_identity())
    kiosk = centre.client(identity)

    def heads(n: int) -> Heads:
        name = chain.name(identity.kiosk_id)
        return Heads([make_head(name, EPOCH, 0, n, bytes(32), datetime.now(UTC), identity.seal_text)])

    kiosk.deliver(EPOCH, [], heads=heads(1))
    published(centre.engine, "guides", ("a", "1"))
    tag = kiosk.read("/v1/feeds").headers["etag"]
    head = head_of(centre.engine, "guides")
    page = page_path("guides", head.epoch, 0, head.seq)
    costs = {
        "is the centre there": statements.of(lambda: HTTP.get(f"{centre.url}/v1/health")),
        "has anything changed": statements.of(lambda: kiosk.read("/v1/feeds", tag)),
        "a page for the first time": statements.of(lambda: kiosk.read(page)),
        "the page again": statements.of(lambda: kiosk.read(page)),
        "a delivery": statements.of(lambda: kiosk.deliver(EPOCH, [event(1), event(2)])),
        "a greeting": statements.of(lambda: kiosk.deliver(EPOCH, [])),
        "a greeting that tells the kiosk's history": statements.of(
            lambda: kiosk.deliver(EPOCH, [], heads=heads(2))
        ),
    }
    assert costs == {
        "is the centre there": 0,
        "has anything changed": 2,
        "a page for the first time": 2,
        "the page again": 0,
        "a delivery": 3,
        "a greeting": 3,
        "a greeting that tells the kiosk's history": 6,
    }
    assert results(kiosk.deliver(EPOCH, [event(3)])) == ["ok"]
