"""Numbers of documents: never given twice, whatever comes back from a backup, and never one that a kiosk refuses."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import msgspec
import pytest
from sqlalchemy import delete, insert, select, text, update

from central.certificates import issuing as certificates
from central.certificates import serials as serials_module
from central.certificates.content import Content
from central.certificates.serials import BLOCK, LAST, SKIPPED, Serials, skip_ahead
from central.certificates.signing import Issuer
from central.store.database import open_database
from central.store.refusals import RefusedError
from central.store.tables import certificates as issued
from central.store.tables import people, serials
from central.store.transactions import committed
from central.store.witness import Witness
from sync.client import CentralRefusedError
from sync.protocol.certificate_number import grouped, ungrouped
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.protocol.documents import BusinessReceipt
from tests.central.acts import actor
from tests.central.centre import an_identity, sqlite_url
from tests.central.certificate_requests import asking
from tests.central.store.past import as_of

REGION, YEAR = "610200", datetime.now(UTC).year


def serial(number: str) -> int:
    return int(number[10:])


@pytest.fixture
def engine(any_engine):
    with any_engine.begin() as tx:
        tx.execute(delete(serials))
    return any_engine


def some(engine, source: Serials, count: int = 1, region: str = REGION, year: int = YEAR) -> list[str]:
    found = []
    for _ in range(count):
        found.append(committed(engine, lambda _: source.number(region, year)))
    return found


def set_next(engine, value: int) -> None:
    with engine.begin() as tx:
        tx.execute(delete(serials))
        tx.execute(insert(serials).values(region=REGION, year=YEAR, next=value))


def test_numbers_count_for_each_region_and_year(engine):
    source = Serials()
    assert some(engine, source, 2) == [f"610200{YEAR}00000001", f"610200{YEAR}00000002"]
    assert some(engine, source, region="440200") == [f"440200{YEAR}00000001"]
    assert some(engine, source, year=YEAR + 1) == [f"610200{YEAR + 1}00000001"]


def test_workers_take_blocks_and_none_gets_a_number_of_another(engine):
    workers = [Serials() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda worker: some(engine, worker, BLOCK + 20), workers))
    numbers = list(itertools.chain(*found))
    assert len(set(numbers)) == len(numbers)
    assert max(map(serial, numbers)) <= 8 * BLOCK


def test_threads_of_one_worker_get_different_numbers(engine):
    source = Serials()
    with ThreadPoolExecutor(6) as pool:
        numbers = list(itertools.chain(*pool.map(lambda _: some(engine, source, 30), range(6))))
    assert len(set(numbers)) == len(numbers)


def test_what_is_undone_gives_its_number_to_nobody_else(engine):
    source = Serials()

    def undone(_: object) -> None:
        given.append(source.number(REGION, YEAR))
        raise RefusedError("no-record")

    given: list[str] = []
    with pytest.raises(RefusedError, match="no-record"):
        committed(engine, undone)
    again = some(engine, source, 2 * BLOCK)
    assert given[0] not in again
    assert len(set(again)) == len(again)


def test_a_database_that_came_back_from_a_backup_gives_no_number_again(engine, tmp_path):
    given = some(engine, Serials(Witness(tmp_path / "serials.json")), 3 * BLOCK)
    set_next(engine, 1 + BLOCK)  # the backup
    after = some(engine, Serials(Witness(tmp_path / "serials.json")), 2 * BLOCK)
    assert not set(given) & set(after)


def test_a_worker_that_lives_through_a_failover_gives_no_number_again(engine, tmp_path):
    one, two = (Serials(Witness(tmp_path / "serials.json")) for _ in range(2))
    given = some(engine, one, BLOCK + 1) + some(engine, two, BLOCK + 1)
    set_next(engine, 1)  # the standby had heard of none of it
    given += some(engine, one, 2 * BLOCK) + some(engine, two, 2 * BLOCK)
    assert len(set(given)) == len(given)


def test_staff_who_bring_a_backup_back_leave_out_what_nobody_remembers(engine):
    given = some(engine, Serials(), 5)
    set_next(engine, 1)
    with engine.begin() as tx:
        skip_ahead(tx)
    [after] = some(engine, Serials())
    assert serial(after) == 1 + SKIPPED
    assert after not in given


def test_the_last_number_of_a_year_is_given_and_the_next_refused_before_anything_is_done(engine):
    set_next(engine, LAST - 1)
    source = Serials()
    assert [serial(each) for each in some(engine, source, 2)] == [LAST - 1, LAST]
    for worker in (source, Serials()):
        with pytest.raises(RefusedError, match="numbers-used-up"):
            some(engine, worker)
    assert some(engine, source, year=YEAR + 1), "the next year begins at one"


def test_a_kiosk_takes_all_that_the_centre_commits_or_hears_a_refusal(any_centre):
    kiosk, committed = any_centre.client(any_centre.enrol(an_identity())), 0
    for start in (99_999_998, 100_000_000, 999_999_999, 2**31, 2**40):
        set_next(any_centre.engine, start)
        outcomes = []
        for place in range(3):
            try:
                outcomes.append(
                    len(kiosk.call(ISSUE_CERTIFICATE, asking(request_id=f"{start}-{place}")).number)
                )
            except CentralRefusedError as refusal:
                outcomes.append(refusal.code)
        given = max(0, LAST + 1 - start)
        committed += given
        assert outcomes == [18] * given + ["numbers-used-up"] * (3 - given), start
        assert any_centre.count(issued) == committed


def test_a_document_that_kiosks_would_refuse_is_not_committed(any_centre, monkeypatch):
    kiosk = any_centre.client(any_centre.enrol(an_identity()))
    with any_centre.engine.begin() as tx:
        tx.execute(update(people).values(sex="?"))
    with pytest.raises(CentralRefusedError, match="certificate-unsound") as refused:
        kiosk.call(ISSUE_CERTIFICATE, asking())
    assert "信息没有变化" in refused.value.message
    assert any_centre.count(issued) == 0
    with any_centre.engine.begin() as tx:
        tx.execute(update(people).values(sex="男"))
    assert kiosk.call(ISSUE_CERTIFICATE, asking()), "the same request brings it when the record is mended"


def test_an_act_whose_receipt_has_no_number_is_not_done(engine):
    set_next(engine, LAST + 1)
    done = []

    def act() -> Content:
        done.append(True)
        return Content(
            message=BusinessReceipt,
            fields={},
            subject="",
            name="",
            region=REGION,
            agency="",
            months=0,
            last_month="",
        )

    request, issuer = asking(), Issuer(None, "https://x")
    with pytest.raises(RefusedError, match="numbers-used-up"):
        committed(engine, lambda tx: certificates.issue_once(tx, actor(), "r", request, issuer, act))
    with engine.connect() as connection:
        assert connection.execute(select(issued.c.serial)).all() == []


def test_a_centre_of_before_goes_on_after_the_highest_number_of_each_region_and_year(tmp_path):
    url = sqlite_url(tmp_path)
    with as_of("0007", url) as tx:
        for place, number in enumerate(("610200202600000017", "610200202600000003", "610200202500000040")):
            tx.execute(
                text(
                    "INSERT INTO certificates (number, code, kiosk_id, request_id, request_sha256, id_number,"
                    " issued_at) VALUES (:number, :place, 'k', :place, '', '', '2026-01-01')"
                ),
                {"number": number, "place": str(place)},
            )
    engine = open_database(url)
    with engine.begin() as tx:
        found = {(row.region, row.year): row.next for row in tx.execute(select(serials))}
    engine.dispose()
    assert found == {("610200", 2026): 18, ("610200", 2025): 41}


def test_a_number_is_grouped_for_the_telephone_and_its_digits_are_the_papers():
    number = "610200202600000017"
    assert grouped(number) == "610200 2026 0000 0017"
    assert ungrouped(grouped(number)) == number
    assert grouped("K-17") == "K-17"


def test_the_witness_never_goes_back_and_is_shared(tmp_path):
    one, two = Witness(tmp_path / "w.json"), Witness(tmp_path / "w.json")
    one.tell("a", 5)
    two.tell("a", 3)
    two.tell("b", 1)
    assert (one.told("a"), one.told("b"), one.told("c")) == (5, 1, 0)
    assert msgspec.json.decode((tmp_path / "w.json").read_bytes()) == {"a": 5, "b": 1}


def test_blocks_are_small_beside_a_year_and_what_is_skipped(engine):
    assert 100 * BLOCK <= serials_module.SKIPPED <= LAST / 50
