"""``kiosk journal``: the acts whose outcome is unknown, and what staff have found out about them."""

import json
import sys
from pathlib import Path
from typing import Any

import click
import structlog

from command_line.failure import CommandError
from command_line.program import Commands
from command_line.types import NUMBER
from kiosk import config
from kiosk.commands.machine import config_option, existing_store
from kiosk.paper.printing import CERTIFICATE_PRINT, decide
from kiosk.record.journal import AlreadySettledError, Intent, Journal


@click.group(cls=Commands, aliases={"decide-print": "record-print"})
def journal() -> None:
    """Review acts whose outcome is unknown: prints, activations, PIN changes.

    Example: kiosk journal open --config kiosk.toml

    Exit codes: 0 done · 1 the configuration, the store or its key cannot be used, or there is no such act · 2 wrong
    call.
    """
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


@journal.command("open")
@config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_open(file: Path, as_json: bool) -> None:
    """List the acts whose outcome is unknown, oldest first.

    Example: kiosk journal open --config kiosk.toml --json
    """
    with existing_store(config.load(file)) as store:
        acts = [_told(act) for act in Journal(store).acts_with_unknown_outcome()]
    for act in acts:
        click.echo(json.dumps(act, ensure_ascii=False) if as_json else "  ".join(map(str, act.values())))
    if not acts and not as_json:
        click.echo("没有未确定的业务")


@journal.command()
@config_option
@click.argument("act_id", type=NUMBER, metavar="ID")
@click.option(
    "--complete/--incomplete", required=True, help="Whether the paper in the citizen's hand is whole."
)
def record_print(file: Path, act_id: int, complete: bool) -> None:
    """Record what staff have seen on the paper of an uncertain print; nothing is printed.

    Example: kiosk journal record-print 17 --complete --config kiosk.toml
    """
    with existing_store(config.load(file)) as store:
        record = Journal(store)
        act = next(
            (
                act
                for act in record.acts_with_unknown_outcome()
                if act.id == act_id and act.act == CERTIFICATE_PRINT.name
            ),
            None,
        )
        if act is None:
            raise CommandError(
                f"there is no uncertain print number {act_id}; nothing was changed", "no-such-act"
            )
        try:
            decide(record, act, complete=complete)
        except AlreadySettledError as error:
            raise CommandError(
                f"{error}: it was decided meanwhile; nothing was changed", "already-settled"
            ) from error
    click.echo("已记录" if complete else "已记录：没有打印好；下次插卡可以再打，编号不变")


def _told(act: Intent) -> dict[str, Any]:
    data = {name: value for name, value in act.data.items() if name != "request"}
    return {"id": act.id, "act": act.act, "visit_id": act.visit_id, **data}
