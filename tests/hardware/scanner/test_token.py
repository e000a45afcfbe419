"""A token is good for one use and for one minute, and never shows what it is."""

import copy
import pickle

import pytest

from hardware.scanner.token import Token, TokenGoneError

VALUE = b"not-a-real-token"


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_token_is_taken_once(clock):
    token = Token(bytearray(VALUE), clock)
    assert token.take() == VALUE
    with pytest.raises(TokenGoneError):
        token.take()


def test_a_taken_token_leaves_nothing_behind(clock):
    value = bytearray(VALUE)
    Token(value, clock).take()
    assert not value


def test_a_token_is_good_for_a_minute(clock):
    token = Token(bytearray(VALUE), clock)
    clock.now += 59.9
    assert token.take() == VALUE


def test_a_token_is_too_old_after_a_minute_and_is_wiped(clock):
    value = bytearray(VALUE)
    token = Token(value, clock)
    clock.now += 60.0
    with pytest.raises(TokenGoneError):
        token.take()
    assert not value


def test_a_forgotten_token_is_gone(clock):
    token = Token(bytearray(VALUE), clock)
    token.forget()
    with pytest.raises(TokenGoneError):
        token.take()


@pytest.mark.parametrize("show", [str, repr, "{}".format, "{!r:>20}".format])
def test_a_token_never_shows_what_it_is(clock, show):
    assert VALUE.decode() not in show(Token(bytearray(VALUE), clock))


@pytest.mark.parametrize("keep", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_token_is_never_copied_or_stored(clock, keep):
    with pytest.raises(TypeError):
        keep(Token(bytearray(VALUE), clock))
