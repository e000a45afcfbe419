"""``kiosk-central application`` and ``applications``: cases decided and listed, until clerks have a console."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import click
import msgspec
from sqlalchemy import Connection

from central.cases import applications
from central.cases.applications import ITEMS
from central.program.act_commands import as_line, described
from central.program.opening import acting, command_database
from central.program.options import line_for, operator_option, where
from central.store.acts import find_acts
from central.store.database import reading
from central.store.tables import applications as table
from command_line.types import DOCUMENT
from sync.protocol.applications import ApplicationState
from sync.protocol.certificate_number import grouped, ungrouped
from text.masking import mask_name

DECISIONS = {"accepted": "受理", "granted": "批准", "refused": "不予批准"}


@click.command()
@where
@operator_option
@click.argument("number", type=DOCUMENT)
@click.option("--granted", is_flag=True, help="Decide it: granted.")
@click.option("--refused", is_flag=True, help="Decide it: refused.")
@click.option(
    "--note",
    "--reason",
    "note",
    type=line_for(table.c.note),
    default="",
    help="Why, in words for the citizen.",
)
def application(
    data: Path,
    database: str | None,
    operator: str,
    number: str,
    granted: bool,
    refused: bool,
    note: str,
) -> None:
    """Record how, by whom and why the application with the number of its receipt was decided; print it as JSON.

    Example: kiosk-central application 610200202600000010 --granted --operator 赵敏 --note 符合领取条件
    """
    if granted == refused:
        raise click.UsageError("--granted or --refused? Name one of them")
    status: Literal["granted", "refused"] = "granted" if granted else "refused"
    with acting(data, database, operator) as (tx, actor):
        state = applications.decide(tx, ungrouped(number), status, note, actor)
        decided = _with_history(tx, state)
    click.echo(json.dumps(decided, ensure_ascii=False))


@click.command("applications")
@where
@click.argument("number", type=DOCUMENT, required=False)
@click.option("--open", "only_open", is_flag=True, help="Those that nobody has decided yet.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each.")
def list_applications(
    data: Path, database: str | None, number: str | None, only_open: bool, as_json: bool
) -> None:
    """List applications, the earliest due first, or the one with NUMBER: its state, and who did what with it.

    Example: kiosk-central applications --open --json
    """
    now = datetime.now(UTC)
    with command_database(data, database) as engine, reading(engine) as connection:
        listed = applications.listed(
            connection, now, number=number and ungrouped(number), only_open=only_open
        )
        found = [_with_history(connection, state, applicant=mask_name(name)) for state, name in listed]
    for each in found:
        click.echo(json.dumps(each, ensure_ascii=False) if as_json else _as_text(each))


def _with_history(connection: Connection, state: ApplicationState, **more: str) -> dict[str, Any]:
    """Return an application and the acts that made it what it is; its receipt is none of them."""
    acts = map(described, find_acts(connection, subject=state.number))
    history = [act for act in acts if act["act"].startswith("application-")]
    values: dict[str, Any] = msgspec.to_builtins(state)
    return values | more | {"history": history}


def _as_text(found: dict[str, Any]) -> str:
    due = f"应于 {found['due']} 前办结" if found["due"] else "办结期限未定"
    late = "，已超期" if found["overdue"] else ""
    head = f"{grouped(found['number'])}  {ITEMS[found['item']]}  {found['applicant']}"
    lines = [f"{head}  {DECISIONS[found['status']]}  {due}{late}"]
    return "\n  ".join([*lines, *map(as_line, found["history"])])
