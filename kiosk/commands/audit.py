"""``kiosk audit``: whether the history of this kiosk is as it was written, and the signed heads that prove it later."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click
import msgspec
import structlog

from command_line.program import Commands
from command_line.types import FILE_TO_READ
from kiosk import config
from kiosk.commands.machine import config_option, existing_store
from sync.identity import Identity
from sync.protocol.audit_report import as_lines, exit_code, read_heads
from sync.protocol.messages import Head
from sync.store import chain, heads
from sync.store.chain_check import verify as verified


@click.group(cls=Commands)
def audit() -> None:
    """Check that the history of this kiosk is as it was written; keep signed heads of it elsewhere.

    Example: kiosk audit verify --config kiosk.toml
    """
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


@audit.command()
@config_option
@click.option(
    "--heads",
    "files",
    type=FILE_TO_READ,
    multiple=True,
    help="Heads that were kept elsewhere, a line of JSON each: `kiosk-central audit kept KIOSK --json`.",
)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
def verify(file: Path, files: tuple[Path, ...], as_json: bool) -> None:
    """Read all that was recorded through: no row changed, swapped, taken away or, by the heads, cut off or rewritten.

    Example: kiosk audit verify --config kiosk.toml --json

    Exit codes: 0 whole · 1 it could not be read · 3 whole, but rows were lost with the store · 4 not as it was written.
    """
    kept = [head for each in files for head in read_heads(each)]
    settings = config.load(file)
    with existing_store(settings) as store:
        found = verified(store, Identity.of(settings.kiosk_id, settings.data).sealed, kept, _said)
    click.echo(msgspec.json.encode(found) if as_json else "\n".join(as_lines(found)))
    sys.exit(exit_code([found]))


@audit.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="One line of JSON: what `verify --heads` reads.")
def head(file: Path, as_json: bool) -> None:
    """Print how far the history of this kiosk is, signed with its key; keep it where the kiosk is not.

    Example: kiosk audit head --config kiosk.toml --json
    """
    settings = config.load(file)
    with existing_store(settings) as store:
        identity = Identity.of(settings.kiosk_id, settings.data)
        _show([chain.head(store, settings.kiosk_id, identity.seal_text)], as_json)


@audit.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each.")
def kept(file: Path, as_json: bool) -> None:
    """Print the centre's heads that this kiosk keeps, the last of each day, for `kiosk-central audit verify --heads`.

    Example: kiosk audit kept --config kiosk.toml --json
    """
    with existing_store(config.load(file)) as store:
        _show(heads.kept(store), as_json)


def _show(found: Iterable[Head], as_json: bool) -> None:
    for each in found:
        said = f"{each.chain}  {each.n}  {each.h}  {each.epoch}  {each.time.isoformat()}"
        click.echo(msgspec.json.encode(each) if as_json else said)


def _said(rows: int) -> None:
    if not rows % 100_000:
        click.echo(f"{rows} rows", err=True)
