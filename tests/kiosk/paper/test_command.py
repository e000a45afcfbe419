"""``kiosk certificate``, as staff, a bank and a developer use it."""

import json

import pytest
from click.testing import CliRunner
from PIL import Image

from central.program.main import main as central
from hardware.printer import profile as profiles
from hardware.simulator.printer_picture import draw
from kiosk.commands.certificate import certificate
from kiosk.paper.certificates.kinds import examples
from tests.kiosk.paper.documents import KEYS, example
from tools.sign_examples import KEY_ID

PROFILE = "epson-tm-t88v"


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = KEYS[KEY_ID].public
    (tmp_path / "certificate-keys.json").write_text(json.dumps({KEY_ID: text}))
    (tmp_path / "document.json").write_bytes(examples()["participation"])
    return tmp_path


def run(*arguments, code=0, typed=None):
    result = CliRunner().invoke(certificate, arguments, input=typed)
    assert result.exit_code == code, result.output
    return result.output


def test_a_document_is_drawn_from_the_bytes_for_the_printer(in_folder):
    run("render", "document.json", "--profile", PROFILE, "--out", "paper.png")
    run("render", "document.json", "--profile", PROFILE, "--out", "job.bin", "--bytes")
    job = (in_folder / "job.bin").read_bytes()
    assert "社会保险参保证明".encode("gb18030") in job
    picture = Image.open(in_folder / "paper.png")
    assert picture.mode == "1"
    assert picture.size == draw(job, profiles.load(PROFILE)).size


def test_what_was_drawn_can_be_verified(in_folder):
    run("render", "document.json", "--profile", "gb18030-58mm", "--out", "paper.png")
    output = run("verify", "paper.png")
    assert "是真的" in output
    assert example("participation").number in output
    found = json.loads(run("verify", "paper.png", "--json"))
    assert found["genuine"] is True and found["reason"] is None
    assert found["certificate"]["kind"] == "participation"
    assert found["certificate"]["valid_until"] == "2027-02-22"


def test_a_payload_is_verified_without_any_picture(in_folder):
    assert json.loads(run("verify", example("annual-record").qr, "--json"))["genuine"]


def test_a_forged_code_is_told_with_its_reason(in_folder):
    forged = example("participation").qr[:-9] + "AAAAAAAAA"
    assert "签名不对" in run("verify", forged, code=1)
    assert json.loads(run("verify", forged, "--json", code=1)) == {
        "genuine": False,
        "reason": "wrong-signature",
        "certificate": None,
    }
    assert json.loads(run("verify", "https://example.com", "--json", code=1))["reason"] == "not-our-code"


def test_the_id_number_on_the_paper_is_compared_and_not_said_again(in_folder):
    document = example("participation")
    assert "是真的" in run("verify", document.qr, "--id-number", typed=document.id_number + "\n")
    output = run("verify", document.qr, "--id-number", typed="999999199905230281\n", code=1)
    assert "证件号码" in output and "9999991999" not in output


def test_an_unreadable_picture_and_missing_keys_are_wrong_input(in_folder):
    Image.new("L", (300, 300), 255).save("blank.png")
    assert "0 QR codes" in run("verify", "blank.png", code=2)
    assert "kiosk-central keys" in run("verify", example("participation").qr, "--keys", "none.json", code=2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "diploma"}, "$.kind"),
        ({"number": 5}, "$.number"),
        ({"months": [{"month": "2025-13"}]}, "$.months[0].month"),
        ({"holder_name": None}, "$.holder_name"),
    ],
)
def test_a_wrong_document_is_refused_with_its_field(in_folder, change, words):
    (in_folder / "document.json").write_text(json.dumps(json.loads(examples()["participation"]) | change))
    output = run("render", "document.json", "--profile", PROFILE, "--out", "paper.png", code=2)
    assert words in output and "document.json" in output
    assert not (in_folder / "paper.png").exists()


def test_a_document_that_lacks_a_field_or_is_no_json_is_refused(in_folder):
    content = json.loads(examples()["participation"])
    del content["sex"]
    (in_folder / "lacking.json").write_text(json.dumps(content))
    (in_folder / "broken.json").write_text("{")
    assert "`sex`" in run("render", "lacking.json", "--profile", PROFILE, "--out", "p.png", code=2)
    assert "broken.json" in run("render", "broken.json", "--profile", PROFILE, "--out", "p.png", code=2)


def test_an_unknown_profile_is_refused_with_the_known_ones(in_folder):
    assert PROFILE in run("render", "document.json", "--profile", "daisy-wheel", "--out", "p.png", code=2)


def test_a_character_that_no_font_has_is_not_printed(in_folder):
    content = json.loads(examples()["participation"]) | {"holder_name": "王\U0010fffd"}
    (in_folder / "document.json").write_text(json.dumps(content))
    assert "U+10FFFD" in run("render", "document.json", "--profile", PROFILE, "--out", "p.png", code=1)


def test_the_examples_are_listed_and_printed(in_folder):
    assert run("examples").split() == list(examples())
    assert json.loads(run("examples", "self-check"))["kind"] == "self-check"
    assert "self-check" in run("examples", "diploma", code=2)


def test_with_the_centres_own_keys_an_employers_certificate_of_the_counter_is_genuine(in_folder):
    def ask_centre(*arguments, code=0):
        result = CliRunner().invoke(central, [*arguments, "--data", "centre"])
        assert result.exit_code == code, result.output
        return result.stdout

    issue = ["issue-unit", "unit-participation"]
    where = ["--region", "610200", "--public-url", "https://rs.example.gov.cn"]
    ask_centre("seed")
    (in_folder / "keys.json").write_text(ask_centre("keys"))
    (in_folder / "unit.json").write_text(ask_centre(*issue, "91999999MA00000154", *where))
    run("render", "unit.json", "--profile", PROFILE, "--out", "unit.png")
    found = json.loads(run("verify", "unit.png", "--keys", "keys.json", "--json"))
    assert found["certificate"]["kind"] == "unit-participation"
    assert found["certificate"]["name"] == "铜川市"
    ask_centre(*issue, "91999999MA0000999X", *where, code=1)
    ask_centre(*issue, "no code", *where, code=2)
