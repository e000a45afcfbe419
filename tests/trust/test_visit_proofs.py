"""The centre believes proofs: a card answers what the centre has drawn, once, here and now, or nothing is done."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select, update

from central.access import visits as visit_rules
from central.cards import visits as card_visits
from central.store import tables as models
from kiosk.rules import regions
from sync.client import CentralRefusedError
from sync.protocol.cards import CARD_STATE, CardStateRequest
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.protocol.credentials import RESOLVE_E_CARD
from sync.protocol.registry import calls
from sync.protocol.verification import VERIFY_CERTIFICATE
from sync.protocol.visits import BEGIN_VISIT, PROVE_CARD
from tests.central.acts import CARD
from tests.central.centre import an_identity
from tests.central.certificate_requests import LI, WANG, asking
from tests.central.visiting import answer_of

WRONG = "0011223344556677"
LI_CARD = LI["card_identity"]


@pytest.fixture
def kiosk(centre):
    return centre.client(centre.enrol(an_identity()))


@pytest.fixture
def other(centre):
    return centre.client(centre.enrol(an_identity("610200-002")))


def refused(do, *about, **more) -> str:
    with pytest.raises(CentralRefusedError) as refusal:
        do(*about, **more)
    return refusal.value.code


def certificate_in(visit_id: str):
    return asking(visit_id=visit_id)


def alarms(centre) -> list[tuple[str, str]]:
    return [(row.alarm, row.subject) for row in centre.rows(models.alarms)]


def later(centre, **columns) -> None:
    """Let time pass for all visits."""
    with centre.engine.begin() as tx:
        tx.execute(update(models.visits).values(columns))


def test_a_genuine_card_opens_its_holders_record_for_ten_minutes(centre, kiosk):
    visit_id, opened = kiosk.begin(CARD)
    assert opened.card.social == "normal"
    said = kiosk.prove(visit_id, answer_of(CARD, opened))
    assert said.proven
    assert timedelta(minutes=9) < said.until - datetime.now(UTC) <= timedelta(minutes=10)
    assert kiosk.call(ISSUE_CERTIFICATE, certificate_in(visit_id)).number


def test_a_copied_card_that_cannot_answer_gets_nothing_and_somebody_is_told(centre, kiosk):
    for answer in (WRONG, ""):
        visit_id, _ = kiosk.begin(CARD)
        assert refused(kiosk.prove, visit_id, answer) == "proof-wrong"
        assert refused(kiosk.call, ISSUE_CERTIFICATE, certificate_in(visit_id)) == "proof-missing"
    assert alarms(centre) == [("card-not-genuine", "610200-001")]


def test_another_genuine_card_behind_a_copied_face_is_a_wrong_answer(kiosk):
    visit_id, opened = kiosk.begin(CARD)
    assert refused(kiosk.prove, visit_id, answer_of(LI_CARD, opened)) == "proof-wrong"


def test_an_answer_is_good_once(kiosk):
    visit_id, opened = kiosk.begin(CARD)
    answer = answer_of(CARD, opened)
    kiosk.prove(visit_id, answer)
    assert refused(kiosk.prove, visit_id, answer) == "proof-wrong"
    again, _ = kiosk.begin(CARD, visit_id=visit_id)
    assert refused(kiosk.prove, again, answer) == "proof-wrong"


def test_a_wrong_answer_uses_the_challenge_up(kiosk):
    visit_id, opened = kiosk.begin(CARD)
    assert refused(kiosk.prove, visit_id, WRONG) == "proof-wrong"
    assert refused(kiosk.prove, visit_id, answer_of(CARD, opened)) == "proof-wrong"


def test_an_answer_that_comes_after_a_minute_is_wrong(centre, kiosk):
    visit_id, opened = kiosk.begin(CARD)
    later(centre, challenge_until=datetime.now(UTC))
    assert refused(kiosk.prove, visit_id, answer_of(CARD, opened)) == "proof-wrong"
    assert timedelta(seconds=60) >= card_visits.CHALLENGE_VALID


def test_both_halves_are_the_centres_and_new_each_time(kiosk):
    drawn = [kiosk.begin(CARD)[1] for _ in range(4)]
    assert len({half for opened in drawn for half in (opened.process, opened.source)}) == 8


def test_a_challenge_is_for_the_terminal_that_asked(kiosk, other):
    visit_id, opened = kiosk.begin(CARD)
    assert refused(other.prove, visit_id, answer_of(CARD, opened)) == "proof-wrong"
    assert kiosk.prove(visit_id, answer_of(CARD, opened)).proven, "nobody else can use it up either"


def test_a_visit_is_of_one_card(kiosk):
    visit_id, _ = kiosk.begin(CARD)
    assert refused(kiosk.begin, LI_CARD, visit_id=visit_id) == "proof-wrong"
    assert refused(kiosk.begin, CARD, visit_id=visit_id, purpose="pin-reset") == "proof-wrong"


def test_after_a_few_wrong_answers_also_the_right_one_is_not_looked_at(kiosk):
    for _ in range(card_visits.WRONG_PER_CARD):
        visit_id, _ = kiosk.begin(CARD)
        assert refused(kiosk.prove, visit_id, WRONG) == "proof-wrong"
    visit_id, opened = kiosk.begin(CARD)
    assert refused(kiosk.prove, visit_id, answer_of(CARD, opened)) == "proof-wrong"
    other_card, opened = kiosk.begin(LI_CARD)
    assert kiosk.prove(other_card, answer_of(LI_CARD, opened)).proven


def test_a_terminal_has_its_wrong_answers_too(centre, kiosk):
    kiosk.visit_of(LI_CARD)
    later(centre, wrong_answers=card_visits.WRONG_PER_KIOSK)
    visit_id, opened = kiosk.begin(CARD)
    assert refused(kiosk.prove, visit_id, answer_of(CARD, opened)) == "proof-wrong"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda kiosk, other: None,
        lambda kiosk, other: str(uuid4()),
        lambda kiosk, other: kiosk.begin(CARD)[0],
        lambda kiosk, other: other.visit_of(CARD),
        lambda kiosk, other: kiosk.visit_of(LI_CARD),
        lambda kiosk, other: kiosk.visit_of(CARD, purpose="pin-reset"),
    ],
    ids=["none", "unheard of", "not proven", "another terminal's", "another card's", "for another purpose"],
)
def test_whatever_is_wrong_with_a_visit_is_refused_alike(kiosk, other, wrong):
    visit_id = wrong(kiosk, other)
    bare = super(type(kiosk), kiosk).call
    with pytest.raises(CentralRefusedError) as refusal:
        bare(ISSUE_CERTIFICATE, certificate_in(visit_id))
    assert (refusal.value.code, refusal.value.details) == ("proof-missing", None)


def test_a_proof_of_ones_own_opens_no_other_record(kiosk):
    mine = kiosk.visit_of(LI_CARD)
    for request in (
        asking(visit_id=mine),
        asking(visit_id=mine, card_identity=LI_CARD),
        asking(visit_id=mine, id_number=LI["id_number"]),
    ):
        assert refused(kiosk.call, ISSUE_CERTIFICATE, request) in ("proof-missing", "card-not-holders")


def test_a_visit_that_is_over_is_told_as_such_and_can_be_proved_again(centre, kiosk):
    visit_id = kiosk.visit_of(CARD)
    later(centre, until=datetime.now(UTC))
    assert refused(kiosk.call, ISSUE_CERTIFICATE, certificate_in(visit_id)) == "proof-expired"
    _, opened = kiosk.begin(CARD, visit_id=visit_id)
    kiosk.prove(visit_id, answer_of(CARD, opened))
    assert kiosk.call(ISSUE_CERTIFICATE, certificate_in(visit_id)).number


def test_to_begin_again_takes_nothing_away_and_a_wrong_answer_does(kiosk):
    visit_id = kiosk.visit_of(CARD)
    kiosk.begin(CARD, visit_id=visit_id)
    assert kiosk.call(ISSUE_CERTIFICATE, certificate_in(visit_id)).number
    assert refused(kiosk.prove, visit_id, WRONG) == "proof-wrong"
    assert refused(kiosk.call, ISSUE_CERTIFICATE, certificate_in(visit_id)) == "proof-missing"


def test_the_same_request_in_a_later_visit_brings_the_same_document(kiosk):
    first = kiosk.call(ISSUE_CERTIFICATE, certificate_in(kiosk.visit_of(CARD)))
    visit_id, opened = kiosk.begin(CARD)
    kiosk.prove(visit_id, answer_of(CARD, opened))
    assert kiosk.call(ISSUE_CERTIFICATE, certificate_in(visit_id)) == first


def without_factors(centre) -> None:
    with centre.engine.begin() as tx:
        tx.execute(update(models.cards).values(reset_information=None))


def limited(monkeypatch) -> None:
    """Let the region have cards that nothing can be checked with do some things."""
    usual = regions.find
    monkeypatch.setattr(
        regions, "find", lambda region: msgspec.structs.replace(usual(region), unproven_cards="limited")
    )


def test_a_card_that_the_register_says_nothing_of_is_not_proven_by_what_a_terminal_says(centre, kiosk):
    without_factors(centre)
    visit_id, opened = kiosk.begin(CARD)
    said = kiosk.prove(visit_id, answer_of(CARD, opened))
    assert (said.proven, said.until, said.cryptogram) == (False, None, None)
    assert refused(kiosk.call, ISSUE_CERTIFICATE, certificate_in(visit_id)) == "proof-missing"


def test_where_the_region_is_lenient_it_opens_no_account_and_no_payments(centre, kiosk, monkeypatch):
    without_factors(centre)
    limited(monkeypatch)
    visit_id, _ = kiosk.begin(CARD)
    said = kiosk.prove(visit_id, "")
    assert not said.proven and said.until
    assert kiosk.call(ISSUE_CERTIFICATE, certificate_in(visit_id)).number
    for kind in ("annual-record", "pension-receipt", "transfer-voucher"):
        request = asking(visit_id=visit_id, request_id=kind, kind=kind, year=2025)
        assert refused(kiosk.call, ISSUE_CERTIFICATE, request) == "proof-missing"


def test_many_cards_that_cannot_be_checked_are_worth_an_alarm(centre, kiosk, monkeypatch):
    without_factors(centre)
    monkeypatch.setattr(card_visits, "MANY_UNPROVEN", 2)
    for _ in range(2):
        kiosk.prove(kiosk.begin(CARD)[0], "")
    assert alarms(centre) == [("cards-unproven", "610200-001")]


def test_the_centre_proves_itself_to_a_card_only_after_the_card_did(centre, kiosk):
    challenge = "0102030405060708"
    visit_id, opened = kiosk.begin(CARD)
    assert kiosk.prove(visit_id, answer_of(CARD, opened), challenge).cryptogram
    assert refused(kiosk.prove, kiosk.begin(CARD)[0], WRONG, challenge) == "proof-wrong"
    without_factors(centre)
    assert kiosk.prove(kiosk.begin(CARD)[0], "", challenge).cryptogram is None


def test_the_state_of_a_card_is_told_only_where_it_is(kiosk, other):
    asked = CardStateRequest(region="610200", card_identity=CARD, visit_id=other.visit_of(CARD))
    assert refused(kiosk.call, CARD_STATE, asked) == "proof-missing"


def test_a_challenge_is_kept_nowhere_after_it_was_answered(centre, kiosk):
    kiosk.visit_of(CARD)
    with centre.engine.connect() as connection:
        kept = connection.execute(select(models.visits.c.challenge)).scalars().all()
    assert kept == [None]


def test_visits_are_forgotten_when_no_late_event_can_be_about_them(centre, kiosk):
    kiosk.visit_of(CARD)
    with centre.engine.begin() as tx:
        visit_rules.forget_visits(tx, datetime.now(UTC) + timedelta(days=179))
    assert centre.count(models.visits) == 1
    with centre.engine.begin() as tx:
        visit_rules.forget_visits(tx, datetime.now(UTC) + timedelta(days=181))
    assert centre.count(models.visits) == 0


PERSONAL = {"id_number", "card_identity", "event_id", "authorisation", "visit_id"}


@pytest.mark.parametrize("name", calls())
def test_no_call_about_a_person_is_without_a_proof_or_a_written_reason(name):
    call = calls()[name]
    is_personal = PERSONAL & set(call.request.__struct_fields__)
    assert not is_personal or call.proof or call.open_because
    assert not call.proof or "visit_id" in call.request.__struct_fields__
    assert bool(call.open_because) == (call in (BEGIN_VISIT, PROVE_CARD, RESOLVE_E_CARD, VERIFY_CERTIFICATE))


def test_one_answer_for_all_wrong_proofs_whatever_the_card(centre, kiosk):
    """A terminal learns nothing of a card from how it is refused."""
    answers = []
    for card in (CARD, LI_CARD):
        visit_id, _ = kiosk.begin(card)
        with pytest.raises(CentralRefusedError) as refusal:
            kiosk.prove(visit_id, WRONG)
        answers.append((refusal.value.code, refusal.value.message, refusal.value.details))
    with pytest.raises(CentralRefusedError) as refusal:
        kiosk.prove("unheard-of", WRONG)
    answers.append((refusal.value.code, refusal.value.message, refusal.value.details))
    assert len(set(answers)) == 1
    assert WANG.id_number not in str(answers)
