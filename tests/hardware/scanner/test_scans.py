"""Where a scan ends, what is no token, and when the same code is the same scan."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanner.scans import MOST_IN_VIEW, Scans
from hardware.scanner.token import LIFETIME

TOKEN = b"Qr-token/0123456789=="
PRINTABLE = st.lists(st.integers(0x20, 0x7E), min_size=1, max_size=512).map(bytes)


def tokens(*pieces, now=0.0):
    scans = Scans()
    return [bytes(token) for piece in pieces for token in scans.feed(piece, now)]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_a_line_end_ends_a_scan(end):
    assert tokens(TOKEN + end) == [TOKEN]


def test_a_pause_ends_a_scan():
    scans = Scans()
    assert list(scans.feed(TOKEN, 0.0)) == []
    assert scans.under_way
    assert [bytes(token) for token in scans.end(0.05)] == [TOKEN]
    assert not scans.under_way


def test_a_scan_may_come_in_pieces():
    assert tokens(TOKEN[:5], TOKEN[5:], b"\r") == [TOKEN]


def test_two_scans_may_come_at_once():
    assert tokens(b"first\rsecond\r") == [b"first", b"second"]


def test_512_bytes_are_a_token_and_513_are_none():
    assert [len(token) for token in tokens(b"x" * 512 + b"\r" + b"y" * 513 + b"\r" + b"z\r")] == [512, 1]


@pytest.mark.parametrize("byte", [0x00, 0x1B, 0x7F, 0x80, 0xFF])
def test_a_scan_that_is_not_printable_is_refused_whole(byte):
    scans = Scans()
    heard = [*scans.feed(b"be" + bytes([byte]) + b"fore\rafter\r", 0.0)]
    assert heard == [b"after"]
    assert scans.refused == 1


def test_the_same_code_is_one_scan_for_as_long_as_it_is_held_before_the_scanner():
    scans = Scans()
    heard = [(now, *scans.feed(TOKEN + b"\r", now)) for now in (0.0, 0.5, 2.9, 5.8, 8.9)]
    assert [now for now, *found in heard if found] == [0.0, 8.9]


def test_another_code_is_another_scan_at_once():
    assert tokens(b"first\rsecond\r") == [b"first", b"second"]


def test_of_several_codes_in_view_each_is_one_scan():
    scans, heard = Scans(), []
    for turn in range(20):  # two phones and a printed code before the scanner for four seconds
        for code in (b"first", b"second", b"third"):
            heard += [bytes(token) for token in scans.feed(code + b"\r", turn * 0.2)]
    assert heard == [b"first", b"second", b"third"]


def test_the_codes_that_are_known_again_are_bounded():
    scans = Scans()
    for number in range(10_000):
        list(scans.feed(b"%d\r" % number, 0.0))
    assert len(scans._in_view._last_seen) == MOST_IN_VIEW


def test_a_pause_is_no_end_once_the_scanner_has_ended_a_code_with_a_line_end():
    scans = Scans()
    heard = [*scans.feed(b"before\r", 0.0), *scans.feed(b"first-", 10.0), *scans.end(10.06)]
    heard += [*scans.feed(b"half", 10.5), *scans.end(11.4), *scans.feed(b"\r", 11.45)]
    assert heard == [b"before", b"first-half"]


@pytest.mark.parametrize("late", [LIFETIME, 10 * LIFETIME])
def test_half_a_code_is_never_a_token_however_late_the_rest_comes(late):
    scans = Scans()
    heard = [*scans.feed(b"before\r", 0.0), *scans.feed(b"half-", 10.0), *scans.end(10.0 + late)]
    assert "half" not in repr(vars(scans))
    heard += [*scans.feed(b"the rest", 10.0 + late), *scans.end(11.0 + late), *scans.feed(b"\r", 20.0 + late)]
    heard += scans.feed(b"after\r", 21.0 + late)
    assert (heard, scans.refused) == ([b"before", b"after"], 1)


@pytest.mark.parametrize("pause", [0.06, 1.0, 2.9, 3.1, 30.0, LIFETIME - 1])
@pytest.mark.parametrize("read", [1, 5, 9])
def test_a_pause_inside_a_code_ends_nothing_at_whatever_byte(pause, read):
    scans = Scans()
    heard = [*scans.feed(b"before\r", 0.0), *scans.feed(b"TOKEN-987"[:read], 10.0)]
    heard += [token for silence in (0.05, pause) for token in scans.end(10.0 + silence)]
    heard += scans.feed(b"TOKEN-987"[read:] + b"\r", 10.0 + pause)
    assert (heard, scans.refused) == ([b"before", b"TOKEN-987"], 0)


def test_nothing_of_a_token_is_kept_to_know_it_again():
    scans = Scans()
    list(scans.feed(TOKEN + b"\r", 0.0))
    assert TOKEN not in repr(vars(scans)).encode()


@given(PRINTABLE.filter(lambda token: token[:1] not in b"]\\"), st.lists(st.integers(0, 512), max_size=6))
def test_any_printable_scan_in_any_pieces_is_the_token(token, cuts):
    edges = sorted({0, len(token), *(cut for cut in cuts if cut < len(token))})
    pieces = [token[start:end] for start, end in pairwise(edges)]
    assert tokens(*pieces, b"\r") == [token]


@given(st.lists(st.binary(max_size=700), max_size=4))
def test_any_bytes_give_only_printable_tokens_of_the_right_length(pieces):
    for token in tokens(*pieces, b"\r"):
        assert 1 <= len(token) <= 512
        assert all(0x20 <= byte < 0x7F for byte in token)
