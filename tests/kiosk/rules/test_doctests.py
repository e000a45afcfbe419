"""The examples in the docstrings of the rules are true."""

import doctest
from importlib import import_module

import pytest

EXAMPLES = {"card_state": 2, "contacts": 1, "id_number": 3, "money": 1, "periods": 3, "retirement": 3}


@pytest.mark.parametrize(("module", "least"), EXAMPLES.items())
def test_the_examples_are_true(module, least):
    found = doctest.testmod(import_module(f"kiosk.rules.{module}"))
    assert found.failed == 0
    assert found.attempted >= least, "examples are missing"
