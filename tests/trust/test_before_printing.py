"""Nothing is printed that the centre has not signed as a whole, for this holder, with a key that is trusted now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.status import PaperState
from kiosk.attendant.error_notices import EXPECTED_ERRORS, notice_of
from kiosk.dialogue.language import say
from kiosk.paper.certificates.kinds import examples
from kiosk.paper.genuine import Flaw, NotGenuineError, signed_document
from sync.protocol.algorithms import as_text
from sync.protocol.centre_keys import CentreKey
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.protocol.documents import Certificate, SignedText
from sync.store import Store
from sync.store.alarms import alarms
from tests.central.centre import an_identity
from tests.central.certificate_requests import WANG
from tests.keys import a_key, known
from tests.kiosk.paper.desk import CONFIRMED, Desk, Printer
from tests.kiosk.paper.documents import KEYS, answered, example
from tests.people import LI
from tools.sign_examples import KEY_ID, KNOWN

NOW = datetime.now(UTC)
SERVICE, KIND = "print-participation-certificate", "participation"
DAY = timedelta(days=1)


@pytest.fixture
def desk(tmp_path):
    store = Store.open(tmp_path / "data", "610200-001")
    yield Desk(store, Printer(CONFIRMED, paper=PaperState.FULL), example(KIND))
    store.close()


def refused(desk, flaw: Flaw) -> None:
    """Ask for the certificate: it is not printed, the citizen is told calmly, staff and the centre are told."""
    with pytest.raises(NotGenuineError) as caught:
        desk.use(SERVICE, "24")
    assert caught.value.flaw is flaw
    assert desk.printer.printed == []
    assert desk.journal.acts_with_unknown_outcome() == [], "not even begun"
    [alarm] = alarms(desk.store)
    assert alarm["event"] == "certificate.not_genuine"
    assert (alarm["kind"], alarm["reason"]) == (KIND, str(flaw))
    [event] = desk.store.rows("SELECT * FROM outbox WHERE type = 'certificate.not_genuine'")
    assert event["partition"] == "p1"


def resigned(document, key) -> Certificate:
    """The document as another key signs it."""
    text = msgspec.json.encode(document).decode()
    return msgspec.structs.replace(
        document, signed=SignedText(text, KEY_ID, as_text(key.sign(text.encode())))
    )


def with_text(answer, old: str, new: str) -> Certificate:
    """The answer with something else in its signed text."""
    assert old in answer.signed.text
    text = answer.signed.text.replace(old, new, 1)
    return msgspec.structs.replace(answer, signed=msgspec.structs.replace(answer.signed, text=text))


def test_what_the_centre_has_signed_is_printed(desk):
    desk.use(SERVICE, "24")
    assert len(desk.printer.printed) == 1
    assert alarms(desk.store) == []


def test_what_is_printed_is_the_signed_text_whatever_else_is_in_the_answer(desk):
    desk.answer = msgspec.structs.replace(
        desk.answer, agency="黑客局", total_months=999, number="610200202699999999", valid_until=None
    )
    desk.use(SERVICE, "24")
    paper = "\n".join(desk.printer.printed[0])
    assert "黑客局" not in paper and "999" not in paper.replace(example(KIND).id_number, "")
    assert example(KIND).agency in paper and example(KIND).number in paper


def test_an_answer_without_a_signature_is_not_printed(desk):
    desk.answer = example(KIND)
    refused(desk, Flaw.NOT_SIGNED)


@pytest.mark.parametrize(
    ("old", "new"),
    [('"total_months":349', '"total_months":350'), ("王建国", "王建囯"), ("2027-02-22", "2037-02-22")],
    ids=["an amount", "a name", "a day"],
)
def test_a_changed_text_is_not_printed(desk, old, new):
    desk.answer = with_text(desk.answer, old, new)
    refused(desk, Flaw.WRONG_SIGNATURE)


def test_a_key_that_the_kiosk_does_not_know_prints_nothing(desk):
    desk.keys = (known(a_key(), number=1),)
    refused(desk, Flaw.UNKNOWN_KEY)


def test_before_the_kiosk_knows_any_key_nothing_is_printed(desk):
    desk.keys = ()
    refused(desk, Flaw.UNKNOWN_KEY)


def test_a_feed_key_signs_no_documents(desk):
    desk.keys = (msgspec.structs.replace(KNOWN, role="feed"),)
    refused(desk, Flaw.UNKNOWN_KEY)


def test_another_key_under_the_same_number_prints_nothing(desk):
    desk.answer = resigned(example(KIND), a_key())
    refused(desk, Flaw.WRONG_SIGNATURE)


@pytest.mark.parametrize(
    "validity",
    [
        {"withdrawn": NOW - DAY},
        {"withdrawn": NOW + 10 * DAY},
        {"not_after": NOW - 2 * DAY},
        {"not_before": NOW + 2 * DAY},
    ],
    ids=["withdrawn", "to be withdrawn", "retired", "still to come"],
)
def test_a_key_that_does_not_sign_now_prints_nothing(desk, validity):
    desk.keys = (msgspec.structs.replace(KNOWN, **validity),)
    refused(desk, Flaw.KEY_NOT_VALID)


@pytest.mark.parametrize("hours", [-23, 23])
def test_a_key_that_changes_about_now_prints_whatever_a_tolerable_clock_says(hours):
    keys = (msgspec.structs.replace(KNOWN, not_before=NOW + timedelta(hours=hours)),)
    assert signed_document(answered(example(KIND)), keys, NOW) == example(KIND)


def test_another_persons_genuine_certificate_is_not_printed(desk):
    desk.answer = answered(example(KIND, id_number=LI.id_number))
    refused(desk, Flaw.NOT_ASKED_FOR)


def test_another_kind_of_genuine_document_is_not_printed(desk):
    desk.answer = answered(example("contributions"))
    refused(desk, Flaw.NOT_ASKED_FOR)


def test_a_signed_text_that_is_no_document_is_not_printed():
    key = a_key()
    signed = SignedText("{}", 1, as_text(key.sign(b"{}")))
    answer = msgspec.structs.replace(example(KIND), signed=signed)
    with pytest.raises(NotGenuineError) as caught:
        signed_document(answer, [known(key)], NOW)
    assert caught.value.flaw is Flaw.UNREADABLE


def test_the_name_on_the_chip_is_compared_with_the_signed_one(desk):
    desk.visit.holder = replace(desk.visit.holder, name="欧阳晴")
    with pytest.raises(Exception, match=example(KIND).number):
        desk.use(SERVICE, "24")
    assert desk.printer.printed == []


@pytest.mark.parametrize("algorithm", ["ed25519", "sm2-sm3", "ecdsa-p256-sha256"])
@pytest.mark.parametrize("kind", [kind for kind in examples() if hasattr(example(kind), "signed")])
def test_every_kind_of_document_comes_whole_out_of_its_signed_text(kind, algorithm):
    key, document = a_key(algorithm), example(kind)
    text = msgspec.json.encode(document).decode()
    answer = msgspec.structs.replace(document, signed=SignedText(text, 7, as_text(key.sign(text.encode()))))
    on_the_wire = msgspec.json.decode(msgspec.json.encode(answer), type=Certificate)
    assert signed_document(on_the_wire, [known(key, number=7)], NOW) == document


@settings(max_examples=150)
@given(st.data())
def test_no_octet_of_text_or_signature_can_be_changed(data):
    answer = answered(example(KIND))
    content = answer.signed.text
    place = data.draw(st.integers(0, len(content) - 1))
    letter = data.draw(st.characters(exclude_characters=content[place], exclude_categories=["Cs"]))
    changed = msgspec.structs.replace(answer.signed, text=content[:place] + letter + content[place + 1 :])
    with pytest.raises(NotGenuineError):
        signed_document(msgspec.structs.replace(answer, signed=changed), tuple(KEYS.values()), NOW)


def test_the_citizen_is_told_calmly_in_both_languages():
    assert NotGenuineError in EXPECTED_ERRORS
    notice = notice_of(NotGenuineError(Flaw.WRONG_SIGNATURE))
    assert "没有打印" in str(notice.title)
    assert "伪造" not in str(notice.text) and "窗口" in str(notice.text)
    english = say(notice.text, "en")
    assert "not printed" in english and "counter" in english


def test_the_centre_signs_what_it_answers_and_the_kiosk_takes_it(centre):
    """The real centre and its own list of keys, over HTTP."""
    kiosk = centre.client(centre.enrol(an_identity()))
    answer = kiosk.call(ISSUE_CERTIFICATE, WANG)
    keys: list[CentreKey] = list(centre.publisher.listed_keys())
    document = signed_document(answer, keys, datetime.now(UTC))
    assert document == msgspec.structs.replace(answer, signed=msgspec.UNSET)
    assert isinstance(document.months[0].base, Decimal)
    again = kiosk.call(ISSUE_CERTIFICATE, WANG)
    assert signed_document(again, keys, datetime.now(UTC)) == document


def test_the_same_request_brings_the_same_document_signed_by_the_key_of_today(centre):
    kiosk = centre.client(centre.enrol(an_identity()))
    first = kiosk.call(ISSUE_CERTIFICATE, WANG)
    centre.issuer.keys.withdraw(1, since=datetime.now(UTC), at=datetime.now(UTC))
    again = kiosk.call(ISSUE_CERTIFICATE, WANG)
    assert (first.signed.key, again.signed.key) == (1, 2)
    assert first.signed.text == again.signed.text
    keys = centre.publisher.listed_keys()
    with pytest.raises(NotGenuineError):
        signed_document(first, keys, datetime.now(UTC))
    assert signed_document(again, keys, datetime.now(UTC)).number == first.number
