"""The intent is on disk before the act; the outcome and its report are written together, or not at all."""

import json

import pytest

from kiosk.credentials.pin_recovery import PIN_CHANGE
from kiosk.paper.printing import CERTIFICATE_PRINT
from kiosk.record.journal import UNKNOWN, Act, ActDataError, AlreadySettledError, Journal, Outcome
from sync.protocol.event_kinds import EventBody, UndeclaredEventError
from sync.protocol.events import CardPinChanged, CertificatePrinted, StaffCalled, VisitStarted
from sync.protocol.messages import EventAnswer
from sync.store import Store, outbox

ACT = CERTIFICATE_PRINT
PRINT = {"number": "610200202600000001", "copy": 1}
REPORT = CertificatePrinted(**PRINT, result="confirmed")


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
    with journal.begin_act(ACT, "visit-1", "card", PRINT) as effect:
        [row] = rows(store, "journal")
        assert row["outcome"] is None
        assert json.loads(row["intent"]) == PRINT
        effect.settle(Outcome.DONE, PRINT, REPORT)


def test_an_outcome_is_written_with_its_report(store, journal):
    with journal.begin_act(ACT, "visit-1", "card", PRINT) as effect:
        effect.settle(Outcome.DONE, PRINT, REPORT)
    assert [row["outcome"] for row in rows(store, "journal")] == ["done"]
    [event] = rows(store, "outbox")
    assert (event["type"], event["partition"]) == ("certificate.printed", "card")
    assert json.loads(event["body"])["visit_id"] == "visit-1"


def test_an_outcome_whose_report_cannot_be_written_is_not_written_either(store, journal):
    class Invented(EventBody, frozen=True, kw_only=True):
        """Nobody has declared it."""

    with pytest.raises(UndeclaredEventError), journal.begin_act(ACT, "visit-1", "card", PRINT) as effect:
        effect.settle(Outcome.DONE, PRINT, Invented())
    assert [row["outcome"] for row in rows(store, "journal")] == [None]
    assert rows(store, "outbox") == []


def test_an_act_that_broke_off_is_found_unsettled(journal):
    with pytest.raises(RuntimeError), journal.begin_act(ACT, "visit-1", "card", PRINT):
        raise RuntimeError("the power went")
    [intent] = journal.acts_without_outcome()
    assert (intent.act, intent.visit_id, intent.data) == (ACT.name, "visit-1", PRINT)


def test_after_a_restart_every_open_act_is_settled_as_its_kind_wants_it(journal):
    begun = begin(journal).intent
    assert [intent.id for intent in journal.settle_after_restart()] == [begun.id]
    assert journal.outcome(begun) is Outcome.UNCERTAIN
    assert journal.settle_after_restart() == []


@pytest.fixture
def from_another_version(store, journal):
    """An act in the journal that this version does not know."""
    with store.transaction() as transaction:
        transaction.execute(
            "INSERT INTO journal (visit_id, effect, partition, intent, intent_at)"
            " VALUES ('visit-1', 'card.unlock', 'card', '{\"by\": \"new\"}', '2026-11-27T00:00:00Z')"
        )
    [intent] = journal.acts_without_outcome()
    return intent


def test_an_act_of_another_version_is_kept_as_uncertain_and_shown(store, journal, from_another_version):
    assert journal.is_print_open()
    journal.settle_after_restart()
    [kept] = journal.acts_with_unknown_outcome()
    assert (kept.act, kept.data) == ("card.unlock", {"by": "new"})
    assert journal.settle_after_restart() == []
    [event] = rows(store, "outbox")
    assert event["type"] == "journal.unknown_act"


def test_a_known_act_in_the_form_of_another_version_is_kept_as_uncertain_too(store, journal):
    with store.transaction() as transaction:
        transaction.execute(
            "INSERT INTO journal (visit_id, effect, partition, intent, intent_at)"
            " VALUES ('visit-1', ?, 'card', '{\"purpose\": \"change\", \"by\": \"new\"}', '2026-11-27T00:00:00Z')",
            (PIN_CHANGE.name,),
        )
    journal.settle_after_restart()
    [kept] = journal.acts_with_unknown_outcome()
    assert kept.data == {"purpose": "change", "by": "new"}
    assert [row["type"] for row in rows(store, "outbox")] == ["journal.unknown_act"]


def test_there_is_no_act_without_a_way_to_settle_it():
    with pytest.raises(TypeError, match="settlement_after_restart"):
        Act("card.unlock")  # type: ignore[call-arg]


def test_an_act_holds_nothing_that_its_declaration_does_not_name(store, journal):
    with (
        pytest.raises(ActDataError),
        journal.begin_act(CHANGE, "visit-1", "card", {**PURPOSE, "pin": "000000"}),
    ):
        pass
    assert rows(store, "journal") == []
    with pytest.raises(ActDataError):
        begin(journal).settle(Outcome.DONE, {**PURPOSE, "tries_left": 1000})


def test_a_second_outcome_is_refused_and_not_reported(store, journal):
    with journal.begin_act(ACT, "visit-1", "card", PRINT) as effect:
        effect.settle(Outcome.DONE, PRINT, REPORT)
    with pytest.raises(AlreadySettledError):
        effect.settle(Outcome.UNCERTAIN, PRINT, REPORT)
    assert [row["outcome"] for row in rows(store, "journal")] == ["done"]
    assert outbox.pending(store) == 1


def test_only_what_the_catalogue_sends_reaches_the_centre(store, journal):
    journal.record(VisitStarted(credential="card"), "visit-1")
    assert outbox.pending(store) == 0
    journal.record(StaffCalled(phase="menu"), "visit-1")
    assert outbox.pending(store) == 1
    assert len(rows(store, "audit")) == 2


CHANGE = PIN_CHANGE
PURPOSE = {"purpose": "change"}


def begin(journal, partition="card"):
    with journal.begin_act(CHANGE, "visit-1", partition, PURPOSE) as effect:
        return effect


def changed(effect, resolved):
    return CardPinChanged(act=effect.intent.number, resolved=resolved)


def test_an_act_of_unknown_outcome_is_found_by_its_card(journal):
    begin(journal, "another card")
    open_one, uncertain, done = (begin(journal) for _ in range(3))
    uncertain.settle(Outcome.UNCERTAIN, PURPOSE)
    done.settle(Outcome.DONE, PURPOSE, changed(done, False))
    assert [act.id for act in journal.unknown_outcome_acts_for(CHANGE, "card")] == [
        open_one.intent.id,
        uncertain.intent.id,
    ]


@pytest.mark.parametrize("settled", [True, False])
def test_an_act_of_unknown_outcome_is_resolved_once_with_one_report(store, journal, settled):
    effect = begin(journal)
    if settled:
        effect.settle(Outcome.UNCERTAIN, PURPOSE)
    journal.resolve(effect.intent, Outcome.DONE, PURPOSE, changed(effect, True))
    with pytest.raises(AlreadySettledError):
        journal.resolve(effect.intent, Outcome.FAILED, PURPOSE, changed(effect, True))
    assert journal.outcome(effect.intent) is Outcome.DONE
    assert journal.unknown_outcome_acts_for(CHANGE, "card") == []
    assert outbox.pending(store) == 1


def test_an_uncertain_act_cannot_be_settled_a_second_time(journal):
    effect = begin(journal)
    effect.settle(Outcome.UNCERTAIN, PURPOSE)
    with pytest.raises(AlreadySettledError):
        effect.settle(Outcome.DONE, PURPOSE, changed(effect, False))


def test_an_event_is_untold_until_the_centre_has_answered(store, journal):
    effect = begin(journal)
    effect.settle(Outcome.DONE, PURPOSE, changed(effect, False))
    assert journal.is_undelivered(CardPinChanged, "card")
    assert not journal.is_undelivered(CardPinChanged, "another card")
    [event] = outbox.claim(store, 10)
    assert journal.is_undelivered(CardPinChanged, "card")
    outbox.apply_answers(store, [EventAnswer(event.id, "ok")])
    assert not journal.is_undelivered(CardPinChanged, "card")


def test_the_unknown_acts_of_one_card_are_found_without_reading_the_whole_journal(store):
    [step] = store.rows(
        f"EXPLAIN QUERY PLAN SELECT id FROM journal WHERE effect = ? AND partition = ? AND {UNKNOWN} ORDER BY id",
        (CHANGE.name, "card"),
    )
    assert "USING INDEX journal_unknown" in step["detail"]
