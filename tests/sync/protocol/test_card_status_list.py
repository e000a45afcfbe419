"""The card status list on the wire: small, exact, and refused when it is not whole."""

import hashlib
import random

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol import card_status_list
from sync.protocol.card_status_list import CardStatusListError, Listed, ListHeader, card_hash, decode, encode

KEY = bytes(range(32))
cards = st.dictionaries(st.integers(0, 2**40 - 1), st.sampled_from(Listed), max_size=60)


def header(rows: int) -> ListHeader:
    return ListHeader(epoch="e1", seq=7, rows=rows, checksum="00" * 8)


def encoded(listed: dict[int, Listed]) -> bytes:
    hashes = sorted(listed)
    return encode(header(len(listed)), hashes, bytes(listed[card] for card in hashes))


@given(cards)
def test_what_is_encoded_comes_back_in_the_order_of_the_hashes(listed):
    found, entries = decode(encoded(listed))
    assert found == header(len(listed))
    assert list(entries) == sorted(listed.items())


@given(cards.filter(bool), st.data())
def test_a_list_cut_short_is_refused(listed, data):
    whole = encoded(listed)
    with pytest.raises(CardStatusListError):
        decode(whole[: data.draw(st.integers(0, len(whole) - 1))])


@pytest.mark.parametrize(
    ("hashes", "statuses"), [([5, 5], b"\1\1"), ([2**40 - 1, 2**40], b"\1\1"), ([5], b"\4"), ([5], b"\0")]
)
def test_hashes_out_of_order_or_range_and_unknown_statuses_are_refused(hashes, statuses):
    with pytest.raises(CardStatusListError):
        decode(encode(header(len(hashes)), hashes, statuses))


def test_another_version_is_refused():
    with pytest.raises(CardStatusListError):
        decode(encoded({}).replace(b'"version":1', b'"version":2'))


def test_a_card_is_known_by_a_keyed_hash_of_40_bits():
    expected = hashlib.blake2b(b"610200D15600000500000001A1B2C3D4", digest_size=5, key=KEY).hexdigest()
    card = card_hash(KEY, "610200D15600000500000001A1B2C3D4")
    assert card_status_list.row_key(card) == expected
    assert card_hash(bytes(32), "610200D15600000500000001A1B2C3D4") != card


def test_a_card_takes_less_than_three_bytes_whatever_the_statuses_are():
    chance = random.Random(1)
    # As dense as a million cards among all hashes.
    hashes = sorted(chance.sample(range(2**40 // 5), 200_000))
    plain = encode(header(len(hashes)), hashes, bytes(chance.choices(list(Listed), k=len(hashes))))
    assert len(zstandard.ZstdCompressor(level=9).compress(plain)) < 3 * len(hashes)
