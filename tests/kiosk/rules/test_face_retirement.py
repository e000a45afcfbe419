"""Retirement by face scan."""

from datetime import datetime

import pytest

from kiosk.rules.face_retirement import face_attempts
from kiosk.rules.periods import BEIJING

FIT = {
    "region": "610200",
    "type": "flexible",
    "months": 180,
    "age_reached": True,
    "deemed_years": False,
    "resident_pension": False,
    "institution_pension": False,
    "other_province_pension": False,
    "duplicate_insurance": False,
    "birth_matches_file": True,
    "open_case": False,
    "agency_managed": False,
}


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({}, []),
        ({"region": "610203"}, []),
        ({"region": "610000"}, ["region"]),
        ({"region": "371003"}, ["region"]),
        ({"type": "employee"}, ["type"]),
        ({"months": 179}, ["months"]),
        ({"age_reached": False}, ["age_reached"]),
        ({"deemed_years": True}, ["deemed_years"]),
        ({"deemed_years": 3}, ["deemed_years"]),
        ({"deemed_years": 0}, []),
        ({"resident_pension": True}, ["resident_pension"]),
        ({"institution_pension": True}, ["institution_pension"]),
        ({"other_province_pension": True}, ["other_province_pension"]),
        ({"duplicate_insurance": True}, ["duplicate_insurance"]),
        ({"birth_matches_file": False}, ["birth_matches_file"]),
        ({"open_case": True}, ["open_case"]),
        ({"agency_managed": True}, ["agency_confirmed"]),
        ({"agency_managed": True, "agency_confirmed": True}, []),
        ({"months": 0, "open_case": True}, ["months", "open_case"]),
    ],
)
def test_every_condition_of_retirement_by_face_scan_counts(ask, change, reasons):
    assert ask("face-retirement", **FIT | change) == {"allowed": not reasons, "reasons": reasons}


MINIMUM = [
    # the year of retirement, and the oracle: 15 years until 2029, half a year more each year, 20 years at most
    ("2024-12", 180),
    ("2029-12", 180),
    ("2030-01", 186),
    ("2034-06", 210),
    ("2039-01", 240),
    ("2050-01", 240),
]


@pytest.mark.parametrize(("retirement_month", "needed"), MINIMUM)
def test_the_months_are_compared_with_the_minimum_of_the_year_of_retirement(ask, retirement_month, needed):
    enough = FIT | {"retirement_month": retirement_month, "months": needed}

    assert ask("face-retirement", **enough) == {"allowed": True, "reasons": []}
    assert ask("face-retirement", **enough | {"months": needed - 1})["reasons"] == ["months"]


def test_without_a_month_of_retirement_the_sources_fifteen_years_count(ask):
    assert ask("face-retirement", **FIT | {"months": 180})["allowed"]


NINE = ["2026-11-20T09:00", "2026-11-20T09:01", "2026-11-20T09:02"]


@pytest.mark.parametrize(
    ("failures", "asked_at", "allowed"),
    [
        ([], "2026-11-20T10:00", True),
        (NINE[:2], "2026-11-20T10:00", True),
        (NINE, "2026-11-20T10:00", False),
        (NINE, "2026-11-20T09:01", True),
        (NINE, "2026-11-21T00:00", True),
        (["2026-11-19T23:59", *NINE[:2]], "2026-11-20T10:00", True),
    ],
)
def test_three_failures_end_the_tries_of_a_day(ask, failures, asked_at, allowed):
    result = ask("face-attempts", failures=failures, asked_at=asked_at)

    if allowed:
        assert result == {"allowed": True, "until": None, "alternative": None}
    else:
        assert result == {"allowed": False, "until": "2026-11-21T00:00", "alternative": "window"}


@pytest.mark.parametrize(
    ("asked_at", "expected"),
    [
        ("2023-11-12T23:59", {"allowed": False, "until": None, "alternative": "window"}),
        ("2023-11-13T00:00", {"allowed": True, "until": None, "alternative": None}),
    ],
)
def test_a_face_may_be_scanned_since_the_source_is_in_force(ask, asked_at, expected):
    assert ask("face-attempts", failures=[], asked_at=asked_at) == expected


def test_a_face_may_fail_as_often_at_a_certification_since_this_project_says_so(ask):
    def asked(failures, asked_at):
        return ask("face-attempts", failures=failures, asked_at=asked_at, purpose="certification")

    free = {"allowed": True, "until": None, "alternative": None}
    assert asked(NINE[:2], "2026-11-22T10:00") == free
    assert asked(NINE, "2026-11-22T10:00") == free
    today = [at.replace("11-20", "11-22") for at in NINE]
    assert asked(today, "2026-11-22T10:00") == {
        "allowed": False,
        "until": "2026-11-23T00:00",
        "alternative": "window",
    }
    assert asked([], "2026-11-21T23:59") == {"allowed": False, "until": None, "alternative": "window"}


def test_each_purpose_has_its_own_words():
    at = datetime(2026, 11, 22, 10, tzinfo=BEIJING)
    three = (at, at, at)

    assert "认证" in face_attempts(three, at, purpose="certification").text
    assert "认证" not in face_attempts(three, at).text
