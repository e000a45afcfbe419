"""``kiosk-central ca``: a private CA for kiosks and centre, and which certificates the centre accepts."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from central.access import certificate_authority as authority
from central.access import client_certificates
from central.access.kiosks import require_known
from central.program.opening import acting, command_database
from central.program.options import operator_option, where
from central.store.acts import record
from central.store.database import reading
from command_line.program import Commands
from command_line.types import FILE_TO_READ, FINGERPRINT, FOLDER, HOST, KIOSK_ID
from sync.protocol.client_certificate import read
from text.files import read_file

NAME = "Branch kiosks"
"""What the CA is called in its certificate."""
ca_option = click.option("--ca", "authority_folder", type=FOLDER, required=True, help="The folder of the CA.")
days_option = click.option(
    "--days",
    type=click.IntRange(1, authority.MOST_LEAF_DAYS),
    default=authority.LEAF_DAYS,
    show_default=True,
    help="How long it is good.",
)


@click.group(cls=Commands)
def ca() -> None:
    """Keep a private CA, and say which certificate belongs to which kiosk.

    `init`, `issue` and `issue-server` need the CA's folder alone: it belongs on a machine without a network.
    """


@ca.command()
@ca_option
def init(authority_folder: Path) -> None:
    """Make a CA: ca.key, which never leaves its folder, and ca.pem, for nginx and every kiosk.

    Example: kiosk-central ca init --ca kiosk-ca
    """
    authority.make(authority_folder, NAME, datetime.now(UTC))
    click.echo(f"made {authority_folder / authority.KEY} and {authority_folder / authority.CERTIFICATE}")


@ca.command()
@ca_option
@days_option
@click.argument("kiosk_id", type=KIOSK_ID)
@click.argument("request", type=FILE_TO_READ)
def issue(authority_folder: Path, days: int, kiosk_id: str, request: Path) -> None:
    """Print the certificate of a kiosk for the key of its request; its fingerprint goes to stderr.

    Example: kiosk-central ca issue 610200-001 request.pem --ca kiosk-ca > tls.pem
    """
    _print(
        authority.for_kiosk(
            authority.opened(authority_folder), kiosk_id, _content(request), datetime.now(UTC), days
        )
    )


@ca.command()
@ca_option
@days_option
@click.argument("host", type=HOST)
@click.argument("request", type=FILE_TO_READ)
def issue_server(authority_folder: Path, days: int, host: str, request: Path) -> None:
    """Print the certificate of the centre, by the name or the address in the kiosks' `url`.

    Example: kiosk-central ca issue-server rs.example.gov.cn request.pem --ca kiosk-ca > kiosks.pem
    """
    _print(
        authority.for_server(
            authority.opened(authority_folder), host, _content(request), datetime.now(UTC), days
        )
    )


@ca.command()
@where
@operator_option
@click.argument("kiosk_id", type=KIOSK_ID)
@click.argument("fingerprint", type=FINGERPRINT)
def accept(data: Path, database: str | None, operator: str, kiosk_id: str, fingerprint: str) -> None:
    """Let a kiosk come with a renewed certificate too; the one before stays good until it ends or is revoked.

    Example: kiosk-central ca accept 610200-001 "$(openssl x509 -in tls.pem -noout -fingerprint -sha256)"
    """
    with acting(data, database, operator) as (tx, actor):
        require_known(tx, kiosk_id)
        client_certificates.accept(tx, kiosk_id, fingerprint, actor.at)
        record(tx, actor, "certificate-accepted", kiosk_id, note=fingerprint)
    click.echo(f"{kiosk_id} may come with {fingerprint}")


@ca.command()
@where
@operator_option
@click.argument("fingerprint", type=FINGERPRINT)
def revoke(data: Path, database: str | None, operator: str, fingerprint: str) -> None:
    """Refuse a certificate, from the next request on, by every worker; the kiosk itself stays enrolled.

    Example: kiosk-central ca revoke 3f0c9d…
    """
    with acting(data, database, operator) as (tx, actor):
        kiosk_id = client_certificates.revoke(tx, fingerprint)
        record(tx, actor, "certificate-revoked", kiosk_id, note=fingerprint)
    click.echo(f"{kiosk_id} may no longer come with {fingerprint}")


@ca.command("list")
@where
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each.")
def list_accepted(data: Path, database: str | None, as_json: bool) -> None:
    """List the accepted certificates: kiosk, fingerprint, since when.

    Example: kiosk-central ca list --json
    """
    with command_database(data, database) as engine, reading(engine) as connection:
        for row in client_certificates.accepted(connection):
            told = {
                "kiosk_id": row.kiosk_id,
                "fingerprint": row.fingerprint,
                "accepted_at": row.accepted_at.isoformat(),
            }
            click.echo(json.dumps(told) if as_json else "  ".join(told.values()))


def _content(request: Path) -> bytes:
    return read_file(request, authority.LONGEST)


def _print(certificate: Certificate) -> None:
    pem = certificate.public_bytes(Encoding.PEM)
    click.echo(pem.decode(), nl=False)
    told = read(pem)
    click.echo(f"fingerprint {told.fingerprint}, good until {told.not_after:%Y-%m-%d}", err=True)
