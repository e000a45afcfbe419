"""What a command of the centre takes as text has room in its column, on both databases."""

import json

import click
import pytest
from sqlalchemy import select

from central.program.options import CARD, CREDIT_CODE, DATABASE, HOURS, IDENTITY, OPERATOR, REGION
from central.store import tables
from central.store.database import open_database
from command_line.types import (
    AUTHORITY,
    DOCUMENT,
    EVENT_ID,
    FINGERPRINT,
    HEADER,
    HOST,
    KIOSK_ID,
    MONTH,
    PRIVATE_URL,
    REQUEST,
    URL,
    OneLine,
    Text,
)
from tests.central.centre import sqlite_url
from tests.central.postgres import empty
from tests.central.program.cases import applied
from tests.central.program.command import run
from tests.command_line.tree import leaves

COLUMNS = {
    KIOSK_ID: (tables.kiosks.c.id, tables.invitations.c.kiosk_id, tables.acts.c.by, tables.acts.c.subject),
    FINGERPRINT: (tables.kiosk_certificates.c.fingerprint,),
    EVENT_ID: (tables.events.c.id,),
    OPERATOR: (tables.acts.c.by, tables.operators.c.name, tables.requests.c.requested_by),
    REQUEST: (tables.requests.c.id, tables.acts.c.subject),
    REGION: (tables.units.c.region,),
    CREDIT_CODE: (tables.units.c.credit_code,),
    IDENTITY: (tables.cards.c.identity,),
    DOCUMENT: (tables.certificates.c.number, tables.applications.c.number, tables.acts.c.subject),
}
"""Where the values of each form are written, or looked for."""
LINES = {
    ("kiosk-central revoke-document", "reason"): (tables.certificates.c.revoked_for, tables.acts.c.note),
    ("kiosk-central application", "note"): (tables.applications.c.note, tables.acts.c.note),
    ("kiosk-central acts", "about"): (),  # only compared
}
NOT_KEPT = {AUTHORITY, DATABASE, HOURS, URL, HOST, HEADER, CARD, MONTH, PRIVATE_URL}
CENTRAL = [
    (leaf.name, parameter)
    for leaf in leaves()
    if leaf.words[0] == "kiosk-central"
    for parameter in leaf.command.params
]


def fits(kind: click.ParamType, value: str) -> bool:
    try:
        kind.convert(value, None, None)
    except click.BadParameter:
        return False
    return True


def longest(kind: click.ParamType) -> int:
    """The most characters that a type takes, of digits, capitals or words."""
    return max(size for size in range(300) for sign in "1A号" if fits(kind, sign * size))


@pytest.mark.parametrize("kind", COLUMNS, ids=lambda kind: kind.name)
def test_a_form_is_no_longer_than_where_its_values_are_kept(kind):
    for column in COLUMNS[kind]:
        assert longest(kind) <= column.type.length, column  # type: ignore[attr-defined]


def test_a_line_is_no_longer_than_where_it_is_kept():
    lines = {
        (name, parameter.name): parameter.type
        for name, parameter in CENTRAL
        if type(parameter.type) is OneLine
    }
    assert lines.keys() == LINES.keys(), "say where the text of a new option is kept"
    for option, columns in LINES.items():
        for column in columns:
            assert longest(lines[option]) <= column.type.length, option  # type: ignore[attr-defined]


def test_of_every_form_it_is_said_where_its_values_are_kept():
    forms = {parameter.type for _, parameter in CENTRAL if isinstance(parameter.type, Text)}
    assert forms <= COLUMNS.keys() | NOT_KEPT


@pytest.fixture(params=["sqlite", "postgresql"])
def options(request, tmp_path) -> tuple[str, ...]:
    """How the commands name the database of a centre that was begun."""
    is_sqlite = request.param == "sqlite"
    url = sqlite_url(tmp_path) if is_sqlite else empty(request.getfixturevalue("postgres_url"))
    run(tmp_path, "seed", "--database", url)
    return ("--database", url)


@pytest.fixture
def number(tmp_path, options) -> str:
    """The number of an application, and of its receipt."""
    return applied(tmp_path, options[1])


def revoked_for(options, number: str) -> str | None:
    engine = open_database(options[1])
    with engine.connect() as connection:
        found = connection.scalar(
            select(tables.certificates.c.revoked_for).where(tables.certificates.c.number == number)
        )
    engine.dispose()
    return found


def test_the_longest_reason_is_kept_whole_and_a_longer_one_is_refused(tmp_path, options, number):
    told = run(tmp_path, "revoke-document", number, "--reason", "错" * 81, *options, code=2)
    assert "it has more than 80 characters" in told and revoked_for(options, number) is None
    run(tmp_path, "revoke-document", number, "--reason", "错" * 80, *options)
    assert revoked_for(options, number) == "错" * 80


def test_the_longest_note_is_kept_whole_and_a_longer_one_is_refused(tmp_path, options, number):
    told = run(tmp_path, "application", number, "--refused", "--note", "缺" * 201, *options, code=2)
    assert "it has more than 200 characters" in told
    decided = run(tmp_path, "application", number, "--refused", "--note", "缺" * 200, *options)
    assert json.loads(decided)["note"] == "缺" * 200
