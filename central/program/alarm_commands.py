"""``kiosk-central alarms``: what a person at the centre must look into."""

import json
from pathlib import Path

import click

from central.program.act_commands import local_time
from central.program.opening import acting, command_database
from central.program.options import operator_option, where
from central.store.acts import record
from central.store.alarms import find_alarms, mark_seen
from central.store.database import reading
from command_line.failure import CommandError
from command_line.program import Commands
from command_line.types import NUMBER


@click.group(cls=Commands)
def alarms() -> None:
    """List what somebody must look into, and note who did.

    Example: kiosk-central alarms list --data central-data
    """


@alarms.command("list")
@where
@click.option("--all", "seen", is_flag=True, help="Also those that somebody has seen to.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each.")
def list_alarms(data: Path, database: str | None, seen: bool, as_json: bool) -> None:
    """List the alarms that nobody has seen to, the oldest first.

    Example: kiosk-central alarms list --all --json
    """
    with command_database(data, database) as engine, reading(engine) as connection:
        found = [dict(row._mapping) for row in find_alarms(connection, seen=seen)]
    for each in found:
        each |= {"at": local_time(each["at"]), "seen_at": local_time(each["seen_at"])}
        words = (str(value) for value in each.values() if value)
        click.echo(json.dumps(each, ensure_ascii=False) if as_json else "  ".join(words))


@alarms.command()
@where
@operator_option
@click.argument("alarm_id", type=NUMBER, metavar="ID")
def seen(data: Path, database: str | None, operator: str, alarm_id: int) -> None:
    """Note that you have seen to an alarm: it is no longer listed, and raised again when it happens again.

    Example: kiosk-central alarms seen 17 --as 赵敏
    """
    with acting(data, database, operator) as (tx, actor):
        subject = mark_seen(tx, alarm_id, actor.by, actor.at)
        if subject is None:
            raise CommandError(f"there is no open alarm {alarm_id}; nothing was changed", "no-such-alarm")
        record(tx, actor, "alarm-seen", subject, note=str(alarm_id))
    click.echo(f"seen to alarm {alarm_id}")
