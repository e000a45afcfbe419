"""Broken off at every step, activation and PIN change end in a state that the next visit resolves.

At no time does the kiosk say done what is not, forget what is, or do it again by itself.
"""

import json
from collections import Counter

import pytest

from central.store import tables as models
from tests.people import NEW_PIN, PINS
from tests.visit.windowless import Blow, Plan

INITIAL = "666666"
REPORTS = {"activation": "card.activated", "change": "card.pin_changed"}
ACTIVATE = Plan("activate-card", known=(NEW_PIN, INITIAL))
CHANGE = Plan("change-pin", known=(PINS["wang-jianguo"],))


class Truth:
    """What chip, journal, outbox and centre say, once everything is delivered."""

    def __init__(self, branch):
        branch.put_back()
        branch.deliver()
        self.acts = branch.rows("SELECT * FROM journal WHERE effect = 'card.pin_change' ORDER BY id")
        self.reports = Counter(
            (row["type"], json.loads(row["body"])["act"])
            for row in branch.rows("SELECT * FROM outbox WHERE type LIKE 'card.%'")
        )
        heard = (row.type for row in branch.centre.rows(models.events))
        self.heard = Counter(kind for kind in heard if kind.startswith("card."))
        [self.status] = [
            row.status for row in branch.centre.rows(models.cards) if row.number == branch.card_number
        ]
        self.changed = branch.chip_has_new_pin()

    @property
    def outcomes(self):
        return [act["outcome"] for act in self.acts]

    @property
    def is_open(self):
        return bool({None, "uncertain"} & set(self.outcomes))

    def agrees_or_says_that_it_does_not_know(self):
        for act in self.acts:
            number = f"{act['visit_id'][-8:].upper()}-{act['id']}"
            report = REPORTS[json.loads(act["intent"])["purpose"]]
            assert self.reports[report, number] == (act["outcome"] == "done")
            assert act["outcome"] != "uncertain" or self.reports["card.pin_change_uncertain", number] == 1
        assert self.is_open or self.changed == ("done" in self.outcomes)
        assert self.changed or "done" not in self.outcomes
        assert sum(self.reports.values()) == self.heard.total()
        return self

    def is_finished(self, kind):
        assert self.changed and not self.is_open
        assert self.outcomes.count("done") == self.heard[kind] == 1
        assert self.status == "normal"


KILLS = (
    ("ask the centre", "before"),
    ("ask the centre", "after"),
    ("write the intent", "before"),
    ("change the PIN", "before"),
    ("change the PIN", "after"),
    ("write the event", "before"),
    ("write the event", "after"),
    ("write the outcome", "after"),
    ("print the receipt", "before"),
    ("print the receipt", "after"),
)
PULLS = (
    Blow("pull", "ask the centre", "after"),
    Blow("pull", "write the intent", "before"),
    Blow("pull", "change the PIN", "before"),
    Blow("pull in answering", "change the PIN", "before"),
    Blow("garble the answer", "change the PIN", "before"),
    Blow("pull", "change the PIN", "after"),
    Blow("pull", "write the outcome", "after"),
)
CENTRE_GONE = (
    Blow("centre", "ask the centre", "before"),
    Blow("centre", "ask the centre", "after"),
    Blow("centre", "write the outcome", "after"),
)


def kill(*places):
    return [Blow("kill", *place) for place in places]


def confirmed(shown):
    return sum("正在设置新密码" in page.words for page in shown)


@pytest.mark.parametrize("blow", [*kill(*KILLS), *PULLS, *CENTRE_GONE], ids=str)
def test_an_activation_broken_off_anywhere_is_finished_by_the_next_visit(branch, blow):
    branch.bring("zhao-min")
    shown = branch.visit(ACTIVATE, blow)
    branch.restore_centre()
    truth = Truth(branch).agrees_or_says_that_it_does_not_know()
    assert truth.heard["card.activated"] == (truth.status == "normal")

    last = branch.visit(ACTIVATE)
    assert any("已经激活" in page.words for page in last)
    Truth(branch).agrees_or_says_that_it_does_not_know().is_finished("card.activated")
    assert branch.changes_sent() <= confirmed(shown + last)


@pytest.mark.parametrize(
    "blow",
    [
        *kill(("change the PIN", "before"), ("change the PIN", "after"), ("write the event", "after")),
        *PULLS[3:5],
    ],
    ids=str,
)
def test_a_pin_change_broken_off_anywhere_is_finished_by_the_next_visit(branch, blow):
    branch.bring("wang-jianguo")
    shown = branch.visit(CHANGE, blow)
    took = Truth(branch).agrees_or_says_that_it_does_not_know().changed

    # when the new PIN is refused the citizen enters the old one, and says so
    last = branch.visit(Plan("change-pin", known=(NEW_PIN, PINS["wang-jianguo"]), yes=took))
    assert any("社保密码已经修改" in page.words for page in last)
    Truth(branch).agrees_or_says_that_it_does_not_know().is_finished("card.pin_changed")
    assert branch.changes_sent() <= confirmed(shown + last)


@pytest.mark.parametrize(
    "blow",
    kill(
        ("verify the PIN", "before"),
        ("verify the PIN", "after"),
        ("write the event", "after"),
        ("write the resolution", "after"),
    ),
    ids=str,
)
def test_a_resolution_broken_off_anywhere_is_made_once(branch, blow):
    branch.bring("zhao-min")
    branch.visit(ACTIVATE, Blow("garble the answer", "change the PIN", "before"))
    branch.put_back()
    branch.visit(ACTIVATE, blow)
    Truth(branch).agrees_or_says_that_it_does_not_know()

    branch.visit(ACTIVATE)
    Truth(branch).agrees_or_says_that_it_does_not_know().is_finished("card.activated")
    assert branch.changes_sent() == 1


def test_an_activation_that_the_centre_has_not_heard_of_yet_is_not_begun_again(branch):
    branch.bring("zhao-min")
    branch.visit(ACTIVATE)
    shown = branch.visit(ACTIVATE)
    assert any("已经激活，可以直接使用" in page.words for page in shown)
    assert branch.changes_sent() == 1


@pytest.mark.parametrize(
    ("blow", "words"),
    [
        (Blow("pull", "write the outcome", "after"), "社保功能已经激活"),
        (Blow("pull in answering", "change the PIN", "before"), "不知道新密码有没有生效"),
    ],
    ids=str,
)
def test_how_it_ended_stays_on_the_window_when_the_card_has_gone(branch, blow, words):
    branch.bring("zhao-min")
    shown = branch.visit(Plan("activate-card", only_reads=True), blow)
    told, kept, idle = shown[-3:]
    assert words in told.words and kept == told
    assert idle.kind == "Idle"


def test_a_receipt_that_was_being_printed_is_neither_repeated_nor_forgotten(branch):
    branch.bring("zhao-min")
    branch.visit(ACTIVATE, Blow("kill", "print the receipt", "before"))
    branch.put_back()
    branch.visit(ACTIVATE)
    receipts = branch.rows("SELECT outcome FROM journal WHERE effect = 'receipt.print'")
    assert [row["outcome"] for row in receipts] == ["uncertain"]
