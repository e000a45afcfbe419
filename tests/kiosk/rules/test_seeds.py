"""What a value cites stands in the cited article of the seed document."""

import pytest

from kiosk.rules import regions
from kiosk.rules.law import Term, law
from kiosk.rules.pack import Pack
from kiosk.rules.sources import catalogue
from kiosk.rules.stated import citing, stated_values
from tests.kiosk.rules import seeds

FILES = [*regions.codes(), "law"]


def cited(file):
    """Return everything in a file that cites a seed document, with its key."""
    table = law() if file == "law" else regions.pack(file)
    found = [(key, value) for key, value in citing(table) if not isinstance(value, Pack)]
    return [(key, value) for key, value in found if catalogue()[value.source].seed]


def written(number):
    """Return the ways in which a Chinese text writes a number."""
    chinese = [seeds.numeral(number)] if number < 100 else []
    return [str(number), *chinese, *(["两"] if number == 2 else [])]


@pytest.mark.parametrize("file", FILES)
def test_the_words_that_prove_a_value_stand_in_the_cited_article(file):
    values = cited(file)

    assert values
    assert [key for key, value in values if not value.says] == []
    assert [
        (key, words)
        for key, value in values
        for words in value.says
        if seeds.squeeze(words) not in seeds.passage(value.source, value.article)
    ] == []


@pytest.mark.parametrize("file", regions.codes())
def test_a_cited_number_or_initial_pin_stands_in_the_words_that_prove_it(file):
    wrong = []
    for key, stated in cited(file):
        value = stated.value.days if isinstance(stated.value, Term) else stated.value
        if isinstance(value, str) and value.isdigit() and value not in "".join(stated.says):
            wrong.append(key)
        if type(value) is int and not any(way in "".join(stated.says) for way in written(value)):
            wrong.append(key)

    assert wrong == []


def test_the_regulation_in_the_second_seed_has_the_same_deadlines():
    text = seeds.seed("001")

    of_the_regulation = (one for _, one in stated_values(law().deadline) if one.source == "regulation")
    for stated in of_the_regulation:
        assert [words for words in stated.says if words not in text] == []


def test_a_word_that_does_not_stand_in_the_article_is_found_out():
    assert "口头挂失有效期为7天" in seeds.passage("handbook", "二、社保卡第5问")
    assert "口头挂失有效期为7天" not in seeds.passage("handbook", "二、社保卡第6问")
    assert "卡挂失期为15日" not in seeds.passage("shaoguan", "第十三条")
