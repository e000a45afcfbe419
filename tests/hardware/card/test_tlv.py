import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.card.tlv import TlvError, walk


def test_nested_objects_are_walked_in_order():
    assert list(walk(bytes.fromhex("700A5A0212349F6103414243"))) == [(0x5A, b"\x12\x34"), (0x9F61, b"ABC")]


@pytest.mark.parametrize("cut", ["70", "705A", "5A021", "9F", "5A8301", "5A820100", "1F8181"])
def test_bytes_that_end_too_early_or_lie_about_their_length_are_refused(cut):
    with pytest.raises(TlvError):
        list(walk(bytes.fromhex(cut + "0" * (len(cut) % 2))))


@given(st.binary(max_size=60))
def test_any_bytes_are_walked_or_refused(data):
    with contextlib.suppress(TlvError):
        assert all(len(value) <= len(data) for _, value in walk(data))
