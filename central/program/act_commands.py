"""``kiosk-central acts``: who did what at the centre."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection, Row, or_, select

from central.program.opening import command_database
from central.program.options import OPERATOR, where
from central.store.acts import MOST_SHOWN, find_acts
from central.store.database import reading
from central.store.tables import cards
from command_line.types import NOTE
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.certificate_number import ungrouped
from text.clean import clean_number


@click.command("acts")
@where
@click.option(
    "--about",
    type=NOTE,
    metavar="SUBJECT",
    help="Of one document, application, card (its number, or its holder's ID number), kiosk or feed.",
)
@click.option("--by", type=OPERATOR, metavar="NAME", help="Of one member of staff, kiosk or job.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each.")
def list_acts(data: Path, database: str | None, about: str | None, by: str | None, as_json: bool) -> None:
    """List the newest acts, oldest first: when, what, to what, by whom, in which channel, on what proof.

    Example: kiosk-central acts --about 610200202600000010 --json
    """
    with command_database(data, database) as engine, reading(engine) as connection:
        subject = None if about is None else _subject(connection, about)
        found = [
            {"subject": row.subject} | described(row) for row in find_acts(connection, subject=subject, by=by)
        ]
    for act in found:
        click.echo(json.dumps(act, ensure_ascii=False) if as_json else as_line(act))
    if len(found) == MOST_SHOWN and not as_json:
        click.echo(f"the newest {MOST_SHOWN}; --about or --by show others", err=True)


def described(row: Row[Any]) -> dict[str, Any]:
    """Return an act for people and programs: what it is, between which states, and who did it how."""
    what = {name: getattr(row, name) for name in ("act", "kind", "before", "after", "note")}
    who = {name: getattr(row, name) for name in ("actor", "by", "channel", "proof")}
    return {"at": local_time(row.at), "until": local_time(row.until)} | what | who


def as_line(act: dict[str, Any]) -> str:
    """Return an act as one line of text."""
    words: Iterable[Any] = (
        *(act["at"], act["act"], act.get("subject"), act["kind"], act["after"]),
        *(act["channel"], act["by"], act["proof"], act["note"]),
    )
    return "  ".join(str(word) for word in words if word)


def local_time(at: datetime | None) -> str | None:
    """Return a time as staff read it."""
    return at.astimezone(CHINA).isoformat(timespec="minutes") if at else None


def _subject(connection: Connection, about: str) -> str:
    """Return what the record calls a subject: a card by its partition, anything else as people do."""
    name = clean_number(about)
    named = or_(*(column == name for column in (cards.c.identity, cards.c.number, cards.c.id_number)))
    partition = connection.execute(select(cards.c.partition).where(named)).scalars().first()
    return partition or (ungrouped(about) if ungrouped(about).isdigit() else about)
