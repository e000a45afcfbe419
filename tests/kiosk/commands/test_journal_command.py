"""``kiosk journal``: staff see what is uncertain, and write down what they find on paper."""

import json

import pytest
from click.testing import CliRunner

from kiosk.commands.journal import journal
from kiosk.paper.printing import CERTIFICATE_PRINT
from kiosk.record.journal import Journal, Outcome
from sync.store import Store

PRINT = {"number": "610200202600000001", "copy": 1, "request": {"request_id": "r", "kind": "participation"}}


@pytest.fixture
def kiosk(tmp_path):
    """A kiosk with one uncertain print: its configuration's path and its store."""
    config = tmp_path / "kiosk.toml"
    config.write_text(
        'kiosk_id = "kiosk-1"\nregion = "610200"\nbranch = "大厅"\ndata = "data"\ncentral.url = "http://127.0.0.1:9"\n'
        'printer.port = "/dev/printer"\nprinter.profile = "epson-tm-t88v"\n'
    )
    store = Store.open(tmp_path / "data", "kiosk-1")
    with Journal(store).begin_act(CERTIFICATE_PRINT, "visit-1", "card", PRINT) as effect:
        effect.settle(Outcome.UNCERTAIN, {"number": PRINT["number"], "copy": 1, "reason": "paper_out"})
    yield config, store
    store.close()


def run(config, *words):
    return CliRunner().invoke(journal, [*words, "--config", str(config)])


def test_an_uncertain_print_is_listed_without_anything_personal(kiosk):
    config, _ = kiosk
    [line] = run(config, "open", "--json").stdout.splitlines()
    assert json.loads(line) == {
        "id": 1,
        "act": "certificate.print",
        "visit_id": "visit-1",
        "number": PRINT["number"],
        "copy": 1,
    }


@pytest.mark.parametrize(
    ("word", "outcome", "complete"), [("--complete", "done", True), ("--incomplete", "failed", False)]
)
def test_what_staff_found_is_written_down_and_told_to_the_centre(kiosk, word, outcome, complete):
    config, store = kiosk
    assert run(config, "record-print", "1", word).exit_code == 0
    assert [row["outcome"] for row in store.rows("SELECT outcome FROM journal")] == [outcome]
    [event] = store.rows("SELECT * FROM outbox WHERE type = 'certificate.print_resolved'")
    assert json.loads(event["body"])["complete"] is complete
    assert run(config, "open", "--json").stdout == ""


def test_a_print_is_decided_once(kiosk):
    config, _ = kiosk
    run(config, "record-print", "1", "--complete")
    again = run(config, "decide-print", "1", "--incomplete")
    assert again.exit_code == 1
    assert "nothing was changed" in again.output
