"""``kiosk-central audit``: whether the history is as it was written, and the signed heads that prove it later."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click
import msgspec

from central.audit.bodies import CHAINS
from central.audit.chain import open_sequencer, own_heads
from central.audit.heads import kept
from central.audit.verify import verify
from central.feeds.publisher import open_publisher
from central.program.opening import command_database
from central.program.options import where
from central.store.database import reading
from command_line.program import Commands
from command_line.types import FILE_TO_READ, KIOSK_ID
from sync.protocol.audit_report import as_lines, exit_code, read_heads
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
        is_own = open_publisher(data, create=False).sealed
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
        rows = open_sequencer(engine, open_publisher(data, create=False)).run()
    click.echo(f"chained {rows} acts")


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
