"""What a terminal reports counts where it was the terminal's to do; the rest is kept for people to look at."""

import pytest

from central.certificates.copies import NOT_ISSUED_HERE
from central.store import tables as models
from sync.client import CentralRefusedError
from sync.protocol.certificates import EVENT_RECEIPT, ISSUE_CERTIFICATE, ReceiptRequest
from sync.protocol.messages import card_partition
from tests.central.acts import CARD
from tests.central.centre import an_identity
from tests.central.certificate_requests import LI, WANG
from tests.central.deliveries import EPOCH, event, results
from tests.central.verify.page import show
from tests.people import ZHAO

LI_CARD = LI["card_identity"]
ZHAO_CARD = "610200D15600000500000004D4E5F607"
PIN_CHANGED = {"type": "card.pin_changed", "partition": card_partition(CARD), "body": {"act": "A1-1"}}
ACTIVATED = {"type": "card.activated", "partition": card_partition(ZHAO_CARD), "body": {"act": "A1-1"}}


@pytest.fixture
def kiosk(centre):
    return centre.client(centre.enrol(an_identity()))


@pytest.fixture
def other(centre):
    return centre.client(centre.enrol(an_identity("610200-002")))


def printed(seq: int, number: str, kiosk_id: str, **about):
    body = {"number": number, "copy": seq, "result": "confirmed"} | about
    return event(seq, id=f"{kiosk_id}-{seq}", kiosk_id=kiosk_id, type="certificate.printed", body=body)


def resolved(seq: int, number: str, kiosk_id: str):
    body = {"number": number, "copy": 1, "complete": False}
    return event(seq, id=f"{kiosk_id}-{seq}", kiosk_id=kiosk_id, type="certificate.print_resolved", body=body)


def refused(kiosk, call, request) -> str:
    with pytest.raises(CentralRefusedError) as refusal:
        kiosk.call(call, request)
    return refusal.value.code


def test_a_strangers_copies_change_no_public_page(centre, kiosk, other):
    certificate = kiosk.call(ISSUE_CERTIFICATE, WANG)
    kiosk.deliver(EPOCH, [printed(1, certificate.number, "610200-001")])
    before = show(centre, f"/verify/{certificate.code}").text
    made_up = [printed(seq, certificate.number, "610200-002") for seq in range(1, 91)]
    answer = other.deliver(EPOCH, [*made_up, resolved(91, certificate.number, "610200-002")])
    assert set(results(answer)) == {"ok"}, "it is taken in, with its seal; it only counts for nothing"
    assert show(centre, f"/verify/{certificate.code}").text == before
    kept = centre.rows(models.quarantine)
    assert len(kept) == 91
    assert {(row.kiosk_id, row.result, row.reason) for row in kept} == {
        ("610200-002", "not-counted", NOT_ISSUED_HERE)
    }
    assert {(row.alarm, row.subject) for row in centre.rows(models.alarms)} == {
        ("event-not-counted", "610200-002")
    }


def test_of_one_delivery_what_is_ones_own_counts(centre, kiosk):
    certificate = kiosk.call(ISSUE_CERTIFICATE, WANG)
    delivered = [printed(1, certificate.number, "610200-001"), printed(2, "610200202699999999", "610200-001")]
    kiosk.deliver(EPOCH, delivered)
    kiosk.deliver(EPOCH, delivered)
    assert [row.certificate_number for row in centre.rows(models.prints)] == [certificate.number]
    assert [row.event_id for row in centre.rows(models.quarantine)] == ["610200-001-2"]


def test_a_card_is_activated_only_by_a_terminal_where_it_proved_itself(centre, kiosk, other):
    kiosk.visit_of(ZHAO_CARD)
    other.begin(ZHAO_CARD)
    other.deliver(EPOCH, [event(1, id="made-up", kiosk_id="610200-002", **ACTIVATED)])
    assert status_of(centre, ZHAO.id_number) == "not-activated"
    assert [row.event_id for row in centre.rows(models.quarantine)] == ["made-up"]
    kiosk.deliver(EPOCH, [event(1, **ACTIVATED)])
    assert status_of(centre, ZHAO.id_number) == "normal"


def status_of(centre, id_number: str) -> str:
    return next(row.status for row in centre.rows(models.cards) if row.id_number == id_number)


def test_a_receipt_is_for_the_card_that_is_there(kiosk):
    kiosk.deliver(EPOCH, [event(1, **PIN_CHANGED)])
    assert refused(kiosk, EVENT_RECEIPT, ReceiptRequest("event-1", visit_id="unheard-of")) == "proof-missing"
    theirs = ReceiptRequest("event-1", visit_id=kiosk.visit_of(LI_CARD))
    assert refused(kiosk, EVENT_RECEIPT, theirs) == "event-unknown"
    assert kiosk.call(EVENT_RECEIPT, ReceiptRequest("event-1", visit_id=kiosk.visit_of(CARD))).number


def test_nobody_gets_a_receipt_for_what_another_terminal_did(kiosk, other):
    kiosk.deliver(EPOCH, [event(1, **PIN_CHANGED)])
    assert (
        refused(other, EVENT_RECEIPT, ReceiptRequest("event-1", visit_id=other.visit_of(CARD)))
        == "event-unknown"
    )
