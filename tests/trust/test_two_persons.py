"""What one person must not do alone waits for another, who sees exactly what it is (docs/security.md)."""

import sqlite3
from contextlib import closing

import pytest

from central.program import options
from tests.trust.chains import recomputed
from tests.trust.staff import Office, request_id

UNKNOWN = "610200202600009999"


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path).with_operators("赵敏", "陈静")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "acts.jsonl"


def sql(office, statement: str, *values) -> None:
    with closing(sqlite3.connect(office.data / "central.db")) as database, database:
        database.execute(statement, values)


def issued(office, *numbers: str) -> list[str]:
    """Put documents there that can be taken back."""
    for number in numbers:
        sql(
            office,
            "INSERT INTO certificates (number, code, kiosk_id, request_id, request_sha256, id_number, issued_at)"
            " VALUES (?, ?, 'K', ?, '', '', '2026-11-27 00:00:00')",
            *(number, number[-12:], number),
        )
    return list(numbers)


def export(office, out, name="赵敏", code=3):
    return office.run("audit", "export", "--out", str(out), "--as", name, code=code)


def test_what_needs_two_waits_for_another_person_and_is_then_done(office, out):
    requested = export(office, out)
    assert not out.exists()
    [waiting] = office.lines("pending")
    assert (waiting["id"], waiting["requested_by"]) == (request_id(requested), "赵敏")
    assert waiting["content"] == {"out": str(out)}
    done = office.confirm(requested, "陈静")
    assert "audit-export" in done.stderr and str(out) in done.stderr, "it is shown before"
    assert recomputed(out.read_text("utf-8"))[0] > 0
    assert out.stat().st_mode & 0o077 == 0
    assert office.lines("pending") == []
    acts = [(act["act"], act["by"], act["proof"]) for act in office.acts()[-3:]]
    assert acts == [
        ("request-made", "赵敏", ""),
        ("request-confirmed", "陈静", ""),
        ("history-exported", "赵敏", f"confirmed by 陈静, request {waiting['id']}"),
    ]
    assert office.run("audit", "verify").exit_code == 0


@pytest.mark.parametrize("same", ["赵敏", " 赵敏 ", "赵\u200b敏"])
def test_one_person_twice_is_refused(office, out, same):
    requested = export(office, out)
    assert "Error: " in office.confirm(requested, same, code=1).stderr
    assert not out.exists()
    assert len(office.lines("pending")) == 1


def test_a_name_in_another_case_is_the_same_person(tmp_path, out):
    office = Office(tmp_path).with_operators("zhao", "Zhao")
    assert "another person" in office.confirm(export(office, out, "zhao"), "Zhao", code=1).stderr


def test_somebody_who_is_not_registered_or_was_disabled_confirms_nothing(office, out):
    requested = export(office, out)
    assert "not a registered operator" in office.confirm(requested, "王芳", code=1).stderr
    office.run("operators", "disable", "陈静", "--as", "赵敏")
    assert "was disabled" in office.confirm(requested, "陈静", code=1).stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ('content = \'{"out": "/tmp/elsewhere"}\'', "somebody has changed it"),
        ("act = 'feeds-new-epoch'", "somebody has changed it"),
        ("requested_by = '王芳'", "somebody has changed it"),
        ("expires_at = '2099-01-01 00:00:00'", "somebody has changed it"),
        ("expires_at = '2020-01-01 00:00:00'", "for too long"),
        ("state = 'confirmed', settled_by = '王芳'", "was confirmed by 王芳 already"),
    ],
)
def test_only_what_was_requested_is_confirmed_and_only_in_time(office, out, change, told):
    requested = export(office, out)
    sql(office, f"UPDATE requests SET {change}")
    assert told in office.confirm(requested, "陈静", code=1).stderr
    assert not out.exists()


def test_a_request_is_confirmed_once(office, out):
    requested = export(office, out)
    office.confirm(requested, "陈静")
    out.unlink()
    assert "was confirmed by 陈静 already" in office.confirm(requested, "陈静", code=1).stderr
    assert not out.exists()


def test_a_request_that_was_withdrawn_is_done_no_more(office, out):
    requested = export(office, out)
    office.run("withdraw", request_id(requested), "--as", "陈静")
    assert "was withdrawn by 陈静 already" in office.confirm(requested, "陈静", code=1).stderr
    assert not out.exists()


def test_many_documents_are_not_revoked_by_one_person(office):
    numbers = issued(office, "610200202600000001", "610200202600000002")
    requested = office.run("revoke-document", *numbers, "--reason", "开错了", "--as", "赵敏", code=3)
    assert office.acts("--about", numbers[0]) == []
    office.confirm(requested, "陈静")
    for number in numbers:
        [act] = office.acts("--about", number)
        assert (act["act"], act["note"]) == ("document-revoked", "开错了")


def test_nor_are_many_one_by_one(office):
    numbers = issued(office, *(f"6102002026000000{n:02}" for n in range(11)))
    for number in numbers[:10]:
        office.run("revoke-document", number, "--reason", "开错了", "--as", "赵敏")
    office.run("revoke-document", numbers[10], "--reason", "开错了", "--as", "赵敏", code=3)
    office.run("revoke-document", numbers[10], "--reason", "开错了", "--as", "陈静")


def test_what_cannot_be_done_is_not_confirmed_either(office):
    requested = office.run("revoke-document", UNKNOWN, "1", "--reason", "开错了", "--as", "赵敏", code=3)
    office.confirm(requested, "陈静", code=1)
    assert len(office.lines("pending")) == 1


def test_a_third_operator_needs_two_and_so_the_rule_cannot_be_got_round(office, out):
    requested = office.run("operators", "add", "王芳", "--as", "赵敏", code=3)
    assert "not a registered operator" in office.confirm(requested, "王芳", code=1).stderr
    office.run("operators", "disable", "陈静", "--as", "赵敏")
    export(office, out, code=3)
    assert not out.exists(), "with one left, the rule stays on"


def test_with_one_operator_the_rule_is_off_and_says_so(tmp_path, out):
    office = Office(tmp_path)
    for name in ("谁都可以", "赵敏"):
        assert "the two-person rule is off" in office.run("operators", "list").stderr
        assert "the two-person rule is off" in office.run("pending").stderr
        said = office.run("audit", "export", "--out", str(out), "--as", name)
        assert "the two-person rule is off" in said.stderr
        assert out.exists()
        office.run("operators", "add", "赵敏", "--as", name, code=0 if name != "赵敏" else 1)


def test_a_region_may_name_fewer_acts_of_two(office, out, tmp_path, monkeypatch):
    (tmp_path / "central.toml").write_text('two_persons = ["feeds-new-epoch"]')
    monkeypatch.setenv("KIOSK_CENTRAL_CONFIG", str(tmp_path / "central.toml"))
    options.defaults.cache_clear()
    try:
        export(office, out, code=0)
        office.run("feeds", "new-epoch", "--as", "赵敏", code=3)
        (tmp_path / "central.toml").write_text('two_persons = ["audit-exprot"]')
        options.defaults.cache_clear()
        assert "central.toml" in office.run("pending", code=1).stderr
    finally:
        options.defaults.cache_clear()


def test_acts_that_were_kept_long_enough_go_with_two_people_and_a_signed_head(office):
    office.run("audit", "cut", "--before", "2026-01-01", "--as", "赵敏", code=2)
    sql(office, "UPDATE acts SET at = '2015-01-01 00:00:00', n = NULL, h = NULL")
    sql(office, "DELETE FROM audit_chains")
    sql(office, "DELETE FROM audit_epochs")
    (office.data / "audit.json").unlink()
    office.run("audit", "chain")
    requested = office.run("audit", "cut", "--before", "2016-01-01", "--as", "赵敏", code=3)
    assert "removed" in office.confirm(requested, "陈静").stdout
    [found] = office.lines("audit", "verify")
    assert found["first"] > 1 and found["count"] == 0
    sql(office, "UPDATE audit_chains SET cut = replace(cut, '\"n\":', '\"n\":1')")
    office.run("audit", "verify", code=4)


def test_an_event_in_quarantine_is_not_deleted_by_one_person(office):
    sql(
        office,
        "INSERT INTO quarantine (kiosk_id, event_id, result, reason, content, sha256, received_at)"
        " VALUES ('K1', 'e1', 'conflict', 'another', '{}', ?, '2026-11-27 00:00:00')",
        "a" * 64,
    )
    [held] = office.lines("quarantine", "list")
    assert (held["kiosk_id"], held["event_id"]) == ("K1", "e1") and "content" not in held
    requested = office.run("quarantine", "delete", str(held["id"]), "--as", "赵敏", code=3)
    assert len(office.lines("quarantine", "list")) == 1
    office.confirm(requested, "陈静")
    assert office.lines("quarantine", "list") == []
    [act] = office.acts("--about", "K1")
    assert (act["act"], act["by"], act["note"]) == ("quarantine-deleted", "赵敏", f"sha256 {'a' * 64}")
