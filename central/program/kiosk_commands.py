"""``kiosk-central``: letting kiosks in, and proving what they said."""

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import click
import msgspec

from central.access import enrolment, kiosks
from central.access.terminals import (
    ALL_ACTS,
    Approval,
    Terminal,
    fix_at_enrolment,
    fix_terminal,
    terminal_of,
)
from central.events import proof
from central.events.proof import ProofError
from central.program.opening import acting, command_database
from central.program.options import REGION, operator_option, where
from central.store.acts import record
from central.store.database import reading
from command_line.failure import CommandError
from command_line.types import EVENT_ID, FINGERPRINT, KIOSK_ID
from sync.protocol.algorithms import ED25519
from sync.protocol.words import Channel, TerminalAct

NOTE_LENGTH = 200


def approval(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what a terminal is approved for, and hand them over as ``approved``."""

    @functools.wraps(command)
    def with_approval(
        *, regions: tuple[str, ...], acts: tuple[TerminalAct, ...], channel: Channel | None, **others: Any
    ) -> None:
        command(approved=Approval(channel, regions, acts), **others)

    for option in (
        click.option("--channel", type=click.Choice(get_args(Channel)), help="What it is in the rules."),
        click.option(
            "--act", "acts", type=click.Choice(ALL_ACTS), multiple=True, help="What it may do or say."
        ),
        click.option(
            "--region", "regions", type=REGION, multiple=True, help="Where it stands; several times."
        ),
    ):
        with_approval = option(with_approval)
    return with_approval


certificate_option = click.option(
    "--certificate",
    type=FINGERPRINT,
    metavar="FINGERPRINT",
    help="The SHA-256 of the TLS certificate that it comes with, as `ca issue` says it.",
)


@click.command()
@where
@operator_option
@click.argument("kiosk_id", type=KIOSK_ID)
@click.option("--auto-approve", is_flag=True, help="Approve its key immediately. For demonstrations.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
def invite(
    data: Path, database: str | None, operator: str, kiosk_id: str, auto_approve: bool, as_json: bool
) -> None:
    """Make a one-time code for a kiosk, good for a day; `kiosk sync enrol CODE` uses it.

    Example: kiosk-central invite 610200-001
    """
    with acting(data, database, operator) as (tx, actor):
        code = enrolment.invite(tx, kiosk_id, actor.at, auto_approve=auto_approve)
        record(tx, actor, "kiosk-invited", kiosk_id)
    click.echo(json.dumps({"kiosk_id": kiosk_id, "code": code}) if as_json else code)


@click.command()
@where
@operator_option
@approval
@click.argument("kiosk_id", type=KIOSK_ID)
@certificate_option
def approve(
    data: Path,
    database: str | None,
    operator: str,
    approved: Approval,
    kiosk_id: str,
    certificate: str | None,
) -> None:
    """Approve the key that a kiosk submitted, and what it may do.

    Compare the fingerprint with the one that the kiosk shows. Without --region it stands where it says, which
    `kiosk-central kiosks` shows before, and `kiosk-central terminal` afterwards.

    Example: kiosk-central approve 610200-001 --region 610200
    """
    with acting(data, database, operator) as (tx, actor):
        fingerprint = enrolment.approve(tx, kiosk_id, actor.at, certificate, approved)
        note = f"{fingerprint} {_in_words(terminal_of(tx, kiosk_id))}"[:NOTE_LENGTH]
        record(tx, actor, "kiosk-approved", kiosk_id, note=note)
        if certificate:
            record(tx, actor, "certificate-accepted", kiosk_id, note=certificate)
    click.echo(f"enrolled {kiosk_id}, fingerprint {fingerprint}")


@click.command("terminal")
@where
@operator_option
@approval
@click.argument("kiosk_id", type=KIOSK_ID)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
def change_terminal(
    data: Path, database: str | None, operator: str, approved: Approval, kiosk_id: str, as_json: bool
) -> None:
    """Show what a terminal is approved for, or change it from its next request on.

    Example: kiosk-central terminal 610200-W01 --region 610200 --region 610300 --channel window
    """
    with acting(data, database, operator) as (tx, actor):
        kiosks.require_known(tx, kiosk_id)
        found = terminal_of(tx, kiosk_id)
        if approved != Approval():
            found = fix_terminal(tx, kiosk_id, approved)
            record(tx, actor, "terminal-approved-for", kiosk_id, note=_in_words(found)[:NOTE_LENGTH])
    said = {"kiosk_id": kiosk_id} | msgspec.to_builtins(found)
    click.echo(msgspec.json.encode(said) if as_json else f"{kiosk_id}: {_in_words(found)}")


def _in_words(terminal: Terminal) -> str:
    """Say what a terminal is approved for."""
    regions = " ".join(terminal.regions) or "the region of its first request"
    return f"{terminal.channel} of {regions}; may: {' '.join(terminal.acts)}"


@click.command()
@where
@operator_option
@approval
@click.argument("kiosk_id", type=KIOSK_ID)
@click.argument("public_key")
@certificate_option
def enrol(
    data: Path,
    database: str | None,
    operator: str,
    approved: Approval,
    kiosk_id: str,
    public_key: str,
    certificate: str | None,
) -> None:
    """Let a kiosk in without an invitation, with the key that `kiosk sync identity` prints.

    Example: kiosk-central enrol 610200-001 JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
    """
    with acting(data, database, operator) as (tx, actor):
        algorithm, _, key = public_key.rpartition(":")
        kiosks.enrol(tx, kiosk_id, key, actor.at, certificate, algorithm or ED25519)
        terminal = fix_at_enrolment(tx, kiosk_id, approved)
        record(tx, actor, "kiosk-enrolled", kiosk_id, note=_in_words(terminal)[:NOTE_LENGTH])
        if certificate:
            record(tx, actor, "certificate-accepted", kiosk_id, note=certificate)
    click.echo(f"enrolled {kiosk_id}")


@click.command()
@where
@operator_option
@click.argument("kiosk_id", type=KIOSK_ID)
def revoke(data: Path, database: str | None, operator: str, kiosk_id: str) -> None:
    """Shut a kiosk out, from its next request on; its events stay.

    Example: kiosk-central revoke 610200-001
    """
    with acting(data, database, operator) as (tx, actor):
        kiosks.revoke(tx, kiosk_id, actor.at)
        record(tx, actor, "kiosk-revoked", kiosk_id)
    click.echo(f"revoked {kiosk_id}")


@click.command("kiosks")
@where
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each.")
def list_kiosks(data: Path, database: str | None, as_json: bool) -> None:
    """List the kiosks: state, fingerprint, a key that waits for approval and where it says that it stands, last seen,
    clock skew, version, what it is approved for.

    Example: kiosk-central kiosks --json
    """
    with command_database(data, database) as engine, reading(engine) as connection:
        for each in kiosks.statuses(connection):
            if as_json:
                click.echo(msgspec.json.encode(each))
            else:
                click.echo("  ".join(map(_cell, msgspec.structs.astuple(each))))


def _cell(value: Any) -> str:
    words = " ".join(value) if isinstance(value, list | tuple) else value
    return "-" if words in (None, "") else str(words)


@click.command()
@where
@click.argument("event_id", type=EVENT_ID)
def prove(data: Path, database: str | None, event_id: str) -> None:
    """Check that an event is its kiosk's, and print the proof as JSON.

    Example: kiosk-central prove 01a200e9-f9e0-7273-a10d-9383383bfddb

    Exit codes: 0 proven · 1 there is no proof, the message says why.
    """
    try:
        with command_database(data, database) as engine, reading(engine) as connection:
            click.echo(msgspec.json.encode(proof.prove(connection, event_id)))
    except ProofError as error:
        raise CommandError(f"{event_id}: {error}", "no-proof") from error


@click.command()
@where
def verify_events(data: Path, database: str | None) -> None:
    """Check the proof of every event; name those that have none, and say of which kiosk some were taken away.

    Example: kiosk-central verify-events --data central-data

    Exit codes: 0 each is proven, and none is missing · 1 some are not.
    """
    proven, broken = 0, 0
    with command_database(data, database) as engine, reading(engine) as connection:
        for event_id, fault in proof.prove_all(connection):
            proven, broken = proven + (not fault), broken + bool(fault)
            if fault:
                click.echo(f"{event_id}: {fault}", err=True)
        gone = list(proof.missing(connection))
    for kiosk_id, epoch, count in gone:
        click.echo(f"{kiosk_id}, epoch {epoch}: {count} events that were stored are not there", err=True)
    click.echo(f"proven {proven}, not proven {broken}")
    if broken or gone:
        raise SystemExit(1)


COMMANDS = (invite, approve, change_terminal, enrol, revoke, list_kiosks, prove, verify_events)
