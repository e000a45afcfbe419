"""Every topic: what it understands, what it refuses, and that it is described and documented."""

import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.rules.describe import describe
from kiosk.rules.errors import InvalidInputError
from kiosk.rules.plain import plain
from kiosk.rules.topic import facts
from kiosk.rules.topics import TOPICS

CONTRACT = {
    "id-number": "valid sex birth problem kind",
    "retirement-age": "delay_months age month",
    "elastic-retirement": "earliest statutory latest allowed reason required_months",
    "minimum-contribution": "months",
    "card-operation": "allowed reason redirect redirect_text missing affects after",
    "loss-state": "state until affects",
    "pin-policy": "initial lock_after unlock_at locked",
    "new-pin": "accepted reason",
    "query-password": "initial",
    "card-validity": "status prompt until",
    "photo": "accepted reason",
    "card-fee": "waived",
    "benefit-place": "place rule",
    "contribution-split": "total personal_account pooled",
    "collection-plan": "accepted next_push payable_about immediate answer_minutes status",
    "resident-pension": "eligible from_month reason missing_years paid needed pension_age base_only",
    "disability-subsidy": "government_pays subsidy",
    "transfer": "needed fund_moves items document papers",
    "pension-systems": "allowed direction apply_at first alternatives",
    "duplicate-pension": "offset refund remaining then",
    "deadline": "days kind due months due_pending not_before",
    "face-retirement": "allowed reasons",
    "face-attempts": "allowed until alternative",
    "verification-lines": "lines",
    "lump-sum": "allowed",
    "flexible-insurance": "allowed reason papers until",
    "death-benefits": "account_inheritable funeral_grant survivor_grant paid_by notice_due funeral_amount "
    "survivor_months survivor_amount work_death_grant",
    "certification": "due state days_left",
    "card-application": "allowed reason forms papers fee_waived due",
    "item-eligibility": "eligible reasons earliest",
    "contacts": "hotline consult supervise bank emergency others",
}
TOPIC = pytest.mark.parametrize("topic", TOPICS.values(), ids=TOPICS)


def test_the_topics_and_their_results_are_those_of_the_contract():
    assert {name: " ".join(topic.result.__struct_fields__) for name, topic in TOPICS.items()} == CONTRACT


@TOPIC
def test_the_example_is_answered_with_a_basis_and_a_sentence(topic):
    answer = topic.ask(topic.example)

    assert answer.basis
    assert all(citation.source and citation.article for citation in answer.basis)
    assert re.search(r"[\u4e00-\u9fff]", answer.text)
    assert "{" not in answer.text
    assert "None" not in answer.text


@TOPIC
def test_every_field_and_result_is_described(topic):
    said = describe(topic)

    for field in topic.fields:
        assert f"  {field.name} " in said
        assert field.kind.allowed in said
    for name in topic.result.__struct_fields__:
        assert f"  {name} " in said


def refused(topic, question):
    with pytest.raises(InvalidInputError) as error:
        topic.ask(question)
    assert re.search(r"[\u4e00-\u9fff]", error.value.message)
    return error.value.code, error.value.field


@TOPIC
def test_a_missing_required_field_is_named(topic):
    for field in topic.fields:
        if field.required:
            question = {name: value for name, value in topic.example.items() if name != field.name}
            assert refused(topic, question) == ("missing", field.name)
            assert refused(topic, topic.example | {field.name: None}) == ("missing", field.name)


@TOPIC
def test_a_field_of_a_wrong_type_is_named(topic):
    for field in topic.fields:
        wrong = 1.5 if field.kind is facts else {"a": [1.5]}
        code, name = refused(topic, topic.example | {field.name: wrong})
        assert (code in ("type", "value"), name) == (True, field.name)


@TOPIC
def test_an_unknown_field_is_named(topic):
    assert refused(topic, topic.example | {"regoin": "610200"}) == ("unknown-field", "regoin")


@TOPIC
@pytest.mark.parametrize("question", [[], 1, "text", None, True])
def test_a_question_that_is_no_object_is_refused(topic, question):
    assert refused(topic, question) == ("not-an-object", None)


BAD_VALUES = [
    ("retirement-age", "birth", "1976-13", "value"),
    ("retirement-age", "birth", "1976-00", "value"),
    ("retirement-age", "birth", "1976-9", "value"),
    ("retirement-age", "birth", "1976-09-01", "value"),
    ("retirement-age", "birth", "9999-12", "value"),
    ("retirement-age", "birth", "0000-01", "value"),
    ("retirement-age", "birth", "１976-09", "value"),
    ("retirement-age", "birth", 197609, "type"),
    ("retirement-age", "category", "woman", "value"),
    ("minimum-contribution", "year", "2030", "type"),
    ("minimum-contribution", "year", True, "type"),
    ("minimum-contribution", "year", 2030.0, "type"),
    ("minimum-contribution", "year", 99999, "value"),
    ("contribution-split", "base", "-1.00", "value"),
    ("contribution-split", "base", "1", "value"),
    ("contribution-split", "base", "1.001", "value"),
    ("contribution-split", "base", "1e3", "value"),
    ("contribution-split", "base", "NaN", "value"),
    ("contribution-split", "base", "1.00\n", "value"),
    ("contribution-split", "base", "99999999999.00", "value"),
    ("contribution-split", "base", 4000, "type"),
    ("card-validity", "today", "2026-02-29", "value"),
    ("card-validity", "generation", 4, "value"),
    ("card-validity", "collected", "yes", "value"),
    ("loss-state", "asked_at", "2026-03-05T24:00", "value"),
    ("loss-state", "asked_at", "2026-03-05T09:00Z", "value"),
    ("loss-state", "asked_at", "2026-03-05 09:00", "value"),
    ("card-operation", "operation", "explode", "value"),
    ("card-operation", "papers", "id-card", "type"),
    ("card-operation", "papers", ["passport"], "value"),
    ("card-operation", "agent", "yes", "type"),
    ("card-operation", "agent", 1, "type"),
    ("card-operation", "holder_age", -1, "value"),
    ("photo", "width", 0, "value"),
    ("photo", "kilobytes", -1, "value"),
    ("photo", "kilobytes", True, "type"),
    ("benefit-place", "history", [["A"]], "value"),
    ("benefit-place", "history", [["A", -1]], "value"),
    ("benefit-place", "history", [["A", 1, 2]], "value"),
    ("benefit-place", "hukou", " ", "value"),
    ("resident-pension", "backpaid", {"20": "2020-01"}, "value"),
    ("resident-pension", "backpaid", {"2017": "2020"}, "value"),
    ("disability-subsidy", "grade", 5, "value"),
    ("query-password", "id_number", "123", "value"),
    ("query-password", "id_number", "9999991975031706１9", "value"),
    ("id-number", "number", 999999197503170619, "type"),
]


@pytest.mark.parametrize(("topic", "field", "value", "code"), BAD_VALUES)
def test_a_value_that_is_not_allowed_is_refused(topic, field, value, code):
    assert refused(TOPICS[topic], TOPICS[topic].example | {field: value}) == (code, field)


@TOPIC
def test_an_unknown_region_is_refused(topic):
    if any(field.name == "region" and field.required for field in topic.fields):
        assert refused(topic, topic.example | {"region": "990000"}) == ("unknown-region", "region")


def test_a_refusal_never_repeats_what_was_given():
    secret = "99999919750317061?"
    for topic, field in (("query-password", "id_number"), ("new-pin", "id_number")):
        with pytest.raises(InvalidInputError) as error:
            TOPICS[topic].ask(TOPICS[topic].example | {field: secret})
        assert secret[:8] not in str(error.value)
        assert error.value.__context__ is None or secret not in str(error.value.__context__)


def test_a_chosen_month_and_a_day_outside_it_contradict_each_other():
    question = {"category": "male", "birth": "1976-09", "chosen": "2037-01", "retire_on": "2037-02-01"}

    assert refused(TOPICS["elastic-retirement"], question) == ("contradiction", "retire_on")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300)
@given(st.data())
def test_whatever_is_asked_is_answered_or_refused_and_never_breaks(data):
    topic = data.draw(st.sampled_from(sorted(TOPICS)))
    field = data.draw(st.sampled_from(TOPICS[topic].fields))
    question = TOPICS[topic].example | {field.name: data.draw(json_values)}

    try:
        msgspec.json.encode(plain(TOPICS[topic].ask(question).result))
    except InvalidInputError as error:
        assert error.code


def test_plain_values_are_those_of_the_contract():
    class Everything(msgspec.Struct):
        money: Decimal
        instant: datetime
        unset: int | msgspec.UnsetType = msgspec.UNSET

    assert plain(Everything(Decimal(3), datetime(2026, 1, 2, 3, 4))) == {
        "money": "3.00",
        "instant": "2026-01-02T03:04",
    }


DOCS = Path(__file__).parents[3] / "docs"


def test_every_topic_is_in_the_documentation():
    page = (DOCS / "rules.md").read_text("utf-8")

    assert [name for name in TOPICS if f"`{name}`" not in page] == []


def test_the_glossary_explains_every_word_of_the_vocabulary():
    from kiosk.rules import words

    page = (DOCS / "glossary.md").read_text("utf-8")
    groups = (
        words.Function,
        words.Channel,
        words.LossKind,
        words.Operation,
        words.Paper,
        words.State,
        words.Item,
        words.CardCause,
        words.Applicant,
    )
    vocabulary = {word for group in groups for word in get_args(group)}

    assert [word for word in sorted(vocabulary) if f"`{word}`" not in page] == []
