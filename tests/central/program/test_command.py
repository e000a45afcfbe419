"""``kiosk-central``: seeding, enrolment and the figures."""

import json
import re
import sqlite3
import tomllib
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import literal, select, update

from central.people import invented as invented_people
from central.people import people
from central.program.main import main
from central.store import schema
from central.store import tables as models
from hardware.simulator.chip_keys import IRK, PUK, RKSSSE
from hardware.simulator.personalisation import CARDS, load
from sync.protocol.certificates import ISSUE_CERTIFICATE
from tests.central.centre import LAST_MONTH, an_identity
from tests.central.certificate_requests import asking
from tests.central.program.command import run
from tests.people import ANNA, GAO, JONATHAN, LI, LIANG, OUYANG, PAERHATI, WANG, ZHAO

# The brief of the whole demonstration: name, sex, number, card number, the card's identity.
DEMO = [
    ("王建国", "男", WANG.id_number, "A1024575X", "610200D15600000500000001A1B2C3D4"),
    ("李秀英", "女", LI.id_number, "A10249486", "610200D15600000500000002B2C3D4E5"),
    ("欧阳晴", "女", OUYANG.id_number, "A10249996", "610200D15600000500000003C3D4E5F6"),
    ("赵敏", "男", ZHAO.id_number, "A10246007", "610200D15600000500000004D4E5F607"),
    ("陈静", "女", "999999199202291125", "A10246015", "610200D15600000500000005E5F60718"),
    *(
        (each.name, each.record["sex"], each.id_number, each.card_number, each.identity)
        for each in (ANNA, LIANG, GAO, JONATHAN, PAERHATI)
    ),
]


def figures(folder: Path) -> dict[str, int]:
    return json.loads(run(folder, "summary", "--json"))


def test_the_citizens_of_the_cards_come_first():
    found = [(p.name, p.sex, p.id_number, p.card_number, p.card_identity) for p in people.demo_people()]
    assert found == DEMO


def test_seeding_twice_adds_nobody_twice(tmp_path):
    assert run(tmp_path, "seed", "--people", "20").endswith("added 30 people\n")
    assert run(tmp_path, "seed", "--people", "30").endswith("added 10 people\n")
    assert figures(tmp_path)["people"] == 40


def test_an_invented_citizen_has_a_record_that_adds_up(any_centre):
    assert invented_people.add(any_centre.engine, 3, LAST_MONTH) == 3
    [citizen] = invented_people.invent(2, 3)
    kiosk = any_centre.client(any_centre.enrol(an_identity()))
    whose = {"card_identity": citizen.card_identity, "id_number": citizen.id_number}
    shown = kiosk.call(ISSUE_CERTIFICATE, asking(request_id="all", **whose))
    assert (shown.holder_name, shown.sex, shown.total_months) == (citizen.name, citizen.sex, citizen.months)
    assert (shown.months[-1].month, shown.months[-1].base) == (LAST_MONTH, Decimal(citizen.base) / 100)
    assert len(shown.insurances) == 3
    year = kiosk.call(ISSUE_CERTIFICATE, asking(request_id="year", kind="annual-record", year=2025, **whose))
    assert year.credited == sum(month.base for month in year.months) * Decimal("0.08")
    assert year.interest == round((year.opening + year.credited / 2) * Decimal("0.03"), 2)
    assert year.closing == year.opening + year.credited + year.interest


def test_the_same_people_are_invented_however_many_there_are():
    assert list(invented_people.invent(0, 9))[7:] == list(invented_people.invent(7, 9))


def test_a_seed_completes_the_cards_of_a_register_that_did_not_know_their_factors(any_centre):
    invented_people.add(any_centre.engine, 3, LAST_MONTH)
    complete = sorted(
        (row.identity, row.reset_information, row.algorithm) for row in any_centre.rows(models.cards)
    )
    assert all(reset for _, reset, _ in complete)
    with any_centre.engine.begin() as tx:
        tx.execute(update(models.cards).values(reset_information=None, algorithm=None))
        people.add(tx, people.demo_people(), LAST_MONTH)
    invented_people.add(any_centre.engine, 3, LAST_MONTH)
    found = [(row.identity, row.reset_information, row.algorithm) for row in any_centre.rows(models.cards)]
    assert sorted(found) == complete


ROUND = invented_people.DAYS_OF_BIRTH
SPAN = ROUND * invented_people.ORDERS


def test_there_are_as_many_people_as_are_asked_for_and_no_two_have_one_id_number():
    # All who could meet somebody: the citizens of the demonstration have birthdays, and every order comes round.
    of_the_demo = [
        person.id_number for person in people.demo_people() if person.id_number.startswith("999999")
    ]
    birthdays, seen = {number[6:14] for number in of_the_demo}, of_the_demo
    for first in range(ROUND):
        [citizen] = invented_people.invent(first, first + 1)
        if citizen.id_number[6:14] in birthdays:
            numbers = range(first, invented_people.MOST, ROUND)
            seen += [each.id_number for n in numbers for each in invented_people.invent(n, n + 1)]
    assert len(set(seen)) == len(seen) > 3000
    assert all(re.fullmatch(r"999999\d{11}[\dX]", number) for number in seen)


@pytest.mark.parametrize("edge", [128_380, ROUND * 495, SPAN, 2 * SPAN, invented_people.MOST - 500])
def test_where_numbers_come_round_people_are_as_sound_as_before(edge):
    around = list(invented_people.invent(edge - 500, edge + 500))
    assert len({each.id_number for each in around}) == len({each.card_number for each in around}) == 1000
    for each in around:
        assert re.fullmatch(r"999999(18|19|20)\d{9}[\dX]", each.id_number)
        assert (int(each.id_number[16]) % 2 == 1) == (each.sex == "男")
        assert (len(each.card_number), len(each.card_identity)) == (9, 32)


def test_what_128_380_people_had_before_them_is_added_too(tmp_path, monkeypatch):
    run(tmp_path, "seed")
    monkeypatch.setattr(invented_people, "_how_many", lambda: select(literal(128_300)))
    result = CliRunner().invoke(main, ["seed", "--people", "128400", "--data", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (0, "added 100 people\n")
    assert "128400 of 128400 invented people (100 %)" in result.stderr


def test_more_people_than_there_are_numbers_for_is_said_in_a_line(tmp_path):
    said = run(tmp_path, "seed", "--people", str(invented_people.MOST + 1), code=2)
    assert f"0<=x<={invented_people.MOST}" in said


def test_only_migrate_makes_tables_and_changes_them(tmp_path):
    for command in (("serve", "--port", "0"), ("summary",), ("kiosks",), ("feeds", "status")):
        assert run(tmp_path, *command, code=3) == (
            "Error: the database has no tables yet: run `kiosk-central migrate`\n"
        )
    newest = schema.newest()
    assert run(tmp_path, "migrate") == f"the tables are version {newest}\n"
    assert run(tmp_path, "migrate") == f"the tables are version {newest}\n"
    assert figures(tmp_path)["people"] == 0


@pytest.mark.parametrize(
    ("version", "said"),
    [("0006", "run `kiosk-central migrate`"), ("9999", "a newer program made")],
)
def test_tables_of_another_version_are_left_as_they_are(tmp_path, version, said):
    run(tmp_path, "migrate")
    with closing(sqlite3.connect(tmp_path / "central.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = ?", (version,))
    for command in (
        ("serve", "--port", "0"),
        ("seed",),
        ("summary",),
        *([("migrate",)] if version > "1" else []),
    ):
        shown = run(tmp_path, *command, code=3)
        assert said in shown and version in shown and shown.count("\n") == 1
    with closing(sqlite3.connect(tmp_path / "central.db")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [(version,)]


def test_a_database_that_is_not_there_is_said_in_a_line(tmp_path):
    url = f"postgresql+psycopg://nobody@/nothing?host={tmp_path}"
    shown = run(tmp_path, "serve", "--port", "0", "--database", url, code=1)
    assert shown.startswith("Error: the database does not answer: ") and shown.count("\n") == 1


def test_invented_people_are_nobody_and_all_different():
    invented = list(invented_people.invent(0, 15_000))
    everybody: list[Any] = [*people.demo_people(), *invented]
    for key in ("id_number", "card_number", "card_identity"):
        assert len({getattr(person, key) for person in everybody}) == len(everybody)
    others = {each.id_number for each in (ANNA, LIANG, GAO, JONATHAN)}
    for person in (each for each in everybody if each.id_number not in others):
        assert re.fullmatch(r"999999\d{11}[\dX]", person.id_number)
        assert (int(person.id_number[16]) % 2 == 1) == (person.sex == "男")
        assert re.fullmatch(r"[0-9A-F]{32}", person.card_identity)


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_the_check_digit_is_the_one_of_gb_11643(number):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    assert "10X98765432"[sum(int(d) * w for d, w in zip(number, weights, strict=False)) % 11] == number[-1]
    for person in invented_people.invent(0, 200):
        digits = zip(person.id_number, weights, strict=False)
        assert "10X98765432"[sum(int(d) * w for d, w in digits) % 11] == person.id_number[-1]


def test_enrolling_and_revoking(tmp_path):
    run(tmp_path, "migrate")
    identity = an_identity()
    run(tmp_path, "seed")
    assert run(tmp_path, "enrol", "610200-001", identity.public_key) == "enrolled 610200-001\n"
    assert run(tmp_path, "enrol", "610200-001", an_identity().public_key) == "enrolled 610200-001\n"
    assert run(tmp_path, "revoke", "610200-001") == "revoked 610200-001\n"
    assert figures(tmp_path)["kiosks"] == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("enrol", "610200-001", "no key"), 1),
        (("enrol", "a b", an_identity().public_key), 2),
        (("revoke", "nobody"), 1),
        (("approve", "nobody"), 1),
        (("channel", "nobody", "window"), 1),
        (("feeds", "command", "nobody", '{"verb": "set-in-service"}'), 1),
        (("feeds", "publish", "commands/nobody", "-"), 1),
        (("feeds", "publish", "commands/a b", "-"), 1),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line_and_nothing_is_made(tmp_path, arguments, code):
    run(tmp_path, "seed")
    before = (run(tmp_path, "feeds", "status", "--json"), run(tmp_path, "kiosks"), figures(tmp_path))
    said = run(tmp_path, *arguments, code=code)
    assert said.startswith("Error: ") and said.count("\n") == 1
    assert (run(tmp_path, "feeds", "status", "--json"), run(tmp_path, "kiosks"), figures(tmp_path)) == before


def test_a_kiosk_that_is_only_invited_can_be_told_what_to_do(tmp_path):
    run(tmp_path, "seed")
    run(tmp_path, "invite", "610200-009")
    run(tmp_path, "feeds", "command", "610200-009", '{"verb": "set-in-service"}')
    assert "commands/610200-009" in run(tmp_path, "feeds", "status")


def test_staff_report_release_and_cancel_a_card_and_see_what_was_done(tmp_path):
    run(tmp_path, "seed")
    wang = "A1024575X"
    act = ("--public-url", "https://rs.example.gov.cn", "--channel")
    assert "card-" not in run(tmp_path, "card", "show", wang)
    receipt = run(tmp_path, "card", "report-loss", wang, *act, "hotline", "--kind", "oral")
    assert json.loads(receipt.splitlines()[-1])["loss_kind"] == "口头挂失"
    assert "口头挂失，至 " in run(tmp_path, "card", "show", wang)
    refused = run(tmp_path, "card", "release", wang, *act, "kiosk", code=1)
    assert "社保卡服务网点" in refused
    run(tmp_path, "card", "release", wang, *act, "web")
    run(tmp_path, "card", "cancel", wang, *act, "window", "--paper", "card", "--paper", "id-card")
    shown = json.loads(run(tmp_path, "card", "show", WANG.id_number, "--json"))
    assert shown["state"] == "cancelled"
    done = [(row["operation"], row["channel"]) for row in shown["history"]]
    assert done == [("report-loss", "hotline"), ("release-loss", "web"), ("cancel-card", "window")]
    assert WANG.id_number not in str(shown) and "王建国" not in str(shown)
    assert run(tmp_path, "card", "publish-expired") == "settled 0 cards\n"
    assert run(tmp_path, "card", "settle") == "settled 0 cards\n", "the old name stays"
    run(tmp_path, "invite", "610200-W01")
    assert run(tmp_path, "channel", "610200-W01", "window") == "610200-W01 stands for window\n"
    assert "没有查到" in run(tmp_path, "card", "show", "A00000000", code=1)


def test_the_simulated_3_0_card_has_the_keys_that_a_demonstration_gives_it(tmp_path):
    run(tmp_path, "seed")
    card = load(CARDS / "chen-jing.toml")
    keys = tomllib.loads(run(tmp_path, "card", "keys", card.basic.identity).split("\n", 1)[-1])["keys"]
    roots = {"internal": IRK, "holder_read": RKSSSE, "pin_unblock": PUK}
    assert keys == {name: card.key(root, None).value.hex().upper() for name, root in roots.items()}


@pytest.mark.parametrize("command", [[], ["serve"], ["seed"], ["enrol"], ["revoke"], ["summary"]])
def test_every_command_shows_an_example(command):
    assert "Example: kiosk-central" in CliRunner().invoke(main, [*command, "--help"]).output
