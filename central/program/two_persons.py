"""Acts of two people on the command line: requested by one, shown to another, and done when that one confirms.

``central.toml`` may name those that need two (``two_persons``). The rule is on from the second registered operator on.
"""

import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, Row

from central.program.act_commands import local_time
from central.program.opening import acting, acting_database, command_database
from central.program.options import ActOfTwo, defaults, operator_option, where
from central.store import two_persons
from central.store.acts import Actor, clerk
from central.store.database import reading
from central.store.operators import registered
from command_line.failure import Exit
from command_line.types import REQUEST

OFF = "the two-person rule is off: fewer than two operators are registered (docs/security.md)"


class Doing(Struct, frozen=True):
    """What an act may use: its transaction, who does it, the centre's folder."""

    tx: Connection
    actor: Actor
    data: Path


class Done(Struct, frozen=True):
    """What is said when it is done, and what is to be done after it is committed."""

    said: str
    afterwards: Callable[[Engine], object] | None = None


Work = Callable[[Doing, Mapping[str, Any]], Done]
_ACTS: dict[str, Work] = {}
"""By their names, as ``central.toml`` has them."""


def two_person_act(name: ActOfTwo) -> Callable[[Work], Work]:
    """Mark the function that does an act which may need two people; it gets the content that was requested."""

    def register(work: Work) -> Work:
        _ACTS[name] = work
        return work

    return register


def request_or_do(
    data: Path, database: str | None, operator: str, act: ActOfTwo, content: Mapping[str, Any], summary: str
) -> None:
    """Do an act at once where it needs one person only, else let it wait for the second, and end with 3."""
    actor = clerk(operator, datetime.now(UTC))
    with acting_database(data, database) as engine:
        with engine.begin() as tx:
            is_off = registered(tx) < 2
            if needs_two(tx, act):
                made = two_persons.make(tx, actor, act, content, summary)
                done = None
            else:
                done = _ACTS[act](Doing(tx, actor, data), content)
        if done and done.afterwards:
            done.afterwards(engine)
    if done is None:
        _say_waiting(made)
        sys.exit(Exit.NOT_YET)
    if is_off:
        click.echo(OFF, err=True)
    click.echo(done.said)


def needs_two(tx: Connection, act: ActOfTwo) -> bool:
    """Return whether an act needs two people here and now."""
    chosen = defaults().two_persons
    return (chosen is None or act in chosen) and registered(tx) > 1


@click.command()
@where
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each.")
def pending(data: Path, database: str | None, as_json: bool) -> None:
    """List the acts that wait for a second person: what exactly, who requests it, until when.

    Example: kiosk-central pending --json
    """
    with command_database(data, database) as engine, reading(engine) as connection:
        found = [_described(row) for row in two_persons.waiting(connection, datetime.now(UTC))]
        off = registered(connection) < 2
    for each in found:
        click.echo(json.dumps(each, ensure_ascii=False) if as_json else _as_text(each))
    if off and not as_json:
        click.echo(OFF, err=True)


@click.command()
@where
@operator_option
@click.argument("request_id", type=REQUEST, metavar="ID")
def confirm(data: Path, database: str | None, operator: str, request_id: str) -> None:
    """Confirm, as the second person, what another has requested: it is shown, and done.

    The ID is the hash of what was requested: what `pending` has shown under it is what is done, and nothing else.

    Example: kiosk-central confirm 3f2a9c0d11e4b7a8 --as 陈静
    """
    actor = clerk(operator, datetime.now(UTC))
    with acting_database(data, database) as engine:
        with engine.begin() as tx:
            made = two_persons.confirm(tx, actor, request_id)
            proof = f"confirmed by {actor.by}, request {request_id}"
            requester = msgspec.structs.replace(actor, by=made.requested_by, proof=proof)
            click.echo(_as_text(_described(made)), err=True)
            done = _ACTS[made.act](Doing(tx, requester, data), json.loads(made.content))
        if done.afterwards:
            done.afterwards(engine)
    click.echo(done.said)


@click.command()
@where
@operator_option
@click.argument("request_id", type=REQUEST, metavar="ID")
def withdraw(data: Path, database: str | None, operator: str, request_id: str) -> None:
    """Take back a request that waits for a second person.

    Example: kiosk-central withdraw 3f2a9c0d11e4b7a8 --as 赵敏
    """
    with acting(data, database, operator) as (tx, actor):
        two_persons.withdraw(tx, actor, request_id)
    click.echo(f"withdrawn {request_id}")


COMMANDS = (pending, confirm, withdraw)


def _say_waiting(made: Row[Any]) -> None:
    click.echo(
        f"it needs a second person until {local_time(made.expires_at)}:"
        f" kiosk-central confirm {made.id} --as NAME\n{made.summary}"
    )


def _described(row: Row[Any]) -> dict[str, Any]:
    about = {name: getattr(row, name) for name in ("id", "act", "summary", "requested_by")}
    times = {name: local_time(getattr(row, name)) for name in ("requested_at", "expires_at")}
    return about | times | {"content": json.loads(row.content)}


def _as_text(found: dict[str, Any]) -> str:
    head = f"{found['id']}  {found['act']}  requested by {found['requested_by']} at {found['requested_at']}"
    content = json.dumps(found["content"], ensure_ascii=False, sort_keys=True)
    return f"{head}, until {found['expires_at']}\n  {found['summary']}\n  {content}"
