import copy
import json
import pickle
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.card.pin import Pin

pins = st.text("0123456789", min_size=4, max_size=12)


def make(digits: str) -> Pin:
    return Pin(bytearray(digits.encode()))


@given(pins)
def test_digits_are_packed_two_a_byte_and_an_odd_one_is_filled_with_f(digits):
    assert make(digits).packed().hex() == digits + "f" * (len(digits) % 2)


def test_the_documented_example_is_packed_as_documented():
    assert make("12345").packed() == bytes.fromhex("12345F")


@pytest.mark.parametrize("wrong", [b"", b"123", b"1234567890123", b"12345a", "１２３４５６".encode()])
def test_what_is_no_pin_is_refused_without_being_repeated(wrong):
    with pytest.raises(ValueError, match="4 to 12 digits") as refusal:
        Pin(bytearray(wrong))
    assert not wrong or wrong.decode() not in str(refusal.value)


@pytest.mark.parametrize(
    "show", [str, repr, "{}".format, "{0!r}".format, lambda pin: f"{pin}", lambda pin: f"{[pin]}"]
)
def test_a_pin_never_shows_its_digits_nor_how_many(show):
    assert show(make("739154")) == show(make("1234"))
    assert "739154" not in show(make("739154"))


@pytest.mark.parametrize("store", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, hash])
def test_a_pin_is_never_stored_or_copied(store):
    with pytest.raises(TypeError):
        store(make("739154"))


def test_leaving_the_block_wipes_the_digits_also_after_an_error():
    typed = bytearray(b"739154")
    with pytest.raises(RuntimeError), Pin(typed):
        raise RuntimeError
    assert typed == bytes(6)


def test_a_wiped_pin_cannot_be_sent():
    pin = make("739154")
    pin.wipe()
    with pytest.raises(ValueError, match="wiped"):
        pin.packed()


def test_pins_are_compared_by_their_digits():
    assert make("739154").matches(make("739154"))
    assert not make("739154").matches(make("739155"))
    assert not make("739154").matches(make("7391"))


def test_the_digits_can_be_looked_at_and_not_written():
    digits = make("739154").digits
    assert list(digits) == list(b"739154")
    with pytest.raises(TypeError):
        digits[0] = 0x30


def test_a_traceback_with_locals_shows_no_digits():
    pin = make("739154")
    try:
        pin.packed()
        raise RuntimeError
    except RuntimeError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "pin = <Pin>" in shown
    assert "739154" not in shown
