"""Arrays are packed to the very bytes that psycopg makes, only quicker."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from psycopg.adapt import PyFormat, Transformer

from central.store.arrays import bigints, moments, texts

BIG = st.integers(2**31, 2**63 - 1)
WHEN = st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC))


def by_psycopg(values: list) -> bytes:
    return bytes(Transformer().get_dumper(values, PyFormat.BINARY).dump(values))


@given(st.lists(st.text(), min_size=1))
def test_texts(values):
    assert texts(values) == by_psycopg(values)


@given(st.lists(BIG, min_size=1))
def test_numbers(values):
    assert bigints(values) == by_psycopg(values)


@given(st.lists(WHEN, min_size=1))
def test_moments(values):
    assert moments(values) == by_psycopg(values)


def test_nothing_at_all():
    assert texts([]).hex() == "000000000000000000000019"
