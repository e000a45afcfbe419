"""Signed requests: as RFC 9421 has them, and worthless once anything is changed."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol import signature
from sync.protocol.algorithms import Ed25519Key, P256Key
from sync.protocol.signature import SignatureError, Target

KEY = Ed25519Key.generate()
CREATED = datetime(2026, 11, 22, 9, tzinfo=UTC)
# RFC 9421, appendix B.1.4 and B.2.6.
RFC_KEY = "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF"
RFC_COMPONENTS = {
    "date": "Tue, 20 Apr 2021 02:07:55 GMT",
    "@method": "POST",
    "@path": "/foo",
    "@authority": "example.com",
    "content-type": "application/json",
    "content-length": "18",
}
RFC_PARAMETERS = (
    '("date" "@method" "@path" "@authority" "content-type" "content-length")'
    ';created=1618884473;keyid="test-key-ed25519"'
)
RFC_SIGNATURE = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="


TARGET = Target.of("POST", "https://centre.example/v1/events")


def headers(key=KEY, target=TARGET, body=b"body") -> dict[str, str]:
    signed = signature.sign(key, "610200-001", target, body, CREATED)
    return {name.lower(): value for name, value in signed.items()}


def checked(given, target=TARGET, body=b"body", key=KEY) -> signature.Signed:
    signed = signature.read(given, target, body)
    signature.verify(signed, key.algorithm, key.public_key)
    return signed


def test_the_example_of_the_rfc_comes_out():
    key: Any = load_der_private_key(base64.b64decode(RFC_KEY), None)
    made = key.sign(signature.signature_base(RFC_COMPONENTS, RFC_PARAMETERS))
    assert base64.b64encode(made).decode() == RFC_SIGNATURE


def test_the_digest_is_the_one_of_rfc_9530():
    digest = signature.content_digest(b'{"hello": "world"}\n')
    assert digest == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


def test_a_signed_request_says_who_when_and_with_which_key():
    signed = checked(headers())
    assert (signed.kiosk_id, signed.created) == ("610200-001", CREATED)
    assert signed.key_id == KEY.key_id


@pytest.mark.parametrize(
    "change",
    [
        {"target": TARGET._replace(method="PUT")},
        {"target": TARGET._replace(authority="other.example")},
        {"target": TARGET._replace(path="/v1/certificates")},
        {"target": TARGET._replace(query="?a=1")},
        {"body": b"other"},
        {"key": Ed25519Key.generate()},
        {"key": P256Key.generate()},
    ],
    ids=["method", "host", "path", "query", "body", "key", "algorithm"],
)
def test_a_request_that_was_changed_or_signed_by_another_is_refused(change):
    with pytest.raises(SignatureError):
        checked(headers(), **change)


@pytest.mark.parametrize("name", ["signature", "signature-input", "content-digest"])
def test_a_request_without_its_headers_is_refused(name):
    given = headers()
    del given[name]
    with pytest.raises(SignatureError):
        checked(given)


def test_an_unknown_algorithm_is_refused():
    given = headers()
    given["signature-input"] = given["signature-input"].replace("ed25519", "none")
    with pytest.raises(SignatureError):
        checked(given)


@given(st.sampled_from(["signature", "signature-input", "content-digest"]), st.data())
def test_no_changed_character_in_a_header_passes(name, data):
    changed = headers()
    value = changed[name]
    place = data.draw(st.integers(0, len(value) - 1))
    letter = data.draw(
        st.characters(min_codepoint=32, max_codepoint=0x17F).filter(lambda each: each != value[place])
    )
    changed[name] = value[:place] + letter + value[place + 1 :]
    try:
        signed = checked(changed)
    except SignatureError:
        return
    # Only the last character of a base64 text has bits that mean nothing.
    assert name == "signature"
    assert signed.signature == checked(headers()).signature


@given(st.dictionaries(st.sampled_from(["signature", "signature-input", "content-digest"]), st.text()))
def test_whatever_the_headers_hold_is_refused_in_order(anything):
    with pytest.raises(SignatureError):
        checked(anything)
