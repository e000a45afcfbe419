"""``kiosk-central operators``: the people at the centre who may act, by name."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from central.program.act_commands import local_time
from central.program.opening import acting, command_database
from central.program.options import OPERATOR, operator_option, where
from central.program.two_persons import OFF, Doing, Done, request_or_do, two_person_act
from central.store import operators as register
from central.store.acts import record
from central.store.database import reading
from command_line.program import Commands


@click.group(cls=Commands)
def operators() -> None:
    """Register the people who may act at the centre; who leaves is disabled, and stays on record.

    Example: kiosk-central operators list --data central-data
    """


@operators.command("list")
@where
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each.")
def list_operators(data: Path, database: str | None, as_json: bool) -> None:
    """List who may act, and who no longer may.

    Example: kiosk-central operators list --json
    """
    with command_database(data, database) as engine, reading(engine) as connection:
        found = [dict(row._mapping) for row in register.listed(connection)]
    for each in found:
        each |= {name: local_time(each[name]) for name in ("added_at", "disabled_at")}
        state = (
            f"disabled {each['disabled_at']} by {each['disabled_by']}" if each["disabled_at"] else "may act"
        )
        said = f"{each['name']}  {state}  added {each['added_at']} by {each['added_by']}"
        click.echo(json.dumps(each, ensure_ascii=False) if as_json else said)
    if not found and not as_json:
        click.echo("nobody is registered: anyone at the keyboard may act, under the name that they give")
    if len(found) < 2 and not as_json:
        click.echo(OFF, err=True)


@operators.command()
@where
@operator_option
@click.argument("name", type=OPERATOR)
def add(data: Path, database: str | None, operator: str, name: str) -> None:
    """Register somebody who may act from now on; with the first name, nobody else may.

    With the second, acts that need two people wait for the other; adding one more is such an act itself.

    Example: kiosk-central operators add 赵敏 --as 赵敏
    """
    request_or_do(data, database, operator, "operator-add", {"name": name}, f"{name} may act")


@operators.command()
@where
@operator_option
@click.argument("name", type=OPERATOR)
def disable(data: Path, database: str | None, operator: str, name: str) -> None:
    """Let somebody who has left act no more, from this moment on; what they did stays on record.

    Example: kiosk-central operators disable 李明 --as 赵敏
    """
    with acting(data, database, operator) as (tx, actor):
        record(tx, actor, "operator-disabled", name)
        register.disable(tx, name, actor.by, actor.at)
    click.echo(f"{name} may act no more")


@two_person_act("operator-add")
def _add(doing: Doing, content: Mapping[str, Any]) -> Done:
    tx, actor, name = doing.tx, doing.actor, content["name"]
    record(tx, actor, "operator-added", name)
    register.add(tx, name, actor.by, actor.at)
    return Done(f"{name} may act")
