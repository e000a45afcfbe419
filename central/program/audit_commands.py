"""``kiosk-central audit``: whether the history is as it was written, and the signed heads that prove it later."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec
from dateutil.relativedelta import relativedelta

from central.audit.bodies import CHAINS
from central.audit.chain import open_sequencer, own_heads
from central.audit.export import lines
from central.audit.heads import kept
from central.audit.retention import KEPT_YEARS, cut_before
from central.audit.verify import verify
from central.feeds.publisher import open_publisher
from central.program.opening import command_database
from central.program.options import defaults, operator_option, where
from central.program.two_persons import Doing, Done, request_or_do, two_person_act
from central.store.acts import record
from central.store.database import reading
from command_line.program import Commands
from command_line.types import FILE, FILE_TO_READ, KIOSK_ID
from sync.protocol.audit_report import as_lines, exit_code, read_heads
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.messages import Head


@click.group("audit", cls=Commands)
def audit() -> None:
    """Check that the history is as it was written; keep signed heads of it where the history is not.

    Example: kiosk-central audit verify --data central-data
    """


@audit.command("verify")
@where
@click.option(
    "--heads",
    "files",
    type=FILE_TO_READ,
    multiple=True,
    help="Heads that were kept elsewhere, a line of JSON each: `audit head --json`, `kiosk audit kept --json`.",
)
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each chain.")
def verify_all(data: Path, database: str | None, files: tuple[Path, ...], as_json: bool) -> None:
    """Read all acts through: none changed, swapped, taken away or, by the heads, cut off or rewritten.

    Example: kiosk-central audit verify --data central-data --json

    Exit codes: 0 whole · 1 it could not be read · 3 whole, but acts wait for their place or were lost in a restore ·
    4 not as it was written.
    """
    heads = [head for file in files for head in read_heads(file)]
    with command_database(data, database) as engine, reading(engine) as connection:
        is_own = open_publisher(data, defaults().keys, create=False).sealed
        found = [verify(connection, each, is_own, heads, _said(each.chain)) for each in CHAINS]
    for each in found:
        click.echo(msgspec.json.encode(each) if as_json else "\n".join(as_lines(each)))
    sys.exit(exit_code(found))


@audit.command()
@where
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each: what `verify --heads` reads.")
def head(data: Path, database: str | None, as_json: bool) -> None:
    """Print how far the history is, signed with the key for manifests; keep it where the centre is not.

    Example: kiosk-central audit head --json > heads.jsonl
    """
    with command_database(data, database) as engine, reading(engine) as connection:
        _show(own_heads(connection), as_json)


@audit.command("kept")
@where
@click.argument("kiosk_id", type=KIOSK_ID, required=False)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="A line of JSON for each: for `kiosk audit verify`.",
)
def list_kept(data: Path, database: str | None, kiosk_id: str | None, as_json: bool) -> None:
    """Print the heads of a kiosk's history that the centre keeps, or of all kiosks, the last of each day.

    Example: kiosk-central audit kept 610200-001 --json
    """
    with command_database(data, database) as engine, reading(engine) as connection:
        _show(kept(connection, kiosk_id and f"kiosk.{kiosk_id}"), as_json)


@audit.command()
@where
def chain(data: Path, database: str | None) -> None:
    """Give the acts that wait their place in the chain, as `serve` does all the time.

    Example: kiosk-central audit chain --data central-data
    """
    with command_database(data, database) as engine:
        rows = open_sequencer(engine, open_publisher(data, defaults().keys, create=False)).run()
    click.echo(f"chained {rows} acts")


@audit.command()
@where
@operator_option
@click.option("--out", type=FILE, required=True, help="The file to write, with a line of JSON for each act.")
def export(data: Path, database: str | None, operator: str, out: Path) -> None:
    """Write all acts with what is hashed of them, for somebody who checks the chain without us.

    Needs a second person (`pending`, `confirm`): the file tells who did what with which document and card.

    Example: kiosk-central audit export --out acts.jsonl --as 赵敏
    """
    what = {"out": str(out.absolute())}
    request_or_do(
        data, database, operator, "audit-export", what, f"export all acts to {out.absolute()}"[:200]
    )


@two_person_act("audit-export")
def _export(doing: Doing, content: Mapping[str, Any]) -> Done:
    out, rows = Path(content["out"]), 0
    with open(out, "w", encoding="utf-8", opener=_for_owner) as file:
        for chained in CHAINS:
            for line in lines(doing.tx, chained):
                rows += 1
                file.write(f"{line}\n")
    record(doing.tx, doing.actor, "history-exported", "acts", note=f"{rows} lines to {out}"[:200])
    return Done(f"wrote {rows} lines to {out}")


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@audit.command()
@where
@operator_option
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help=f"A day at least {KEPT_YEARS} years ago; acts from before it go.",
)
def cut(data: Path, database: str | None, operator: str, before: datetime) -> None:
    """Remove the oldest acts, which were kept long enough; a signed head says where the chain then begins.

    Needs a second person (`pending`, `confirm`).

    Example: kiosk-central audit cut --before 2020-01-01 --as 赵敏
    """
    day = before.replace(tzinfo=CHINA)
    if day > datetime.now(CHINA) - relativedelta(years=KEPT_YEARS):
        raise click.UsageError(f"acts are kept for at least {KEPT_YEARS} years: --before names a later day")
    what = {"before": day.isoformat()}
    request_or_do(
        data, database, operator, "audit-cut", what, f"remove the acts from before {before:%Y-%m-%d}"
    )


@two_person_act("audit-cut")
def _cut(doing: Doing, content: Mapping[str, Any]) -> Done:
    publisher = open_publisher(doing.data, defaults().keys, create=False)
    day = datetime.fromisoformat(content["before"])
    removed = sum(cut_before(doing.tx, each, day, publisher.seal) for each in CHAINS)
    record(doing.tx, doing.actor, "history-cut", "acts", note=f"{removed} acts from before {day:%Y-%m-%d}")
    return Done(f"removed {removed} acts")


def _show(heads: Iterable[Head], as_json: bool) -> None:
    for each in heads:
        said = f"{each.chain}  {each.n}  {each.h}  {each.epoch}  {each.time.isoformat()}"
        click.echo(msgspec.json.encode(each) if as_json else said)


def _said(chain: str) -> Callable[[int], None]:
    """Return what says on stderr how many rows were read, at each 100,000."""

    def said(rows: int) -> None:
        if not rows % 100_000:
            click.echo(f"{chain}: {rows} rows", err=True)

    return said
