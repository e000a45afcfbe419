"""Applications: taken in once, with the day by which the law wants them decided."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import msgspec
import pytest
from sqlalchemy import update

from central.cases import applications
from central.store import tables as models
from central.store.acts import Actor, find_acts
from central.store.refusals import RefusedError
from sync.client import CentralRefusedError
from sync.protocol.applications import APPLICATION_STATE, APPLY, ApplicationQuery
from tests.central.acts import CLAIM, WHOSE, actor, approved_for, changed
from tests.central.centre import an_identity
from tests.central.certificate_requests import LI
from tests.central.records import ISSUER
from tests.kiosk.paper.documents import words

MONDAY = datetime(2026, 9, 21, 2, 0, tzinfo=UTC)
KIOSK = Actor("610200-001", "kiosk", MONDAY, "terminal", "card+pin")


@pytest.fixture
def kiosk(centre):
    return centre.client(centre.enrol(an_identity()))


def query(receipt) -> ApplicationQuery:
    return ApplicationQuery(number=receipt.number, id_number=WHOSE["id_number"], verified_by="card+pin")


@pytest.mark.parametrize(
    ("item", "due"),
    [
        ("pension-claim", date(2026, 10, 26)),  # 20 working days, over 中秋 and 国庆
        ("unemployment-benefit", date(2026, 10, 12)),  # 10 working days
    ],
)
def test_the_receipt_says_by_when_the_law_wants_it_decided(card_records, item, due):
    receipt = applications.apply(card_records.tx, KIOSK, changed(CLAIM, item=item), ISSUER)
    assert receipt.due == due
    assert receipt.materials == ["居民身份证（已读取）"]
    assert receipt.act == applications.ITEMS[item]


def test_in_a_year_whose_holidays_are_not_known_no_day_is_guessed(card_records):
    late = datetime(2099, 12, 28, tzinfo=UTC)
    receipt = applications.apply(card_records.tx, msgspec.structs.replace(KIOSK, at=late), CLAIM, ISSUER)
    assert receipt.due is None
    assert "办结期限请向窗口查询" in words(receipt)
    assert not applications.state(card_records.tx, None, query(receipt), late).overdue


def test_an_application_is_taken_in_once_also_when_asked_at_once(any_centre):
    kiosks = [any_centre.client(any_centre.enrol(an_identity(f"610200-00{n}"))) for n in (1, 2)]
    with ThreadPoolExecutor(4) as at_once:
        asked = [at_once.submit(each.call, APPLY, CLAIM) for each in (*kiosks, *kiosks)]
    done = [each.result() for each in asked if not each.exception()]
    assert len({receipt.number for receipt in done}) == 1
    assert {each.exception().code for each in asked if each.exception()} == {"application-open"}
    assert any_centre.count(models.applications) == any_centre.count(models.certificates) == 1


def test_its_state_is_told_to_who_knows_whose_it_is_until_it_is_decided(centre, kiosk):
    receipt = kiosk.call(APPLY, CLAIM)
    state = kiosk.call(APPLICATION_STATE, query(receipt))
    assert (state.item, state.status, state.due) == ("pension-claim", "accepted", receipt.due)
    assert not state.overdue
    with centre.engine.begin() as tx:
        applications.decide(tx, receipt.number, "granted", "自2027年1月起发放", actor())
    decided = kiosk.call(APPLICATION_STATE, query(receipt))
    assert (decided.status, decided.note) == ("granted", "自2027年1月起发放")
    assert kiosk.call(APPLY, changed(CLAIM, request_id="claim-2")).number != receipt.number
    for other in ({"id_number": LI["id_number"]}, {"number": "610200202699999999"}):
        with pytest.raises(CentralRefusedError, match="application-unknown"):
            kiosk.call(APPLICATION_STATE, changed(query(receipt), **other))


def test_a_decision_stays_and_a_late_one_is_called_late(card_records):
    receipt = applications.apply(card_records.tx, KIOSK, CLAIM, ISSUER)
    after = datetime(2026, 10, 26, 16, 0, tzinfo=UTC)  # 24:00 in Beijing
    assert applications.state(card_records.tx, None, query(receipt), after).overdue
    clerk = actor(at=MONDAY)
    assert applications.decide(card_records.tx, receipt.number, "refused", "材料不全", clerk).overdue is False
    assert applications.state(card_records.tx, None, query(receipt), after).overdue is False
    with pytest.raises(RefusedError, match="application-decided"):
        applications.decide(card_records.tx, receipt.number, "granted", "", clerk)


def test_who_accepted_and_who_decided_it_is_on_record(card_records):
    receipt = applications.apply(card_records.tx, KIOSK, CLAIM, ISSUER)
    applications.decide(card_records.tx, receipt.number, "refused", "材料不全", actor("web", MONDAY))
    found = find_acts(card_records.tx, subject=receipt.number)
    assert {(row.act, row.actor, row.by, row.channel, row.proof, row.note) for row in found} == {
        ("document-issued", "terminal", "610200-001", "kiosk", "card+pin", ""),
        ("application-accepted", "terminal", "610200-001", "kiosk", "card+pin", ""),
        ("application-refused", "clerk", "赵敏", "web", "", "材料不全"),
    }
    assert [(row.before, row.after) for row in found if row.act == "application-refused"] == [
        ("accepted", "refused")
    ]


def test_what_does_not_agree_is_not_taken_in(centre, kiosk):
    approved_for(centre, "610200-001", acts=("applications", "id-card"))
    for changes, code in (
        ({"card_identity": None}, "proof-missing"),
        ({"card_identity": LI["card_identity"]}, "card-not-holders"),
        ({"region": "210100"}, "other-region"),
        ({"verified_by": "id-card", "id_number": "999999200007140377"}, "person-unknown"),
        ({"item": "lottery"}, "bad-request"),
    ):
        with pytest.raises(CentralRefusedError, match=code):
            kiosk.call(APPLY, changed(CLAIM, **changes))
    assert centre.count(models.applications) == 0


def test_a_lost_card_proves_nobody_but_an_id_card_does(centre, kiosk):
    approved_for(centre, "610200-001", acts=("applications", "id-card"))
    with centre.engine.begin() as tx:
        tx.execute(update(models.cards).values(status="lost-oral"))
    with pytest.raises(CentralRefusedError, match="card-not-valid"):
        kiosk.call(APPLY, CLAIM)
    assert kiosk.call(APPLY, changed(CLAIM, verified_by="id-card", card_identity=None)).number
