"""The intent is on disk before the act; the outcome and its report are written together, or not at all."""

import json

import pytest

from kiosk.events import UnknownEvent
from kiosk.journal import AlreadySettled, Journal, Outcome, Report
from sync.store import Store, outbox

ACT = "certificate.print"
PRINT = {"number": "610200202600000001", "copy": 1}
REPORT = Report("certificate.printed", {**PRINT, "result": "confirmed"})


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path, "kiosk-1")
    yield store
    store.close()


@pytest.fixture
def journal(store):
    return Journal(store)


def rows(store, table):
    return store.rows(f"SELECT * FROM {table}")


def test_the_intent_is_there_before_the_act_begins(store, journal):
    with journal.effect(ACT, "visit-1", "card", PRINT) as effect:
        [row] = rows(store, "journal")
        assert row["outcome"] is None
        assert json.loads(row["intent"]) == PRINT
        effect.settle(Outcome.DONE, PRINT, REPORT)


def test_an_outcome_is_written_with_its_report(store, journal):
    with journal.effect(ACT, "visit-1", "card", PRINT) as effect:
        effect.settle(Outcome.DONE, PRINT, REPORT)
    assert [row["outcome"] for row in rows(store, "journal")] == ["done"]
    [event] = rows(store, "outbox")
    assert (event["type"], event["partition"]) == ("certificate.printed", "card")
    assert json.loads(event["body"])["visit_id"] == "visit-1"


def test_an_outcome_whose_report_cannot_be_written_is_not_written_either(store, journal):
    with pytest.raises(UnknownEvent), journal.effect(ACT, "visit-1", "card", PRINT) as effect:
        effect.settle(Outcome.DONE, PRINT, Report("certificate.invented", {}))
    assert [row["outcome"] for row in rows(store, "journal")] == [None]
    assert rows(store, "outbox") == []


def test_an_act_that_broke_off_is_found_unsettled(journal):
    with pytest.raises(RuntimeError), journal.effect(ACT, "visit-1", "card", PRINT):
        raise RuntimeError("the power went")
    [intent] = journal.unsettled()
    assert (intent.act, intent.visit_id, intent.data) == (ACT, "visit-1", PRINT)


def test_a_second_outcome_is_refused_and_not_reported(store, journal):
    with journal.effect(ACT, "visit-1", "card", PRINT) as effect:
        effect.settle(Outcome.DONE, PRINT, REPORT)
    with pytest.raises(AlreadySettled):
        effect.settle(Outcome.UNCERTAIN, PRINT, REPORT)
    assert [row["outcome"] for row in rows(store, "journal")] == ["done"]
    assert outbox.pending(store) == 1


def test_only_what_the_catalogue_sends_reaches_the_centre(store, journal):
    journal.record("visit.started", "visit-1")
    assert outbox.pending(store) == 0
    journal.record("staff.called", "visit-1", phase="menu")
    assert outbox.pending(store) == 1
    assert len(rows(store, "audit")) == 2
