"""A terminal may do what it was approved for, where it was approved; what it claims beyond that is not believed."""

import json

import pytest

from central.access.terminals import KIOSK_ACTS, Approval, Terminal, disagrees
from central.store import tables as models
from sync.client import CentralRefusedError
from sync.protocol.applications import APPLICATION_STATE, APPLY, ApplicationQuery
from sync.protocol.cards import (
    AUTHENTICATE_CARD,
    AUTHORISE_PIN_RESET,
    CARD_STATE,
    RELEASE_LOSS,
    REPORT_LOSS,
    CardStateRequest,
)
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.protocol.visits import BEGIN_VISIT, VisitRequest
from tests.central.acts import (
    CARD,
    CLAIM,
    LOSS,
    PROOF,
    RELEASE,
    RESET,
    WHOSE,
    approved_for,
    changed,
    stands_for,
)
from tests.central.centre import an_identity
from tests.central.certificate_requests import LI, WANG
from tests.central.program.command import run

SHANDONG = "370100-001"
WINDOW = "610200-W01"
QUERY = ApplicationQuery(number="610200202600000001", id_number=WHOSE["id_number"])


@pytest.fixture
def kiosk(centre):
    return centre.client(centre.enrol(an_identity()))


@pytest.fixture
def window(centre):
    stands_for(centre, "window", WINDOW)
    return centre.client(centre.enrol(an_identity(WINDOW)))


def refused(kiosk, call, request) -> str:
    with pytest.raises(CentralRefusedError) as refusal:
        kiosk.call(call, request)
    return refusal.value.code


def alarms(centre) -> list[tuple[str, str, str]]:
    return [(row.alarm, row.subject, row.note) for row in centre.rows(models.alarms)]


ABOUT_SOMEBODY_IN_SHAANXI = [
    (BEGIN_VISIT, VisitRequest(visit_id="v", region="610200", card_identity=CARD)),
    (ISSUE_CERTIFICATE, changed(WANG, visit_id="v")),
    (CARD_STATE, CardStateRequest(region="610200", card_identity=CARD, visit_id="v")),
    (REPORT_LOSS, changed(LOSS, visit_id="v")),
    (RELEASE_LOSS, changed(RELEASE, visit_id="v")),
    (AUTHORISE_PIN_RESET, changed(RESET, visit_id="v")),
    (AUTHENTICATE_CARD, changed(PROOF, visit_id="v")),
    (APPLY, changed(CLAIM, visit_id="v")),
]


@pytest.mark.parametrize(
    ("call", "request_"), ABOUT_SOMEBODY_IN_SHAANXI, ids=lambda each: getattr(each, "path", "")
)
def test_a_kiosk_of_shandong_gets_nothing_of_anybody_in_shaanxi(centre, call, request_):
    stands_for(centre, "window", SHANDONG)
    shandong = centre.client(centre.enrol(an_identity(SHANDONG)))
    assert refused(shandong, call, request_) == "other-region"
    assert alarms(centre) == [("other-region", SHANDONG, "610200")]
    assert centre.count(models.visits) == centre.count(models.reads) == 0


def test_what_has_no_region_needs_a_visit_and_that_had_one(centre):
    stands_for(centre, "window", SHANDONG)
    shandong = centre.client(centre.enrol(an_identity(SHANDONG)))
    assert (
        refused(shandong, APPLICATION_STATE, changed(QUERY, visit_id="v", verified_by="card+pin"))
        == "proof-missing"
    )


def test_the_region_of_a_card_is_the_registers_and_not_the_requests(centre):
    """A claim of one's own region does not make a stranger's card one's own."""
    shandong = centre.client(centre.enrol(an_identity(SHANDONG)))
    request = VisitRequest(visit_id="v", region="370100", card_identity=CARD)
    assert refused(shandong, BEGIN_VISIT, request) == "other-region"


@pytest.mark.parametrize(
    ("regions", "asked", "covered"),
    [
        (("610200",), "610200", True),
        (("610200",), "610202", True),
        (("610200",), "610300", False),
        (("610000",), "610200", True),
        (("610000",), "370100", False),
        (("610200", "370100"), "370100", True),
        ((), "610200", False),
    ],
)
def test_a_region_stands_for_what_is_in_it(regions, asked, covered):
    assert Terminal(regions=regions).covers(asked) is covered


def test_a_terminal_of_several_regions_serves_them_all(centre):
    approved_for(centre, SHANDONG, regions=["370100", "610200"])
    kiosk = centre.client(centre.enrol(an_identity(SHANDONG)))
    assert kiosk.call(ISSUE_CERTIFICATE, WANG).number


def test_a_terminal_whose_number_names_no_region_keeps_that_of_its_first_request(centre):
    kiosk = centre.client(centre.enrol(an_identity("lobby-7")))
    assert kiosk.call(ISSUE_CERTIFICATE, WANG).number
    assert ("region-assumed", "lobby-7", "610200") in alarms(centre)
    elsewhere = VisitRequest(visit_id="v", region="370100", card_identity=CARD)
    assert refused(kiosk, BEGIN_VISIT, elsewhere) == "other-region"


def test_a_kiosk_is_not_believed_that_it_has_seen_an_id_card(centre, kiosk):
    for call, request in (
        (REPORT_LOSS, LOSS),
        (APPLY, changed(CLAIM, verified_by="id-card", card_identity=None)),
    ):
        assert refused(kiosk, call, request) == "not-approved"
    assert alarms(centre) == [("not-approved", "610200-001", "id-card")]


def test_a_call_that_names_no_id_card_is_not_asked_for_with_one(kiosk):
    request = changed(CardStateRequest(region="610200", card_identity=CARD), visit_id="v")
    assert refused(kiosk, CARD_STATE, request) == "proof-missing"


def test_an_id_card_at_a_window_is_one_persons_for_a_visit(centre, window):
    assert window.call(REPORT_LOSS, changed(LOSS, visit_id="v")).number
    another = changed(LOSS, visit_id="v", request_id="loss-2", id_number=LI["id_number"])
    assert refused(window, REPORT_LOSS, another) == "proof-missing"
    assert refused(window, ISSUE_CERTIFICATE, changed(WANG, visit_id="v")) == "proof-missing", "it is no card"


def test_whom_a_window_asked_about_stays_known_when_there_is_no_such_person(centre, window):
    nobody = changed(
        CLAIM, verified_by="id-card", card_identity=None, id_number="999999200007140377", visit_id="v"
    )
    assert refused(window, APPLY, nobody) == "person-unknown"
    assert [row.id_number for row in centre.rows(models.visits)] == ["999999200007140377"]


def test_papers_and_faces_count_only_from_who_was_approved_to_see_them(centre, window):
    approved_for(centre, WINDOW, acts=("pin-reset",))
    assert refused(window, AUTHORISE_PIN_RESET, RESET) == "rule-papers"
    approved_for(centre, WINDOW, acts=("pin-reset", "id-card"))
    assert window.call(AUTHORISE_PIN_RESET, RESET).authorisation


def test_a_terminal_does_only_its_acts(centre, window):
    approved_for(centre, WINDOW, acts=("certificates",))
    for call, request in ((REPORT_LOSS, LOSS), (APPLY, CLAIM), (AUTHORISE_PIN_RESET, RESET)):
        assert refused(window, call, request) == "not-approved"
    assert window.call(ISSUE_CERTIFICATE, WANG).number


def test_an_authorisation_is_for_the_card_that_is_there(centre, window):
    granted = window.call(AUTHORISE_PIN_RESET, RESET)
    li = window.visit_of(LI["card_identity"], purpose="pin-reset")
    theirs = changed(PROOF, authorisation=granted.authorisation, visit_id=li)
    assert refused(window, AUTHENTICATE_CARD, theirs) == "proof-missing"
    at_a_service = changed(PROOF, authorisation=granted.authorisation, visit_id=window.visit_of(CARD))
    assert refused(window, AUTHENTICATE_CARD, at_a_service) == "proof-missing", (
        "that visit was for something else"
    )
    assert window.call(AUTHENTICATE_CARD, changed(PROOF, authorisation=granted.authorisation)).cryptogram


def test_who_says_at_enrolment_that_it_stands_elsewhere_than_its_number_does():
    assert disagrees("370100-001", "610200")
    assert not disagrees("610000-001", "610200")
    assert not disagrees("610200-001", "610200")
    assert not disagrees("lobby-7", "610200")
    assert not disagrees("610200-001", None)


def test_a_clerk_sees_and_fixes_what_a_terminal_is_approved_for(tmp_path):
    run(tmp_path, "migrate")
    key = an_identity().public_key
    run(tmp_path, "enrol", "lobby-7", key, "--region", "610200", "--act", "certificates")
    said = json.loads(run(tmp_path, "terminal", "lobby-7", "--json"))
    assert said == {
        "kiosk_id": "lobby-7",
        "channel": "kiosk",
        "regions": ["610200"],
        "acts": ["certificates"],
    }
    more = ("--region", "610200", "--region", "610300", "--channel", "window", "--operator", "陈静")
    assert run(tmp_path, "terminal", "lobby-7", *more).startswith(
        "lobby-7: window of 610200 610300; may: certificates"
    )
    acts = [json.loads(line) for line in run(tmp_path, "acts", "--about", "lobby-7", "--json").splitlines()]
    assert (acts[-1]["act"], acts[-1]["by"]) == ("terminal-approved-for", "陈静")
    assert run(tmp_path, "enrol", "610200-001", key) == "enrolled 610200-001\n"
    assert json.loads(run(tmp_path, "terminal", "610200-001", "--json"))["regions"] == ["610200"]


def test_what_was_fixed_stays_when_a_machine_is_enrolled_again(centre):
    approved_for(centre, "610200-001", regions=["610300"], acts=["loss"])
    approved_for(centre, "610200-001", "window")
    row = next(row for row in centre.rows(models.terminals) if row.kiosk_id == "610200-001")
    assert (row.channel, row.regions, row.acts) == ("window", "610300", "loss")


def test_without_a_word_a_terminal_is_a_kiosk_that_sees_no_id_cards():
    assert Terminal().acts == KIOSK_ACTS and not {"id-card", "face"} & set(KIOSK_ACTS)
    assert Approval() == Approval(None, (), ())
