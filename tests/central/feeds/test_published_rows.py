"""Rows that citizens read: the twelve fields of a guide, an answer's basis, an outlet's hours, a notice's two lines."""

import io
import json
import re
from pathlib import Path

import pytest

from central.feeds.rows import RowError, read
from sync.protocol.published import PUBLISHED_ROWS

DOCUMENT = Path("docs/central.md").read_text("utf-8")
TWELVE = (
    *("item", "handled_by", "basis", "applicants", "conditions", "materials"),
    *("process", "fee", "time_limit", "phones", "place", "statement"),
)


def example(feed):
    """Return the value of the row that the documentation shows for a feed."""
    [block] = re.findall(rf"```{feed}\n(.*?)```", DOCUMENT, re.DOTALL)
    return json.loads(block)["value"]


def refusal(feed, **changes):
    """Return how a row is refused whose fields are changed, or taken away with None; '' if it is published."""
    row = {key: value for key, value in (example(feed) | changes).items() if value is not REMOVED}
    line = json.dumps({"key": "r1", "value": row}).encode()
    try:
        list(read(feed, io.BytesIO(line)))
    except RowError as error:
        return str(error)
    return ""


REMOVED = object()


@pytest.mark.parametrize("feed", PUBLISHED_ROWS)
def test_the_documented_row_of_each_feed_is_published_as_it_stands(feed):
    assert refusal(feed) == ""


def test_the_documented_guide_has_the_twelve_fields_first_and_in_their_order():
    assert tuple(example("guides"))[:12] == TWELVE


@pytest.mark.parametrize("field", [*TWELVE, "group", "region", "valid_from", "version"])
def test_a_guide_without_a_field_is_refused_in_one_line_that_names_row_and_field(field):
    said = refusal("guides", **{field: REMOVED})
    assert said.startswith("line 1, row r1: ") and f"`{field}`" in said and "\n" not in said


@pytest.mark.parametrize("field", ["basis", "process", "materials"])
def test_a_guide_whose_field_is_empty_is_refused_too(field):
    assert f"`$.{field}`" in refusal("guides", **{field: []})


def test_a_material_beyond_the_identity_document_needs_its_basis():
    materials = [{"name": "有效身份证件"}, {"name": "户口簿"}]
    said = refusal("guides", materials=materials)
    assert "户口簿" in said and "`basis`" in said and "$.materials[1]" in said and "\n" not in said
    materials[1]["basis"] = "《社会保险经办条例》第三十一条"
    assert refusal("guides", materials=materials) == ""


@pytest.mark.parametrize(
    ("feed", "changes", "named"),
    [
        ("guides", {"more": 1}, "$.more"),
        ("guides", {"phones": {"consult": "12333", "fax": "1"}}, "$.phones.fax"),
        ("guides", {"materials": [{"name": "有效身份证件", "copies": 2}]}, "$.materials[0].copies"),
        ("guides", {"phones": {"consult": "call me"}}, "$.phones.consult"),
        ("guides", {"item": "一" * 41}, "$.item"),
        ("guides", {"region": "陕西"}, "$.region"),
        ("guides", {"version": 0}, "$.version"),
        ("guides", {"valid_from": "tomorrow"}, "$.valid_from"),
        ("answers", {"basis": []}, "$.basis"),
        ("answers", {"as_of": REMOVED}, "as_of"),
        ("answers", {"short": "一。二。三。四。"}, "short"),
        ("answers", {"superseded": 1}, "$.superseded"),
        ("outlets", {"latitude": 34.9, "longitude": REMOVED}, "longitude"),
        ("outlets", {"latitude": 91.0}, "$.latitude"),
        ("outlets", {"opening": {"mon": ["9-12"]}}, "$.opening.mon[0]"),
        ("outlets", {"opening": {"monday": []}}, "$.opening.monday"),
        ("notices", {"text": "一\n二"}, "$.text"),
        ("notices", {"title": "一" * 61}, "$.title"),
        ("notices", {"valid_until": "2026-11-01"}, "valid_until"),
        ("notices", {"priority": 10}, "$.priority"),
    ],
)
def test_what_is_wrong_is_refused_by_the_name_of_its_field(feed, changes, named):
    said = refusal(feed, **changes)
    assert said.startswith("line 1, row r1: ") and named in said and "\n" not in said


def test_an_outlet_of_the_older_shape_is_still_published():
    old = {
        "name": "大厅",
        "region": "610200",
        "address": "一号",
        "phone": "12333",
        "hours": "9-5",
        "services": [],
    }
    line = json.dumps({"key": "o1", "value": old}).encode()
    [(key, value)] = read("outlets", io.BytesIO(line))
    assert (key, json.loads(value)) == ("o1", old)
