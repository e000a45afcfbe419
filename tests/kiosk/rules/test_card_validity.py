"""How long a card is valid."""

import pytest

NONE = {"status": "valid", "prompt": None, "until": None}


def answer(status, prompt, until):
    return {"status": status, "prompt": prompt, "until": until}


VALIDITY = [
    # ten years, the day with the same number being the last one
    ("440200", {"today": "2026-11-22", "issued": "2016-11-22"}, answer("valid", None, "2026-11-22")),
    ("440200", {"today": "2026-11-23", "issued": "2016-11-22"}, answer("expired", "renew", "2026-11-22")),
    ("650200", {"today": "2026-01-01", "issued": "2016-02-29"}, answer("valid", None, "2026-02-28")),
    # 大连: three months before the end
    ("210200", {"today": "2026-08-21", "issued": "2016-11-22"}, answer("valid", None, "2026-11-22")),
    ("210200", {"today": "2026-08-22", "issued": "2016-11-22"}, answer("valid", "renew-soon", "2026-11-22")),
    ("210200", {"today": "2026-11-22", "issued": "2016-11-22"}, answer("valid", "renew-soon", "2026-11-22")),
    ("210200", {"today": "2026-11-23", "issued": "2016-11-22"}, answer("expired", "renew", "2026-11-22")),
    ("210000", {"today": "2026-08-22", "issued": "2016-11-22"}, answer("valid", None, "2026-11-22")),
    # the date on the chip goes before the date of issue; where no years are stated, only the chip counts
    (
        "210200",
        {"today": "2026-11-22", "issued": "2016-11-22", "valid_until": "2030-01-01"},
        answer("valid", None, "2030-01-01"),
    ),
    (
        "610200",
        {"today": "2026-11-22", "valid_until": "2026-11-21"},
        answer("expired", "renew", "2026-11-21"),
    ),
    ("610200", {"today": "2026-11-22", "issued": "2006-11-22"}, NONE),
    # a third-generation card has no date and does not expire
    ("210200", {"today": "2026-11-22", "issued": "2006-11-22", "generation": 3}, NONE),
    ("210200", {"today": "2026-11-22", "issued": "2006-11-22", "generation": 3, "valid_until": None}, NONE),
    ("210200", {"today": "2026-11-22", "issued": "2006-11-22", "valid_until": None}, NONE),
    (
        "210200",
        {"today": "2026-11-22", "issued": "2006-11-22", "generation": 2, "valid_until": None},
        answer("expired", "renew", "2016-11-22"),
    ),
    (
        "210200",
        {"today": "2026-11-22", "generation": 3, "valid_until": "2026-12-31"},
        answer("valid", "renew-soon", "2026-12-31"),
    ),
    # 韶关: unused for two whole years
    ("440200", {"today": "2026-11-22", "last_used": "2024-11-22"}, NONE),
    ("440200", {"today": "2026-11-23", "last_used": "2024-11-22"}, answer("needs-review", "review", None)),
    (
        "440200",
        {"today": "2026-11-23", "last_used": "2024-11-22", "issued": "2010-01-01"},
        answer("expired", "renew", "2020-01-01"),
    ),
    ("210200", {"today": "2026-11-23", "last_used": "2014-11-22"}, NONE),
    # 克拉玛依: a temporary card, sixty days
    (
        "650200",
        {"today": "2026-04-30", "temporary_issued": "2026-03-01"},
        answer("valid", None, "2026-04-30"),
    ),
    (
        "650200",
        {"today": "2026-05-01", "temporary_issued": "2026-03-01"},
        answer("expired", "return-and-cancel", "2026-04-30"),
    ),
    (
        "650200",
        {"today": "2026-03-20", "temporary_issued": "2026-03-01", "collected": True},
        answer("valid", "return-and-cancel", "2026-04-30"),
    ),
    (
        "650200",
        {"today": "2026-03-20", "temporary_issued": "2026-03-01", "collected": "2026-03-21"},
        answer("valid", None, "2026-04-30"),
    ),
    ("210200", {"today": "2026-03-20", "temporary_issued": "2026-03-01"}, NONE),
    # 武汉: collect within six months
    ("420100", {"today": "2026-07-15", "notified": "2026-01-15"}, answer("valid", "collect", "2026-07-15")),
    ("420100", {"today": "2026-07-16", "notified": "2026-01-15"}, answer("returned", "recall", "2026-07-15")),
    ("420100", {"today": "2026-07-16", "notified": "2026-01-15", "collected": "2026-07-16"}, NONE),
    (
        "420100",
        {"today": "2026-07-16", "notified": "2026-01-15", "collected": False},
        answer("returned", "recall", "2026-07-15"),
    ),
    ("610200", {"today": "2026-07-16", "notified": "2026-01-15"}, answer("valid", "collect", None)),
]


@pytest.mark.parametrize(("region", "question", "expected"), VALIDITY)
def test_a_card_is_valid_as_long_as_the_source_says(ask, region, question, expected):
    assert ask("card-validity", region=region, **question) == expected


BEGINNINGS = [
    (
        "210200",
        "2012-12-12",
        "2012-12-13",
        {"issued": "2002-01-01"},
        answer("expired", "renew", "2012-01-01"),
    ),
    (
        "440200",
        "2005-12-31",
        "2006-01-01",
        {"last_used": "2003-01-01"},
        answer("needs-review", "review", None),
    ),
    (
        "210200",
        "2012-12-12",
        "2012-12-13",
        {"valid_until": "2013-01-01"},
        answer("valid", "renew-soon", "2013-01-01"),
    ),
]


@pytest.mark.parametrize(("region", "before", "since", "question", "expected"), BEGINNINGS)
def test_a_period_counts_since_its_source_is_in_force(ask, region, before, since, question, expected):
    silent = answer("valid", None, question.get("valid_until"))

    assert ask("card-validity", region=region, today=before, **question) == silent
    assert ask("card-validity", region=region, today=since, **question) == expected


def test_a_waiting_card_and_its_recall_are_known_since_the_source_is_in_force(ask):
    question = {"region": "420100", "notified": "2010-01-15"}

    assert ask("card-validity", today="2010-12-31", **question) == answer("valid", "collect", None)
    assert ask("card-validity", today="2011-01-01", **question) == answer("returned", "recall", "2010-07-15")
