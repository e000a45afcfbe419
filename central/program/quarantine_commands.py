"""``kiosk-central quarantine``: events that the centre could not take, for people to look at."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from sqlalchemy import delete, select

from central.program.act_commands import local_time
from central.program.opening import command_database
from central.program.options import operator_option, where
from central.program.two_persons import Doing, Done, request_or_do, two_person_act
from central.store.acts import record
from central.store.database import reading
from central.store.tables import quarantine as table
from command_line.failure import CommandError
from command_line.program import Commands
from command_line.types import NUMBER

MOST_SHOWN = 200


@click.group(cls=Commands)
def quarantine() -> None:
    """Look at the events that the centre could not take, and delete what was seen to.

    Example: kiosk-central quarantine list --data central-data
    """


@quarantine.command("list")
@where
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each.")
def list_quarantine(data: Path, database: str | None, as_json: bool) -> None:
    """List the newest events in quarantine, the oldest first: whose, and why; never their content.

    Example: kiosk-central quarantine list --json
    """
    columns = ("id", "kiosk_id", "event_id", "result", "reason", "sha256", "received_at")
    newest = select(*(table.c[name] for name in columns)).order_by(table.c.id.desc()).limit(MOST_SHOWN)
    with command_database(data, database) as engine, reading(engine) as connection:
        found = [dict(row._mapping) for row in connection.execute(newest)][::-1]
    for each in found:
        each["received_at"] = local_time(each["received_at"])
        said = "  ".join(str(value) for value in each.values())
        click.echo(json.dumps(each, ensure_ascii=False) if as_json else said)


@quarantine.command("delete")
@where
@operator_option
@click.argument("quarantine_id", type=NUMBER, metavar="ID")
def delete_quarantined(data: Path, database: str | None, operator: str, quarantine_id: int) -> None:
    """Delete an event in quarantine for good. Needs a second person (`pending`, `confirm`).

    Example: kiosk-central quarantine delete 17 --as 赵敏
    """
    with command_database(data, database) as engine, reading(engine) as connection:
        found = connection.execute(select(table).where(table.c.id == quarantine_id)).one_or_none()
    if found is None:
        raise CommandError(
            f"there is no event {quarantine_id} in quarantine; nothing was changed", "no-such-event"
        )
    what = {"id": quarantine_id, "sha256": found.sha256}
    summary = f"delete event {found.event_id} of {found.kiosk_id} in quarantine: {found.reason}"[:200]
    request_or_do(data, database, operator, "quarantine-delete", what, summary)


@two_person_act("quarantine-delete")
def _delete(doing: Doing, content: Mapping[str, Any]) -> Done:
    this = (table.c.id == content["id"]) & (table.c.sha256 == content["sha256"])
    kiosk_id = doing.tx.execute(delete(table).where(this).returning(table.c.kiosk_id)).scalar_one_or_none()
    if kiosk_id is None:
        raise CommandError("it is not in quarantine; nothing was changed", "no-such-event")
    record(doing.tx, doing.actor, "quarantine-deleted", kiosk_id, note=f"sha256 {content['sha256']}")
    return Done(f"deleted event {content['id']} in quarantine")
