"""The examples in the docstrings of the rules, and of what they are made with, are true."""

import doctest
from importlib import import_module

import pytest

EXAMPLES = {
    "kiosk.rules.card_state": 2,
    "kiosk.rules.contacts": 1,
    "kiosk.rules.money": 1,
    "kiosk.rules.periods": 3,
    "kiosk.rules.retirement": 2,
    "kiosk.rules.spoken": 4,
    "text.id_number": 4,
}


@pytest.mark.parametrize(("module", "least"), EXAMPLES.items())
def test_the_examples_are_true(module, least):
    found = doctest.testmod(import_module(module))
    assert found.failed == 0
    assert found.attempted >= least, "examples are missing"
