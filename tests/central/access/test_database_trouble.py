"""The database locked, slow, away, behind PgBouncer: who is asked says so, and what can go on goes on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
import sqlalchemy.exc
from sqlalchemy import create_engine, text
from uuid_utils import uuid7

from central.access import lanes as lanes_module
from central.access.lanes import Lanes
from central.feeds.snapshots import build
from central.store import tables as models
from central.store.database import Timeouts, connect, is_unavailable
from sync.client import CentralUnreachableError
from sync.process.delivery import DeliveryWorker
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.store import Store
from tests.central.centre import HTTP, Centre, an_identity, running_centre
from tests.central.certificate_requests import WANG, asking
from tests.central.deliveries import EPOCH, event, results
from tests.central.feed_reader import published
from tests.central.postgres import empty, running_pgbouncer
from tests.events import happen

QUICK = Timeouts(lock=0.5, statement=1.0)
CITIZENS = 24
"""More than a worker has threads and connections for."""


@pytest.fixture
def centre(postgres_url) -> Iterator[Centre]:
    url = empty(postgres_url)
    with running_centre(url, Lanes.open(url, QUICK)) as centre:
        yield centre


@contextmanager
def locked(url: str, table: str) -> Iterator[None]:
    """Lock a table as a careless administrator does."""
    engine = create_engine(url)
    with engine.begin() as tx:
        tx.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        yield
    engine.dispose()


def no_certificate(kiosk) -> CentralUnreachableError:
    with pytest.raises(CentralUnreachableError, match="503") as trouble:
        kiosk.call(ISSUE_CERTIFICATE, asking(request_id=str(uuid7())))
    return trouble.value


def test_a_locked_table_stops_what_needs_it_and_nothing_else(centre, postgres_url):
    identity = centre.enrol(an_identity())
    published(centre.engine, "guides", ("a", "1"))
    with ThreadPoolExecutor(CITIZENS) as citizens, locked(postgres_url, "cards"):
        asked = [citizens.submit(no_certificate, centre.client(identity)) for _ in range(CITIZENS)]
        kiosk = centre.client(identity)  # the very kiosk whose citizens wait
        for number in range(1, 20):
            assert results(kiosk.deliver(EPOCH, [event(number)])) == ["ok"]
            assert HTTP.get(f"{centre.url}/v1/health").json() == {"status": "ok"}
            assert kiosk.read("/v1/feeds").status_code == 200
        troubles = [each.result() for each in asked]
        assert HTTP.get(f"{centre.url}/v1/ready").status_code == 200
    assert all(1 <= trouble.retry_after <= 8 for trouble in troubles)
    assert kiosk.call(ISSUE_CERTIFICATE, WANG).number


def test_a_statement_that_takes_too_long_is_ended(postgres_url):
    engine = connect(postgres_url, QUICK)
    with pytest.raises(sqlalchemy.exc.OperationalError) as slow, engine.begin() as tx:
        tx.execute(text("SELECT pg_sleep(60)"))
    engine.dispose()
    assert is_unavailable(slow.value)


@contextmanager
def away(url: str) -> Iterator[None]:
    """Let the server know no database ``postgres``: connections end, and new ones are refused."""
    other = create_engine(url.replace("/postgres?", "/template1?"), isolation_level="AUTOCOMMIT")
    with other.connect() as server:
        server.execute(text("ALTER DATABASE postgres ALLOW_CONNECTIONS false"))
        server.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'postgres'")
        )
        try:
            yield
        finally:
            server.execute(text("ALTER DATABASE postgres ALLOW_CONNECTIONS true"))
    other.dispose()


def test_while_the_database_is_away_everybody_is_told_when_to_come_again_and_then_all_goes_on(
    centre, postgres_url
):
    kiosk = centre.client(centre.enrol(an_identity()))
    assert results(kiosk.deliver(EPOCH, [event(1)])) == ["ok"]
    with away(postgres_url):
        for ask in (
            lambda: kiosk.deliver(EPOCH, [event(2)]),
            lambda: kiosk.call(ISSUE_CERTIFICATE, WANG),
            lambda: kiosk.read("/v1/feeds"),
        ):
            with pytest.raises(CentralUnreachableError, match="503") as trouble:
                ask()
            assert trouble.value.retry_after
        ready = HTTP.get(f"{centre.url}/v1/ready")
        assert (ready.status_code, ready.json()["code"]) == (503, "database-away")
        assert int(ready.headers["Retry-After"]) > 0
        page = HTTP.get(f"{centre.url}/verify/ABCDEFGHJKMN")
        assert page.status_code == 503 and "暂时查不了" in page.text and page.headers["Retry-After"]
        assert HTTP.get(f"{centre.url}/v1/health").status_code == 200
    assert results(kiosk.deliver(EPOCH, [event(1), event(2)])) == ["duplicate", "ok"]
    assert HTTP.get(f"{centre.url}/v1/ready").json() == {"status": "ready"}


def test_a_kiosk_keeps_its_events_together_while_the_database_is_away_and_hands_over_all_at_once_afterwards(
    centre, postgres_url, tmp_path
):
    store = Store.open(tmp_path / "kiosk", "610200-001")
    identity = centre.enrol(an_identity())
    time = [1000.0]
    worker = DeliveryWorker(store, centre.client(identity), tmp_path / "kiosk", clock=lambda: time[0])
    happen(store, *(f"card-{number % 7}" for number in range(100)))
    with away(postgres_url):
        for _ in range(12):
            pause = worker.step()
            assert 2 <= pause <= 75
            time[0] += pause
    assert worker.step() == 0
    states = store.rows("SELECT state, count(*) AS n FROM outbox GROUP BY state")
    assert [(row["state"], row["n"]) for row in states] == [("acknowledged", 100)]
    assert centre.count(models.quarantine) == 0
    worker.close()
    store.close()


def test_who_waits_for_a_database_that_says_nothing_is_answered_in_time(centre, postgres_url, monkeypatch):
    monkeypatch.setattr(lanes_module, "PATIENCE", 0.2)
    identity = centre.enrol(an_identity())
    with locked(postgres_url, "kiosks"):
        with pytest.raises(CentralUnreachableError, match="503"):
            centre.client(identity).deliver(EPOCH, [event(1)])
        assert HTTP.get(f"{centre.url}/v1/health").status_code == 200


def test_a_document_gets_its_number_without_a_second_session(postgres_url):
    """With two, those who hold one and wait for another would wait for each other."""
    pooled = running_pgbouncer(empty(postgres_url), sessions=1)
    with pooled as url, running_centre(url, Lanes.open(url, QUICK)) as centre:
        assert centre.client(centre.enrol(an_identity())).call(ISSUE_CERTIFICATE, WANG).number


def test_behind_pgbouncer_every_transaction_may_have_another_session(postgres_url):
    with running_pgbouncer(empty(postgres_url)) as url, running_centre(url, Lanes.open(url, QUICK)) as centre:
        identities = [centre.enrol(an_identity(f"kiosk-{number}")) for number in range(6)]

        def work(identity) -> None:
            kiosk = centre.client(identity)
            for number in range(1, 16):
                sent = [event(number, kiosk_id=identity.kiosk_id, id=str(uuid7()))]
                assert results(kiosk.deliver(EPOCH, sent)) == ["ok"]
                kiosk.call(ISSUE_CERTIFICATE, asking(request_id=str(number)))
                kiosk.read("/v1/feeds")

        published(centre.engine, "guides", *((f"{number}", "1") for number in range(100)))
        with ThreadPoolExecutor(len(identities)) as pool:
            for done in [pool.submit(work, identity) for identity in identities]:
                done.result()
        assert len(build(centre.engine, centre.publisher)) == 1
        assert centre.count(models.events) == 90


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (psycopg.OperationalError("server closed the connection unexpectedly"), True),
        (psycopg.errors.LockNotAvailable(), True),
        (psycopg.errors.QueryCanceled(), True),
        (psycopg.errors.ReadOnlySqlTransaction(), True),
        (psycopg.errors.UndefinedTable(), True),
        (psycopg.errors.DeadlockDetected(), True),
        (psycopg.errors.ProgramLimitExceeded(), False),
        (psycopg.errors.NumericValueOutOfRange(), False),
        (psycopg.errors.UniqueViolation(), False),
        (psycopg.ProgrammingError("the query has 1 placeholder but 0 parameters were passed"), False),
        (ValueError(), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_wrong_with_the_request_is_told_from_what_is_wrong_with_the_database(error, expected):
    assert is_unavailable(error) is expected
    assert is_unavailable(sqlalchemy.exc.DBAPIError("", {}, error)) is expected
