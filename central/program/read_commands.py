"""``kiosk-central reads``: who was told what of a person."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Row

from central.program.act_commands import local_time
from central.program.opening import acting
from central.program.options import operator_option, where
from central.store.reads import MOST_SHOWN, find_reads, record_read
from text.id_number import read_id_number

SHOWN = ("actor", "by", "channel", "region", "what", "kind", "purpose", "proof")


@click.command("reads")
@where
@operator_option
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each.")
def list_reads(data: Path, database: str | None, operator: str, as_json: bool) -> None:
    """List who was told what of a person, the newest first. The ID number is asked for, or read from stdin.

    That somebody looked is a read of that person's record too.

    Example: echo 999999197503170619 | kiosk-central reads --operator 赵敏 --json
    """
    id_number = _asked()
    with acting(data, database, operator) as (tx, actor):
        found = find_reads(tx, id_number)
        record_read(
            tx,
            actor.at,
            id_number,
            actor.by,
            "reads",
            actor="clerk",
            channel=actor.channel,
            purpose="oversight",
        )
    for row in found:
        click.echo(json.dumps(_described(row), ensure_ascii=False) if as_json else _as_line(row))
    if len(found) == MOST_SHOWN and not as_json:
        click.echo(f"the newest {MOST_SHOWN}", err=True)


def _asked() -> str:
    """Return the ID number, which is on no command line and not shown while it is typed."""
    try:
        return read_id_number(_typed() if sys.stdin.isatty() else _piped(), passports=True).number
    except ValueError:
        raise click.UsageError("that is no number of a person; nothing was looked up") from None


def _typed() -> str:
    return str(click.prompt("ID number", hide_input=True))


def _piped() -> str:
    return sys.stdin.buffer.readline(100).decode("ascii", "replace")


def _described(row: Row[Any]) -> dict[str, str | None]:
    return {"at": local_time(row.at)} | {name: getattr(row, name) for name in SHOWN}


def _as_line(row: Row[Any]) -> str:
    return "  ".join(filter(None, _described(row).values()))
