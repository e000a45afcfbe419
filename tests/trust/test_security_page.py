"""docs/security.md names a test for each threat: it is there, or the page promises what nothing holds."""

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "security.md").read_text("utf-8")
NAMED = re.findall(r"`(test_\w+\.py)::(\w+)`", PAGE)
ROWS = [line for line in PAGE.split("## Threats")[1].split("\n## ")[0].splitlines() if line.startswith("| ")]


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_test_that_the_page_names_is_there(file, name):
    tree = ast.parse((HERE / file).read_text("utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_threat_has_a_test():
    threats = [row for row in ROWS if not row.startswith("| threat |")]
    assert (
        len(threats) > 40 and [row for row in threats if not re.search(r"`test_\w+\.py::\w+` \|$", row)] == []
    )
