"""The fee of a card."""

import pytest

from kiosk.rules.errors import InvalidInputError

FEES = [
    ("610000", "first", {}, True),
    ("610200", "lost", {}, None),
    ("650200", "first", {}, True),
    ("650200", "lost", {}, False),
    ("650200", "damaged", {}, False),
    ("650200", "expired", {}, False),
    ("650200", "face-information", {}, False),
    ("650200", "quality", {}, None),
    ("210200", "quality", {}, True),
    ("210200", "lost", {}, None),
    ("210000", "first", {}, None),
    ("371003", "first", {}, None),
    ("440200", "lost", {}, None),
    ("420100", "first", {}, False),
    ("420100", "lost", {}, False),
    ("420100", "lost", {"waiver": "disabled"}, True),
    ("420100", "first", {"waiver": "veteran"}, True),
    ("420100", "first", {"waiver": "recent-graduate"}, True),
    ("420100", "first", {"waiver": "registered-unemployed-business"}, True),
    ("610200", "lost", {"waiver": "disabled"}, None),
    ("420100", "quality", {"today": "2026-11-10"}, True),
    ("420100", "quality", {"today": "2026-11-11"}, False),
    ("420100", "damaged", {"today": "2026-06-11"}, False),
    ("110000", "first", {}, None),
]


@pytest.mark.parametrize(("region", "cause", "more", "waived"), FEES)
def test_a_card_is_free_where_the_source_says_so(ask, region, cause, more, waived):
    question = {"issued": "2026-05-10", "today": "2026-11-22"} | more

    assert ask("card-fee", region=region, cause=cause, **question) == {"waived": waived}


@pytest.mark.parametrize("missing", ["issued", "today"])
def test_where_the_day_of_issue_decides_it_must_be_given(ask, missing):
    question = {"issued": "2026-05-10", "today": "2026-11-22"}
    del question[missing]

    with pytest.raises(InvalidInputError) as refused:
        ask("card-fee", region="420100", cause="quality", **question)

    assert (refused.value.code, refused.value.field) == ("missing", missing)


@pytest.mark.parametrize(
    ("region", "question", "before", "since", "waived"),
    [
        ("610000", {"cause": "first"}, "2023-11-12", "2023-11-13", True),
        ("420100", {"cause": "lost"}, "2010-12-31", "2011-01-01", False),
        ("420100", {"cause": "lost", "waiver": "disabled"}, "2010-12-31", "2011-01-01", True),
        ("420100", {"cause": "quality", "issued": "2010-12-01"}, "2010-12-31", "2011-01-01", True),
    ],
)
def test_a_fee_is_waived_since_the_source_is_in_force(ask, region, question, before, since, waived):
    assert ask("card-fee", region=region, today=before, **question) == {"waived": None}
    assert ask("card-fee", region=region, today=since, **question) == {"waived": waived}
