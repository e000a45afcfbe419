"""Texts and numbers in the centre's records: one form, whoever wrote them."""

import json
import unicodedata

import msgspec
import pytest
from sqlalchemy import text, update

from central.people import people
from central.store import tables as models
from sync.protocol.applications import ApplicationQuery, ApplicationRequest
from sync.protocol.cards import LossReport
from sync.protocol.certificates import ISSUE_CERTIFICATE, IssueRequest
from tests.central.acts import CLAIM, LOSS
from tests.central.centre import an_identity
from tests.central.certificate_requests import LI, WANG, asking
from tests.central.program.command import run

EMPLOYERS = [
    "某某\u3000公司",
    "某某 公司\t",
    "某某\u00a0 公司\r\n",
    "\ufeff某某\u200b 公司\u2060",
    "\u202a某某 公司\u202c",
]


@pytest.fixture
def kiosk(centre):
    return centre.client(centre.enrol(an_identity()))


@pytest.mark.parametrize("written", EMPLOYERS)
def test_an_employer_is_the_same_one_however_it_was_written(centre, kiosk, written):
    with centre.engine.begin() as tx:
        tx.execute(update(models.contributions).values(employer=written))

    certificate = kiosk.call(ISSUE_CERTIFICATE, WANG)

    assert {month.employer for month in certificate.months} == {"某某 公司"}
    with centre.engine.connect() as connection:  # past SQLAlchemy: what lies on the disk
        found = connection.exec_driver_sql("SELECT DISTINCT employer FROM contributions").scalars().all()
    assert found == ["某某 公司"]


def test_what_another_hand_wrote_is_cleaned_where_it_is_read(centre, kiosk):
    with centre.engine.begin() as tx:
        tx.execute(
            text("UPDATE people SET name = :name"), {"name": unicodedata.normalize("NFD", "JOSÉ ") + "\t"}
        )

    assert kiosk.call(ISSUE_CERTIFICATE, WANG).holder_name == "JOSÉ"


@pytest.mark.parametrize("character", ["\x1b", "\x1d", "\0", "\ud800", "\ufffe"])
def test_what_is_no_character_never_comes_into_a_record(centre, character):
    with pytest.raises(Exception, match=f"U\\+{ord(character):04X}") as refusal, centre.engine.begin() as tx:
        tx.execute(update(models.people).values(name=f"王建国{character}"))
    assert "王建国" not in str(refusal.value)


@pytest.mark.parametrize("character", ["\U00031350", "\U0002ebf0"])
def test_a_name_in_a_newer_unicode_is_on_the_certificate(centre, kiosk, character):
    with centre.engine.begin() as tx:
        tx.execute(update(models.people).values(name=f"王{character}"))

    assert kiosk.call(ISSUE_CERTIFICATE, WANG).holder_name == f"王{character}"


@pytest.mark.parametrize(
    ("message", "sent"),
    [
        (IssueRequest, asking(**LI)),
        (LossReport, msgspec.structs.replace(LOSS, id_number=LI["id_number"])),
        (ApplicationRequest, msgspec.structs.replace(CLAIM, id_number=LI["id_number"])),
        (ApplicationQuery, ApplicationQuery(number="1", id_number=LI["id_number"])),
    ],
)
def test_a_request_may_write_the_check_character_small(message, sent):
    small = msgspec.to_builtins(sent) | {"id_number": LI["id_number"].lower()}

    assert msgspec.json.decode(json.dumps(small), type=message) == sent


def test_only_digits_are_digits():
    wide = msgspec.to_builtins(WANG) | {"id_number": "９" * 17 + "X"}

    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(json.dumps(wide), type=IssueRequest)


@pytest.mark.parametrize("material", ["\x1b@", "\u200b", "身份证\0"])
def test_a_material_that_cannot_be_printed_is_refused(material):
    sent = msgspec.to_builtins(CLAIM) | {"materials": [material]}

    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(json.dumps(sent), type=ApplicationRequest)


def test_materials_are_cleaned():
    sent = msgspec.to_builtins(CLAIM) | {"materials": ["身份证\u3000（已读取）\t"]}

    assert msgspec.json.decode(json.dumps(sent), type=ApplicationRequest).materials == ("身份证 （已读取）",)


def test_a_person_who_is_there_is_not_added_with_a_small_x(centre):
    [li] = [each for each in people.demo_people() if each.id_number == LI["id_number"]]
    small = msgspec.structs.replace(li, id_number=li.id_number.lower())

    with centre.engine.begin() as tx:
        assert people.add(tx, [small], "2026-10") == 0


def test_staff_may_write_the_number_small_and_are_told_of_what_is_no_character(tmp_path):
    run(tmp_path, "seed")

    shown = json.loads(run(tmp_path, "card", "show", LI["id_number"].lower() + " ", "--json"))

    assert shown["id_number"].endswith("142X")
    assert "U+001B" in run(tmp_path, "card", "show", "\x1b", code=2)
