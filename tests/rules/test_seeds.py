"""What a value cites stands in the cited article of the seed document."""

import pytest

from kiosk.rules import regions
from kiosk.rules.law import law
from kiosk.rules.pack import Term
from kiosk.rules.sources import catalogue
from tests.rules import seeds

PACKS = [code for code in regions.codes() if code != "610200"]


def cited_values():
    for code in regions.codes():
        for key, stated in regions.stated_values(regions.pack(code)):
            yield pytest.param(stated, id=f"{code} {key}")
    for key, stated in regions.stated_values(law()):
        yield pytest.param(stated, id=f"law {key}")
    for number, row in enumerate(law().transfer):
        yield pytest.param(row, id=f"law transfer[{number}]")


SEEDED = [case for case in cited_values() if catalogue()[case.values[0].source].seed]


@pytest.mark.parametrize("stated", SEEDED)
def test_the_words_that_prove_a_value_stand_in_the_cited_article(stated):
    text = seeds.passage(stated.source, stated.article)

    assert stated.says, "a value that cites a seed must quote words of it"
    assert [words for words in stated.says if seeds.squeeze(words) not in text] == []


NUMBERS = [
    case
    for case in SEEDED
    if not case.id.startswith("law") and isinstance(getattr(case.values[0], "value", None), int | str | Term)
]


@pytest.mark.parametrize("stated", NUMBERS)
def test_a_cited_number_or_initial_pin_stands_in_the_cited_article(stated):
    value = stated.value.days if isinstance(stated.value, Term) else stated.value
    if isinstance(value, bool) or not str(value).isdigit():
        return
    text = seeds.passage(stated.source, stated.article)
    two = ["两"] if value == 2 else []

    assert any(written in text for written in [str(value), *two, *([seeds.numeral(value)] if isinstance(value, int) and value < 100 else [])])


def test_the_regulation_in_the_second_seed_has_the_same_deadlines():
    text = seeds.squeeze(next(seeds.FOLDER.glob("001_*")).read_text("utf-8")) if seeds.FOLDER.is_dir() else None
    if text is None:
        pytest.skip("the seed documents are not beside this checkout: shared/seeds is missing")

    for stated in law().deadline.values():
        for words in stated.says:
            assert words in text
