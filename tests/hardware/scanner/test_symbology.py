"""What a scanner puts around a code is not part of the token."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanner.scans import LONGEST, Scans
from hardware.scanner.symbology import unwrap

TOKEN = b"Qr-token/0123456789=="


def unwrapped(scan: bytes) -> bytes:
    data = bytearray(scan)
    unwrap(data)
    return bytes(data)


@pytest.mark.parametrize(
    "wrapping",
    [
        b"",
        b"]Q0",
        b"]Q1",
        b"]Q2",
        b"]Q3",
        b"]d2",
        b"\\000026",
        b"]Q2\\000026",
        b"]Q1\\000003",
        b"]Q2\\000029",
    ],
)
def test_the_token_is_the_same_however_the_scanner_is_set(wrapping):
    assert unwrapped(wrapping + TOKEN) == TOKEN


@pytest.mark.parametrize(
    ("scan", "data"),
    [
        (rb"]Q2a\\b", rb"a\b"),  # with ECI, a backslash of the data is sent twice
        (rb"\000026a\\b", rb"a\b"),
        (rb"]Q2\\000026", rb"\000026"),  # and so is one before six digits
        (rb"]Q2\000026first\000003second", b"firstsecond"),
        (rb"]Q1a\\b", rb"a\\b"),  # without, it is itself
        (rb"a\000026", rb"a\000026"),
        (rb"\00002", rb"\00002"),  # no designator
        (b"]Q", b"]Q"),
        (b"a]Q2b", b"a]Q2b"),
        (b"]Q2\\", b"\\"),
        (b"", b""),
        (b"]Q2", b""),
    ],
)
def test_only_what_the_scanner_added_is_taken_away(scan, data):
    assert unwrapped(scan) == data


@given(st.binary(max_size=600).map(lambda data: data.replace(b"\\", b"\\\\")))
def test_any_data_sent_with_eci_comes_back(escaped):
    assert unwrapped(b"]Q2\\000026" + escaped) == escaped.replace(b"\\\\", b"\\")


@given(st.binary(max_size=60))
def test_any_bytes_are_unwrapped_without_a_stumble(scan):
    assert len(unwrapped(scan)) <= len(scan)


def test_the_same_code_is_one_scan_with_and_without_its_wrapping():
    assert [bytes(token) for token in Scans().feed(TOKEN + b"\r]Q2\\000026" + TOKEN + b"\r", 0.0)] == [TOKEN]


@pytest.mark.parametrize(("length", "tokens"), [(LONGEST, 1), (LONGEST + 1, 0)])
def test_the_longest_token_is_measured_without_its_wrapping(length, tokens):
    assert len(list(Scans().feed(b"]Q2\\000026" + b"x" * length + b"\r", 0.0))) == tokens
    assert len(list(Scans().feed(b"]Q2\\000026" + b"\\" * 2 * length + b"\r", 0.0))) == tokens


def test_a_code_of_nothing_but_wrapping_is_no_token():
    assert list(Scans().feed(b"]Q2\\000026\r", 0.0)) == []
