"""Losing a card and finding it again: what the rules of its region make of it, once, and for as long as they say."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from central.cards import cards
from central.feeds.tables import feed_changes
from central.store import tables as models
from central.store.refusals import RefusedByRuleError, RefusedError
from kiosk.rules import words
from kiosk.rules.card_operation import card_operation
from kiosk.rules.card_state import LOST, LOST_STATES, kind_of, next_state
from kiosk.rules.loss import loss_state
from kiosk.rules.periods import BEIJING
from sync.client import CentralRefusedError
from sync.protocol import certificate_code
from sync.protocol import words as wire_words
from sync.protocol.cards import (
    CARD_STATE,
    RELEASE_LOSS,
    REPORT_LOSS,
    CardAct,
    CardState,
    CardStateRequest,
    LossRelease,
    LossReport,
)
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.protocol.messages import Event
from tests.central.acts import CARD, LOSS, RELEASE, WHOSE, approved_for, stands_for
from tests.central.centre import an_identity
from tests.central.certificate_requests import WANG
from tests.central.records import ISSUER, Records

MORNING = datetime(2026, 3, 2, 10, 0, tzinfo=BEIJING)
SEVEN_DAYS_ON = datetime(2026, 3, 10, 0, 0, tzinfo=BEIJING)
PAPERS = ("id-card", "id-card-copy", "card", "household-register")
ASKED = CardStateRequest(region="610200", card_identity=CARD)
DETAILS = ("name", "id-number", "workplace", "phone")
SECOND = timedelta(seconds=1)


@pytest.fixture
def kiosk(centre):
    return a_kiosk_that_sees_id_cards(centre, "610200-001")


def a_kiosk_that_sees_id_cards(centre, kiosk_id):
    approved_for(centre, kiosk_id, acts=("loss", "certificates", "id-card"))
    return centre.client(centre.enrol(an_identity(kiosk_id)))


def refusal(ask, *asked) -> str:
    with pytest.raises(CentralRefusedError) as refused:
        ask(*asked)
    assert refused.value.message.endswith("。")
    return refused.value.code


def test_the_words_on_the_wire_are_those_of_the_rules():
    for name in ("Channel", "LossKind", "Paper", "IdentityDetail"):
        assert getattr(wire_words, name) == getattr(words, name)


def test_a_lost_card_is_on_loss_at_once_and_its_holder_gets_a_signed_receipt(centre, kiosk):
    receipt = kiosk.call(REPORT_LOSS, LOSS)
    state = kiosk.call(CARD_STATE, ASKED)
    assert (state.social, state.until) == ("lost-oral", receipt.expires_at)
    assert receipt.act == "社会保障卡口头挂失"
    assert receipt.after_expiry == "到期自动解除挂失，卡恢复使用。"
    assert "金融功能（银行账户）没有挂失" in receipt.not_covered[0]
    bound = certificate_code.verify(receipt.qr.split("#")[1], centre.issuer.keys.listed()[0])
    assert (str(bound.number), bound.name) == (receipt.number, "王建国")
    assert refusal(kiosk.call, ISSUE_CERTIFICATE, WANG) == "card-not-valid"


def test_reports_at_once_put_the_card_on_loss_once(any_centre):
    kiosk, other = (a_kiosk_that_sees_id_cards(any_centre, f"610200-00{n}") for n in (1, 2))
    with ThreadPoolExecutor(3) as all_at_once:
        asked = [all_at_once.submit(each.call, REPORT_LOSS, LOSS) for each in (kiosk, kiosk, other)]
    done = [each.result() for each in asked if not each.exception()]
    assert [each.exception().code for each in asked if each.exception()] in (
        ["rule-state"],  # the first kiosk asked first, and its repeat got the same receipt
        ["rule-state", "rule-state"],
    )
    assert len({receipt.number for receipt in done}) == 1
    assert any_centre.count(models.certificates) == 1
    assert sorted(row.act for row in any_centre.rows(models.acts)) == ["document-issued", "report-loss"]


def test_a_window_releases_a_card_and_a_kiosk_says_where_it_is_done(centre, kiosk):
    window = centre.client(centre.enrol(an_identity("610200-W01")))
    stands_for(centre, "window")
    kiosk.call(REPORT_LOSS, LOSS)
    with pytest.raises(CentralRefusedError) as refused:
        kiosk.call(RELEASE_LOSS, RELEASE)
    assert refused.value.code == "rule-channel"
    assert "社保卡服务网点" in refused.value.message
    receipt = window.call(RELEASE_LOSS, RELEASE)
    assert (receipt.act, receipt.result) == ("社会保障卡解除挂失", "已解除挂失，卡恢复使用")
    assert kiosk.call(CARD_STATE, ASKED).social == "normal"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id_number": "999999200007140377"}, "card-unknown"),
        ({"card_number": "A10249486"}, "card-unknown"),
        ({"region": "210100"}, "other-region"),
        ({"kind": "formal"}, "rule-channel"),
        ({"kind": "phone"}, "rule-unspecified"),
        ({"agent": True}, "rule-principal"),
    ],
)
def test_what_may_not_be_done_so_is_refused_and_nothing_changes(card_records, changes, code):
    with pytest.raises(RefusedError) as refused:
        card_records.do(LossReport, "kiosk", MORNING, **{"kind": "oral"} | changes)
    assert refused.value.code == code
    assert refused.value.refusal.message.endswith("。")
    assert card_records.acts() == []
    assert card_records.state(MORNING).social == "normal"


def test_an_oral_loss_ends_by_itself_at_midnight_of_its_seventh_day(card_records):
    receipt = card_records.do(LossReport, "hotline", MORNING, kind="oral")
    assert receipt.expires_at == SEVEN_DAYS_ON
    assert card_records.state(SEVEN_DAYS_ON - SECOND).social == "lost-oral"
    assert card_records.state(SEVEN_DAYS_ON) == CardState("normal")


def test_a_clock_that_runs_behind_the_report_releases_nothing(card_records):
    card_records.do(LossReport, "hotline", MORNING, kind="oral")
    assert card_records.state(MORNING - timedelta(days=400)).social == "lost-oral"


def test_after_its_loss_a_card_that_was_never_activated_still_is_not(card_records):
    card_records.put(status="not-activated").do(LossReport, "web", MORNING, kind="oral")
    assert card_records.state(SEVEN_DAYS_ON).social == "not-activated"
    receipt = card_records.do(LossRelease, "web", MORNING)
    assert receipt.result == "已解除挂失，社保功能还没有激活"
    assert card_records.state(MORNING).social == "not-activated"


def test_neither_is_one_that_was_reported_by_phone_and_then_in_writing(card_records):
    card_records.insured_in("420100").put(status="not-activated")
    card_records.do(LossReport, "hotline", MORNING, kind="phone", given=DETAILS)
    card_records.do(LossReport, "window", MORNING, kind="written", papers=PAPERS)
    card_records.do(LossRelease, "window", MORNING, papers=PAPERS)
    assert card_records.state(MORNING).social == "not-activated"


def test_a_card_whose_activation_was_heard_of_while_it_was_lost_is_in_order_afterwards(card_records):
    card_records.put(status="not-activated").do(LossReport, "web", MORNING, kind="oral")
    told = Event(
        id="e1",
        kiosk_id="610200-001",
        install_epoch="e",
        seq=1,
        type="card.activated",
        partition=card_records.partition,
        occurred_at=MORNING - timedelta(hours=1),
        body={},
    )
    cards.activate(card_records.tx, told)
    assert card_records.state(MORNING).social == "lost-oral"
    card_records.do(LossRelease, "web", MORNING)
    assert card_records.state(MORNING).social == "normal"


def test_in_shaoguan_the_card_is_cancelled_when_nobody_finds_it_in_time(card_records):
    card_records.insured_in("440200")
    receipt = card_records.do(LossReport, "window", MORNING, kind="written", papers=("household-register",))
    assert receipt.function == "社保功能和金融功能"
    assert receipt.after_expiry == "到期没有解除的，卡自动注销，要补办新卡。"
    fifteen_days_on = datetime(2026, 3, 18, 0, 0, tzinfo=BEIJING)
    assert receipt.expires_at == fifteen_days_on
    assert card_records.state(fifteen_days_on - SECOND).until == fifteen_days_on
    assert card_records.state(fifteen_days_on).social == "cancelled"
    with pytest.raises(RefusedByRuleError, match="state"):
        card_records.do(LossRelease, "window", fifteen_days_on, papers=PAPERS)


def test_in_wendeng_a_kiosk_takes_a_temporary_loss_that_has_no_end(card_records):
    card_records.insured_in("371003")
    with pytest.raises(RefusedByRuleError, match="papers"):
        card_records.do(LossReport, "kiosk", MORNING, kind="temporary")
    receipt = card_records.do(LossReport, "kiosk", MORNING, kind="temporary", papers=("id-card",))
    assert receipt.expires_at is None
    assert receipt.after_expiry == "没有期限，解除挂失以前卡不能使用。"
    assert card_records.state(MORNING + timedelta(days=4000)).social == "lost-temporary"


def test_an_oral_loss_becomes_a_formal_one_which_nobody_can_take_back(card_records):
    card_records.do(LossReport, "hotline", MORNING, kind="oral")
    receipt = card_records.do(LossReport, "bank", MORNING, kind="formal")
    assert receipt.after_expiry == "正式挂失不能撤销，原卡作废。"
    assert not any("解除" in step for step in receipt.next_steps)
    with pytest.raises(RefusedByRuleError, match="irrevocable"):
        card_records.do(LossRelease, "window", MORNING)
    assert card_records.state(SEVEN_DAYS_ON).social == "lost-formal"


def test_a_cancelled_card_stays_cancelled_and_the_new_one_is_the_one_meant(card_records):
    receipt = card_records.do(CardAct, "window", MORNING, papers=PAPERS)
    assert receipt.act == "社会保障卡注销"
    with pytest.raises(RefusedByRuleError, match="state"):
        card_records.do(LossReport, "web", MORNING, kind="oral")
    new = dict(card_records.tx.execute(models.cards.select()).mappings().first())
    new |= {"identity": "F" * 32, "number": "A99999999", "partition": "f" * 32, "status": "normal"}
    card_records.tx.execute(models.cards.insert().values(new))
    assert card_records.do(LossReport, "web", MORNING, kind="oral").card_number == "A99999999"


def test_an_ended_loss_is_settled_for_the_list_once_and_no_state_changes_by_it(card_records):
    card_records.do(LossReport, "hotline", MORNING, kind="oral")
    assert cards.publish_expired_losses(card_records.tx, SEVEN_DAYS_ON - SECOND) == 0
    before = card_records.state(SEVEN_DAYS_ON)
    assert cards.publish_expired_losses(card_records.tx, SEVEN_DAYS_ON) == 1
    assert cards.publish_expired_losses(card_records.tx, SEVEN_DAYS_ON) == 0
    assert card_records.row().status == "normal"
    assert card_records.state(SEVEN_DAYS_ON) == before
    assert [(row.act, row.actor, row.channel) for row in card_records.acts()] == [
        ("report-loss", "clerk", "hotline"),
        ("expire", "job", "job"),
    ]


def test_the_kiosks_list_of_closed_cards_hears_of_every_change(card_records):
    card_records.do(LossReport, "hotline", MORNING, kind="oral")
    card_records.do(LossReport, "bank", MORNING, kind="formal")
    card_records.do(CardAct, "window", MORNING, papers=PAPERS)
    card_records.put(status="lost-oral", lost_at=MORNING, lost_until=SEVEN_DAYS_ON)
    cards.publish_expired_losses(card_records.tx, SEVEN_DAYS_ON)
    changes = list(card_records.tx.execute(select(feed_changes).order_by(feed_changes.c.id)))
    assert {(row.feed, row.key) for row in changes} == {("card-status", CARD)}
    assert [row.value for row in changes] == ["1", "2", "3", None]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["report-loss", "release-loss", "cancel-card", "activate", "wait"]),
        st.sampled_from(["oral", "temporary", "phone", "written", "formal"]),
        st.sampled_from(["kiosk", "window", "bank", "hotline", "web"]),
        st.timedeltas(timedelta(minutes=1), timedelta(days=9)),
    ),
    max_size=8,
)
MESSAGES = {"report-loss": LossReport, "release-loss": LossRelease, "cancel-card": CardAct}


@settings(max_examples=30)
@given(
    region=st.sampled_from(["610200", "440200", "371003", "210000", "420100"]),
    start=st.sampled_from(["normal", "not-activated"]),
    steps=STEPS,
)
def test_whatever_is_done_in_whatever_order_a_card_stands_as_the_rules_say(
    records_engine, region, start, steps
):
    with records_engine.connect() as tx, tx.begin() as everything:
        card = Records(tx).insured_in(region).put(status=start)
        said, at = _Said(region, start), MORNING
        for operation, kind, channel, later in steps:
            at += later
            if operation == "activate":
                cards.activate(tx, _activation(card, at))
                said.activated = True
            elif operation != "wait":
                _try(card, said, operation, kind, channel, at)
            assert card.state(at).social == said.state(at)
        everything.rollback()


class _Said:
    """What the rules say of a card, from nothing but its last loss report and what was before it."""

    def __init__(self, region: str, start: str) -> None:
        self.region, self.usable, self.activated = region, start, False
        self.cancelled, self.lost = False, None

    def state(self, at: datetime) -> str:
        loss = self.lost and loss_state(self.region, *self.lost, at).result.state
        if self.cancelled or loss == "cancelled":
            return "cancelled"
        if loss in ("lost", "void"):
            return LOST[self.lost[0]]
        return "normal" if self.activated else self.usable

    def take(self, operation: str, kind: str, at: datetime) -> None:
        after = next_state(self.state(at), operation, kind)
        self.cancelled = after == "cancelled"
        self.lost = (kind_of(after), at) if after in LOST_STATES else None


def _try(card, said, operation, kind, channel, at) -> None:
    kind = kind if operation == "report-loss" else None
    shown = {"papers": PAPERS, "given": DETAILS}
    state = said.state(at)
    allowed = card_operation(
        card.region, channel, operation, "social", kind=kind, state=state, holder_age=50, **shown
    ).result.allowed
    asked = shown | ({"kind": kind} if kind else {})
    try:
        card.do(MESSAGES[operation], channel, at, **asked)
    except RefusedError:
        assert not allowed
    else:
        assert allowed
        said.take(operation, kind, at)


def _activation(card, at) -> Event:
    about = {"id": "e", "kiosk_id": "k", "install_epoch": "e", "seq": 1, "type": "card.activated", "body": {}}
    return Event(partition=card.partition, occurred_at=at, **about)


def test_the_receipts_key_is_the_centres(card_records):
    receipt = card_records.do(LossReport, "hotline", MORNING, kind="oral")
    certificate_code.verify(receipt.qr.split("#")[1], ISSUER.keys.listed()[0])
    assert WHOSE["id_number"] not in str(receipt)
