"""Staff at the centre have names: they decide applications, and everybody sees who did what."""

import json

import pytest

from tests.central.centre import sqlite_url
from tests.central.program.cases import PUBLIC, applied
from tests.central.program.command import run
from tests.people import WANG


@pytest.fixture
def number(tmp_path) -> str:
    """The number of an application that a kiosk has brought, and nobody has decided."""
    run(tmp_path, "seed")
    return applied(tmp_path, sqlite_url(tmp_path))


def lines(output: str) -> list[dict]:
    return [json.loads(line) for line in output.splitlines()]


def test_a_clerk_decides_an_application_with_name_and_reason(tmp_path, number):
    [waiting] = lines(run(tmp_path, "applications", "--open", "--json"))
    assert (waiting["number"], waiting["status"], waiting["applicant"]) == (number, "accepted", "王*国")
    decided = run(
        *(tmp_path, "application", number, "--refused", "--operator", "赵敏", "--reason", "材料不全"), code=0
    )
    [accepted, refused] = json.loads(decided)["history"]
    assert (accepted["act"], accepted["by"], accepted["channel"], accepted["proof"]) == (
        *("application-accepted", "610200-001", "kiosk", "card+pin"),
    )
    assert (refused["act"], refused["by"], refused["actor"], refused["channel"], refused["note"]) == (
        *("application-refused", "赵敏", "clerk", "window", "材料不全"),
    )
    assert run(tmp_path, "applications", "--open") == ""
    [shown] = lines(run(tmp_path, "applications", number, "--json"))
    assert (shown["status"], shown["note"], shown["history"]) == ("refused", "材料不全", [accepted, refused])
    assert "不予批准" in run(tmp_path, "applications") and "赵敏" in run(tmp_path, "applications")
    assert WANG.id_number not in decided and "王建国" not in decided


def test_a_decision_without_a_name_is_of_who_is_logged_in(tmp_path, number, monkeypatch):
    monkeypatch.setenv("SUDO_USER", "zhaomin")
    decided = json.loads(run(tmp_path, "application", number, "--granted"))
    assert decided["history"][-1]["by"] == "zhaomin"


def test_an_application_that_there_is_not_is_told_so(tmp_path, number):
    assert run(tmp_path, "applications", "610200202699999999", code=1).startswith("Error: ")
    assert "--granted or --refused?" in run(tmp_path, "application", number, code=2)
    assert "is not a person's name" in run(
        tmp_path, "application", number, "--granted", "--operator", " " * 3, code=2
    )


def test_what_staff_do_is_found_by_what_it_was_done_to_and_by_who_did_it(tmp_path, number):
    card = ("card", "report-loss", "A1024575X", *PUBLIC, "--channel", "hotline", "--kind", "oral")
    receipt = json.loads(run(tmp_path, *card, "--as", "陈静").splitlines()[-1])
    run(tmp_path, "revoke-document", receipt["number"], "--reason", "开错了", "--operator", "陈静")
    for terminal in ("610200-W01", "610200-002"):
        run(tmp_path, "invite", terminal, "--operator", "赵敏")
    run(tmp_path, "channel", "610200-W01", "window", "--operator", "陈静")
    mine = lines(run(tmp_path, "acts", "--by", "陈静", "--json"))
    assert [(act["act"], act["channel"], act["note"]) for act in mine] == [
        ("report-loss", "hotline", ""),
        ("document-issued", "hotline", ""),
        ("document-revoked", "window", "开错了"),
        ("terminal-channel-set", "window", ""),
    ]
    for about in ("A1024575X", WANG.id_number):
        [loss] = lines(run(tmp_path, "acts", "--about", about, "--json"))
        assert (loss["act"], loss["by"], loss["after"]) == ("report-loss", "陈静", "lost-oral")
    [issued, revoked] = lines(run(tmp_path, "acts", "--about", receipt["number"], "--json"))
    assert (issued["act"], revoked["act"]) == ("document-issued", "document-revoked")
    [invited] = lines(run(tmp_path, "acts", "--about", "610200-002", "--json"))
    assert (invited["act"], invited["by"]) == ("kiosk-invited", "赵敏")
    shown = json.loads(run(tmp_path, "card", "show", "A1024575X", "--json"))
    assert [(act["operation"], act["by"], act["status"]) for act in shown["history"]] == [
        ("report-loss", "陈静", "lost-oral")
    ]
    assert "陈静" in run(tmp_path, "card", "show", "A1024575X")


def test_a_certificate_at_the_counter_is_issued_by_somebody(tmp_path):
    run(tmp_path, "seed")
    unit = ("issue-unit", "unit-participation", "91999999MA00000154", "--region", "610200", *PUBLIC)
    issued = json.loads(run(tmp_path, *unit, "--operator", "陈静").splitlines()[-1])
    [act] = lines(run(tmp_path, "acts", "--about", issued["number"], "--json"))
    assert (act["act"], act["kind"], act["by"], act["channel"]) == (
        *("document-issued", "unit-participation", "陈静", "window"),
    )
