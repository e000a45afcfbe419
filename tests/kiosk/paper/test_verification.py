"""A QR code is checked with the centre's public keys alone."""

import base64
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kiosk.paper.certificates.verification import (
    KeysError,
    Reason,
    UnreadablePictureError,
    load_keys,
    read_picture,
    verify,
)
from tests.keys import a_key, known
from tests.kiosk.paper.documents import KEYS, TODAY, example
from tests.people import OUYANG
from tools.sign_examples import KEY_ID

DOCUMENT = example("participation")


def test_a_genuine_code_says_what_it_certifies():
    verdict = verify(DOCUMENT.qr, KEYS, TODAY)
    assert verdict.genuine and verdict.reason is None
    found = verdict.certificate
    assert (found.kind, found.number, found.region) == ("participation", DOCUMENT.number, "610200")
    assert (found.name, found.months, found.last_month) == ("王建国", 349, "2026-10")
    assert found.issued_at == DOCUMENT.issued_at
    assert (found.valid_until, found.expired) == (date(2027, 2, 22), False)


def test_the_signed_part_alone_is_enough():
    assert verify(DOCUMENT.qr.partition("#")[2], KEYS, TODAY).genuine


def test_one_past_its_last_day_is_genuine_and_said_to_be_expired():
    assert not verify(DOCUMENT.qr, KEYS, date(2027, 2, 22)).certificate.expired
    late = verify(DOCUMENT.qr, KEYS, date(2027, 2, 23))
    assert late.genuine and late.certificate.expired


def test_a_voucher_has_no_last_day():
    found = verify(example("transfer-voucher").qr, KEYS, date(2099, 1, 1)).certificate
    assert found.valid_until is None and not found.expired


def test_a_key_that_is_not_trusted_is_named_as_such():
    assert verify(DOCUMENT.qr, {1: KEYS[KEY_ID]}, TODAY).reason is Reason.UNKNOWN_KEY


def test_another_key_under_the_same_number_did_not_sign_it():
    other = {KEY_ID: known(a_key())}
    verdict = verify(DOCUMENT.qr, other, TODAY)
    assert (verdict.genuine, verdict.reason, verdict.certificate) == (False, Reason.WRONG_SIGNATURE, None)


@given(st.integers(2, 105), st.integers(1, 255))
def test_no_byte_of_the_content_or_the_signature_can_be_changed(place, change):
    raw = bytearray(base64.urlsafe_b64decode(DOCUMENT.qr.partition("#")[2] + "=="))
    raw[place] ^= change
    forged = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    assert verify(forged, KEYS, TODAY).reason is Reason.WRONG_SIGNATURE


@settings(max_examples=40)
@given(st.text(max_size=300))
def test_anything_else_is_not_our_code(text):
    assert verify(text, KEYS, TODAY).reason is Reason.NOT_OUR_CODE


def test_the_page_of_a_look_alike_site_is_not_our_code():
    assert verify("https://rs.examp1e.gov.cn/verify/TQY6MUFKBZNN", KEYS, TODAY).reason is Reason.NOT_OUR_CODE


def test_the_code_of_a_namesake_is_found_out_by_the_id_number():
    assert verify(DOCUMENT.qr, KEYS, TODAY, DOCUMENT.id_number).genuine
    verdict = verify(DOCUMENT.qr, KEYS, TODAY, OUYANG.id_number)
    assert (verdict.genuine, verdict.reason) == (False, Reason.OTHER_ID_NUMBER)
    lower_case = example("pension-receipt")
    assert verify(lower_case.qr, KEYS, TODAY, lower_case.id_number.lower()).genuine


@pytest.mark.parametrize("name", ["keys.json", "keys.toml"])
def test_keys_are_read_from_json_and_toml(tmp_path, name):
    text = KEYS[KEY_ID].public
    path = tmp_path / name
    path.write_text(f'{KEY_ID} = "{text}"' if name.endswith("toml") else f'{{"{KEY_ID}": "{text}"}}')
    assert verify(DOCUMENT.qr, load_keys(path), TODAY).genuine


@pytest.mark.parametrize("content", ["", "[]", '{"one": "x"}', '{"1": "AAAA"}', '{"1": "!"}', '{"1": 5}'])
def test_a_file_that_holds_no_keys_is_refused_with_what_to_do(tmp_path, content):
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(KeysError, match="kiosk-central keys"):
        load_keys(path)


def test_a_missing_file_of_keys_is_refused(tmp_path):
    with pytest.raises(KeysError, match=r"keys\.json"):
        load_keys(tmp_path / "keys.json")


def test_a_picture_without_a_code_and_a_file_that_is_no_picture_are_unreadable(tmp_path):
    Image.new("L", (400, 400), 255).save(tmp_path / "blank.png")
    (tmp_path / "text.png").write_text("no picture")
    for name in ("blank.png", "text.png", "missing.png"):
        with pytest.raises(UnreadablePictureError, match=name):
            read_picture(tmp_path / name)
