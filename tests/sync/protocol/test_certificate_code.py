"""The signed body of the QR code. OpenSSL and a QR reader check it in tests/central/certificates."""

import base64
from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol import certificate_code
from sync.protocol.certificate_code import CertificateCode, CodeError, id_hash, short_name
from tests.keys import a_key, known
from tests.people import WANG

KEY = a_key()
KNOWN = known(KEY)
CODE = CertificateCode(
    key_id=1,
    kind=1,
    number=610200202600000001,
    issued_at=datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC),
    region="610200",
    id_hash=id_hash(WANG.id_number, 610200202600000001),
    name="王建国",
    months=349,
    last_month="2026-10",
)
codes = st.builds(
    CertificateCode,
    key_id=st.integers(0, 255),
    kind=st.integers(0, 255),
    number=st.integers(0, 2**64 - 1),
    issued_at=st.integers(0, 2**32 - 1).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    region=st.integers(0, 999_999).map("{:06}".format),
    id_hash=st.binary(min_size=10, max_size=10),
    name=st.text(
        st.characters(min_codepoint=0x3400, max_codepoint=0x3134A, exclude_categories=["Cs"]), max_size=6
    ).map(short_name),
    months=st.integers(0, 65535),
    last_month=st.dates(date(1950, 1, 1), date(2999, 1, 1)).map("{:%Y-%m}".format) | st.just(""),
)


@given(codes)
def test_what_was_signed_is_what_is_read(code):
    text = certificate_code.sign(code, KEY)
    assert certificate_code.verify(text, KNOWN) == code
    assert certificate_code.read(text) == code


def test_it_is_42_bytes_and_a_signature_in_a_form_that_urls_take():
    text = certificate_code.sign(CODE, KEY)
    assert len(text) == 142  # 106 bytes
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(st.integers(0, 140), st.sampled_from("ABab01-_"))
def test_no_changed_character_passes(place, letter):
    text = certificate_code.sign(CODE, KEY)
    changed = text[:place] + letter + text[place + 1 :]
    if changed != text:
        with pytest.raises(CodeError):
            certificate_code.verify(changed, KNOWN)


def test_another_key_does_not_verify_it():
    with pytest.raises(CodeError, match="did not sign"):
        certificate_code.verify(certificate_code.sign(CODE, KEY), known(a_key()))


@given(st.text(max_size=200))
def test_any_other_text_is_no_code(text):
    with pytest.raises(CodeError):
        certificate_code.verify(text, KNOWN)


def test_an_unknown_format_or_algorithm_is_said_to_be_unknown():
    raw = b"\x14" + bytes(105)
    with pytest.raises(CodeError, match="algorithm 4"):
        certificate_code.read(base64.urlsafe_b64encode(raw).decode().rstrip("="))


def test_a_long_name_is_cut_between_characters():
    assert short_name("欧阳晴") == "欧阳晴"
    assert short_name("买买提·吐尔逊") == "买买提"
    assert short_name("𠅤𠅤𠅤") == "𠅤𠅤"


def test_equal_people_do_not_show_in_two_codes():
    assert id_hash(WANG.id_number, 1) != id_hash(WANG.id_number, 2)


def test_its_repr_names_nobody():
    assert "王" not in repr(CODE)
    assert "王" not in repr(msgspec.structs.replace(CODE, number=5))
