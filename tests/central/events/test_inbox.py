"""The inbox: each event exactly once, each answered by itself."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import msgspec
import pytest

from central.store import tables as models
from sync.client import CentralClient, CentralRefusedError, CentralUnreachableError
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.protocol.messages import Event, has_valid_identifiers
from tests.central.centre import an_identity
from tests.central.certificate_requests import WANG
from tests.central.deliveries import EPOCH, event, results


@pytest.fixture
def kiosk(any_centre) -> CentralClient:
    return any_centre.client(any_centre.enrol(an_identity()))


def test_new_events_are_taken_in_whole(any_centre, kiosk):
    answer = kiosk.deliver(EPOCH, [event(1), event(2)])
    assert results(answer) == ["ok", "ok"]
    assert (answer.high_water, answer.held) == (2, 2)
    (first, _) = sorted(any_centre.rows(models.events), key=lambda row: row.seq)
    assert msgspec.json.decode(first.content, type=Event) == event(1)
    assert first.occurred_at == event(1).occurred_at


def test_an_event_sent_again_is_a_duplicate_and_is_kept_once(any_centre, kiosk):
    kiosk.deliver(EPOCH, [event(1)])
    assert results(kiosk.deliver(EPOCH, [event(1), event(2)])) == ["duplicate", "ok"]
    assert any_centre.count(models.events) == 2


def test_an_event_twice_in_one_delivery_is_kept_once(any_centre, kiosk):
    assert results(kiosk.deliver(EPOCH, [event(1), event(1)])) == ["ok", "duplicate"]
    assert any_centre.count(models.events) == 1


@pytest.mark.parametrize(
    "other",
    [
        event(1, body={"n": "changed"}),
        event(2, id="event-1"),
        event(1, id="event-other"),
    ],
    ids=["same id, other content", "same id, other place", "same place, other id"],
)
def test_a_contradiction_is_a_conflict_and_is_kept_for_people(any_centre, kiosk, other):
    kiosk.deliver(EPOCH, [event(1)])
    for _ in range(2):
        assert results(kiosk.deliver(EPOCH, [other])) == ["conflict"]
    assert any_centre.count(models.events) == 1
    (kept,) = any_centre.rows(models.quarantine)
    assert msgspec.json.decode(kept.content, type=Event) == other


def test_a_kiosk_set_up_anew_counts_from_one_again_and_loses_nothing(any_centre, kiosk):
    kiosk.deliver(EPOCH, [event(1)])
    anew = event(1, id="event-new", install_epoch="b" * 32)
    answer = kiosk.deliver("b" * 32, [anew])
    assert results(answer) == ["ok"]
    assert (answer.high_water, answer.held) == (1, 1)


@pytest.mark.parametrize(
    "bad",
    [
        event(2, kiosk_id="610200-002"),
        event(2, type="certificate.printed", body={"number": 5}),
        event(2, type="Not a type!"),
        event(2, occurred_at=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8)))),
        event(0),
    ],
    ids=["another kiosk's", "bad body", "bad type", "before all time", "bad place"],
)
def test_an_event_that_can_never_be_taken_does_not_hold_up_the_others(any_centre, kiosk, bad):
    answer = kiosk.deliver(EPOCH, [event(1), bad, event(3)])
    assert results(answer) == ["ok", "rejected", "ok"]
    assert answer.answers[1].reason
    assert any_centre.count(models.quarantine) == 1


def test_an_event_without_an_id_gets_no_answer_and_the_others_do(any_centre, kiosk):
    answer = kiosk.deliver(EPOCH, [event(1), event(2, id="")])
    assert [each.id for each in answer.answers] == ["event-1"]


def test_copies_of_a_certificate_are_counted_from_the_events(any_centre, kiosk):
    body = {"number": kiosk.call(ISSUE_CERTIFICATE, WANG).number, "result": "confirmed"}
    kiosk.deliver(EPOCH, [event(1, type="certificate.printed", body=body)])
    kiosk.deliver(EPOCH, [event(1, type="certificate.printed", body=body)])
    (copy,) = any_centre.rows(models.prints)
    assert (copy.certificate_number, copy.result) == (body["number"], "confirmed")


def test_the_same_delivery_from_many_connections_at_once_is_taken_once(any_centre):
    identity = any_centre.enrol(an_identity())
    batch = [event(seq) for seq in range(1, 21)]

    def deliver(_) -> list[str]:
        return results(any_centre.client(identity).deliver(EPOCH, batch))

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(deliver, range(6)))
    assert sum(each.count("ok") for each in answers) == len(batch)
    assert {result for each in answers for result in each} == {"ok", "duplicate"}
    assert any_centre.count(models.events) == len(batch)


def test_too_many_events_at_once_are_refused_and_none_is_taken(centre):
    kiosk = centre.client(centre.enrol(an_identity()))
    with pytest.raises(CentralRefusedError, match="too-large"):
        kiosk.deliver(EPOCH, [event(seq) for seq in range(1, 102)])
    with pytest.raises(CentralRefusedError, match="too-large"):
        kiosk.deliver(EPOCH, [event(1, body={"x": "x" * 4_000_000})])
    assert centre.count(models.events) == 0


def test_when_the_database_fails_nothing_is_acknowledged(centre):
    kiosk = centre.client(centre.enrol(an_identity()))
    number = kiosk.call(ISSUE_CERTIFICATE, WANG).number
    models.prints.drop(centre.engine)
    printed = event(2, type="certificate.printed", body={"number": number, "result": "confirmed"})
    with pytest.raises(CentralUnreachableError, match="503"):
        kiosk.deliver(EPOCH, [event(1), printed])
    assert centre.count(models.events) == 0


def test_a_centre_that_lost_something_takes_nothing_new_before_it(kiosk):
    kiosk.deliver(EPOCH, [event(1)])
    answer = kiosk.deliver(EPOCH, [event(4)], acknowledged=3)
    assert (answer.answers, answer.held) == ([], 1)
    assert results(kiosk.deliver(EPOCH, [event(2), event(3), event(4)], acknowledged=1)) == ["ok"] * 3


@pytest.mark.parametrize("bad", ["", "a b", "x" * 65, "a b c d p\nf", "a\n"])
def test_an_event_with_a_bad_name_is_found_also_among_good_ones(bad):
    good = [event(1), event(2)]
    assert has_valid_identifiers(good)
    assert not has_valid_identifiers([event(3, id=bad)])
    assert not has_valid_identifiers([*good, event(3, id=bad)])
