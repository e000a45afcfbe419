"""Where the pension is claimed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.rules.benefit_place import benefit_place

PLACES = [
    ("A", "A", [["B", 200], ["A", 12]], [], "A", 1),
    ("A", "B", [["A", 60], ["B", 120]], [], "B", 2),
    ("A", "B", [["B", 60], ["C", 150], ["B", 60]], [], "B", 2),
    ("A", "B", [["C", 120], ["B", 119]], [], "C", 3),
    ("A", "B", [["C", 130], ["D", 140], ["B", 60]], [], "D", 3),
    ("A", "B", [["D", 60], ["C", 130], ["D", 60], ["B", 60]], [], "D", 3),
    ("A", "B", [["A", 180], ["B", 60]], [], "A", 3),
    ("A", "B", [["C", 119], ["B", 119]], [], "A", 4),
    ("A", "B", [], [], "A", 4),
    ("A", "B", [["C", 130], ["B", 140]], ["B"], "C", 2),
    ("A", "B", [["A", 130], ["B", 140]], ["B"], "A", 1),
    ("A", "B", [["C", 130], ["D", 50], ["B", 140]], ["B", "C"], "A", 4),
    ("A", "B", [["B", 140]], ["B"], "A", 1),
]


@pytest.mark.parametrize(("hukou", "last_place", "history", "temporary", "place", "rule"), PLACES)
def test_the_place_of_claim_follows_the_four_rules(ask, hukou, last_place, history, temporary, place, rule):
    result = ask(
        "benefit-place", hukou=hukou, last_place=last_place, history=history, temporary_accounts=temporary
    )

    assert result == {"place": place, "rule": rule}


places = st.sampled_from("ABCD")


@given(places, places, st.lists(st.tuples(places, st.integers(0, 200))).map(tuple))
def test_the_place_is_the_hukou_or_one_with_ten_years(hukou, last_place, history):
    result = benefit_place(hukou, last_place, history).result
    paid = sum(months for place, months in history if place == result.place)

    assert (result.place == hukou) if result.rule in (1, 4) else paid >= 120
