"""``kiosk-central``: letting kiosks in, and proving what they said."""

import json
from pathlib import Path

import click
import msgspec

from central.access import enrolment, kiosks
from central.events import proof
from central.events.proof import ProofError
from central.program.opening import acting, command_database
from central.program.options import operator_option, where
from central.store.acts import record
from central.store.database import reading
from command_line.failure import CommandError
from command_line.types import EVENT_ID, FINGERPRINT, KIOSK_ID
from sync.protocol.algorithms import ED25519

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
@click.argument("kiosk_id", type=KIOSK_ID)
@certificate_option
def approve(data: Path, database: str | None, operator: str, kiosk_id: str, certificate: str | None) -> None:
    """Approve the key that a kiosk submitted; compare the fingerprint with the one that the kiosk shows.

    Example: kiosk-central approve 610200-001
    """
    with acting(data, database, operator) as (tx, actor):
        fingerprint = enrolment.approve(tx, kiosk_id, actor.at, certificate)
        record(tx, actor, "kiosk-approved", kiosk_id, note=fingerprint)
        if certificate:
            record(tx, actor, "certificate-accepted", kiosk_id, note=certificate)
    click.echo(f"enrolled {kiosk_id}, fingerprint {fingerprint}")


@click.command()
@where
@operator_option
@click.argument("kiosk_id", type=KIOSK_ID)
@click.argument("public_key")
@certificate_option
def enrol(
    data: Path, database: str | None, operator: str, kiosk_id: str, public_key: str, certificate: str | None
) -> None:
    """Let a kiosk in without an invitation, with the key that `kiosk sync identity` prints.

    Example: kiosk-central enrol 610200-001 JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
    """
    with acting(data, database, operator) as (tx, actor):
        algorithm, _, key = public_key.rpartition(":")
        kiosks.enrol(tx, kiosk_id, key, actor.at, certificate, algorithm or ED25519)
        record(tx, actor, "kiosk-enrolled", kiosk_id)
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
    """List the kiosks: state, fingerprint, a key that waits for approval, last seen, clock skew, version.

    Example: kiosk-central kiosks --json
    """
    with command_database(data, database) as engine, reading(engine) as connection:
        for each in kiosks.statuses(connection):
            if as_json:
                click.echo(msgspec.json.encode(each))
            else:
                said = msgspec.structs.astuple(each)
                click.echo("  ".join("-" if value is None else str(value) for value in said))


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


COMMANDS = (invite, approve, enrol, revoke, list_kiosks, prove, verify_events)
