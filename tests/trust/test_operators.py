"""Every act at the centre has a name, of somebody who may act (docs/security.md)."""

import pytest

from tests.trust.staff import Office


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def test_an_act_names_its_operator_from_the_option_the_environment_or_the_login(office):
    office.run("invite", "K1", "--as", "赵敏", KIOSK_CENTRAL_OPERATOR="陈静")
    office.run("invite", "K2", KIOSK_CENTRAL_OPERATOR="陈静", SUDO_USER="lihua")
    office.run("invite", "K3", SUDO_USER="lihua")
    assert [act["by"] for act in office.acts()] == ["赵敏", "陈静", "lihua"]


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "\u202e"])
def test_what_is_no_name_is_refused(office, name):
    assert "Error: " in office.run("invite", "K1", "--as", name, code=2).stderr
    assert office.acts() == []


def test_with_a_register_only_those_act_who_are_in_it(office):
    office.run("invite", "K1", "--as", "谁都可以")
    office.run("operators", "add", "赵敏", "--as", "谁都可以")
    refused = office.run("invite", "K2", "--as", "谁都可以", code=1).stderr
    assert refused.startswith("Error: 谁都可以 is not a registered operator, and nothing was done")
    office.run("invite", "K2", "--as", "赵敏")
    assert [act["by"] for act in office.acts("--about", "K2")] == ["赵敏"]


def test_who_has_left_acts_no_more_and_stays_on_record(office):
    for name in ("赵敏", "李明"):
        office.run("operators", "add", name, "--as", "赵敏")
    office.run("invite", "K1", "--as", "李明")
    office.run("operators", "disable", "李明", "--as", "赵敏")
    commands = (
        ("invite", "K2"),
        ("feeds", "command", "K1", '{"verb": "restart"}'),
        ("operators", "add", "王芳"),
        ("operators", "disable", "赵敏"),
        ("feeds", "new-epoch"),
        ("audit", "export", "--out", str(office.folder / "out")),
    )
    for command in commands:
        assert "李明 was disabled as an operator" in office.run(*command, "--as", "李明", code=1).stderr
    assert not (office.folder / "out").exists()
    listed = {row["name"]: row for row in office.lines("operators", "list")}
    assert listed["李明"]["disabled_by"] == "赵敏" and listed["赵敏"]["disabled_at"] is None
    assert [act["act"] for act in office.acts("--by", "李明")] == ["kiosk-invited"]
    assert [(act["act"], act["by"]) for act in office.acts("--about", "李明")] == [
        *(("operator-added", "赵敏"), ("operator-disabled", "赵敏")),
    ]


def test_nobody_is_registered_twice_nor_disabled_who_is_not_there(office):
    office.run("operators", "add", "赵敏", "--as", "赵敏")
    assert "registered already" in office.run("operators", "add", "赵敏", "--as", "赵敏", code=1).stderr
    assert "no operator 王芳" in office.run("operators", "disable", "王芳", "--as", "赵敏", code=1).stderr
    assert "Error: " in office.run("operators", "add", "", "--as", "赵敏", code=2).stderr


@pytest.mark.parametrize(
    "call",
    [
        ("revoke-document", "610200202600000010", "--reason", ""),
        ("revoke-document", "610200202600000010", "--reason", "  "),
        ("revoke-document", "--reason", "x"),
        ("application", "610200202600000010", "--granted", "--refused"),
        ("application", "610200202600000010"),
        ("acts", "--about", ""),
        ("acts", "--about", " "),
        ("acts", "--by", ""),
        ("confirm", ""),
        ("confirm", "zz"),
    ],
)
def test_what_says_nothing_or_two_things_is_one_clear_line(office, call):
    said = office.run(*call, code=2).stderr
    assert [line for line in said.splitlines() if line.startswith("Error: ")] == [
        said.strip().splitlines()[-1]
    ]
