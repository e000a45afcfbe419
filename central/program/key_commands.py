"""``kiosk-central keys``: the keys that the centre signs with, their rotation, and what to do about a stolen one."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import click
import msgspec

from central.certificates.signing import open_issuer
from central.keys.providers import KeyProviders
from central.keys.ring import OVERLAP, KeyRing, open_ring
from central.program.act_commands import local_time
from central.program.opening import acting
from central.program.options import (
    data_option,
    defaults,
    operator_option,
    public_url_option,
    require_folder,
    where,
)
from central.program.two_persons import Doing, Done, request_or_do, two_person_act
from central.store.acts import record
from central.verify.offline import page_of
from command_line.program import Commands
from command_line.types import FILE
from sync.protocol.algorithms import ED25519
from sync.protocol.centre_keys import CentreKey, Role
from sync.protocol.certificate_kinds import CHINA

ROLES = get_args(Role)
LONGEST_OVERLAP = 400
"""Days."""


@click.command()
@data_option
@public_url_option()
@click.option("--out", type=FILE, required=True, help="The file to write.")
def verify_page(data: Path, public_url: str, out: Path) -> None:
    """Write the page that verifies QR codes in a browser without the centre, with the public keys of today.

    It is one HTML file, the same as /verify/offline.html. Write it again after each rotation.

    Example: kiosk-central verify-page --out verify.html --data central-data --public-url https://rs.example.gov.cn
    """
    require_folder(data)
    issuer = open_issuer(data, public_url, defaults().keys, create=False)
    out.write_text(page_of(issuer).text, "utf-8")
    click.echo(f"{out} has {len(issuer.keys.listed())} keys")


@click.group(cls=Commands, invoke_without_command=True)
@data_option
@click.pass_context
def keys(context: click.Context, data: Path) -> None:
    """Print the public keys that certificates can be verified with, as JSON: key number to key.

    A key that is or was used at certain times only is printed with them.

    Example: kiosk-central keys --data central-data > certificate-keys.json
    """
    if context.invoked_subcommand is None:
        require_folder(data)
        listed = open_ring("certificate", KeyProviders(data, defaults().keys), create=False).listed()
        click.echo(json.dumps({str(key.number): _handed_on(key) for key in listed}))


@keys.command("list")
@data_option
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
def list_keys(data: Path, as_json: bool) -> None:
    """List the keys of documents and feeds, old and new, and which of them signs now.

    Example: kiosk-central keys list --data central-data --json
    """
    require_folder(data)
    found = [row for role in ROLES for row in _described(ring(role, data))]
    click.echo(json.dumps({"keys": found}) if as_json else "\n".join(map(_line, found)))


@keys.command()
@where
@operator_option
@click.argument("role", type=click.Choice(ROLES))
@click.option(
    "--overlap",
    type=click.IntRange(0, LONGEST_OVERLAP),
    default=OVERLAP.days,
    show_default=True,
    metavar="DAYS",
    help="How long the new key is known before it signs. With 0, kiosks print nothing until they know it.",
)
def rotate(data: Path, database: str | None, operator: str, role: Role, overlap: int) -> None:
    """List the next key: kiosks receive it at once, and it signs when the overlap is over. Needs a second person.

    Then give out the new list of keys (`kiosk-central keys`, `kiosk-central verify-page`). What the old key has signed
    stays good.

    Example: kiosk-central keys rotate certificate --overlap 14 --data central-data
    """
    what = {"role": role, "overlap": overlap}
    summary = f"a new {role} key, which signs after {overlap} days"
    request_or_do(data, database, operator, "key-rotate", what, summary)


@two_person_act("key-rotate")
def _rotate(doing: Doing, content: Mapping[str, Any]) -> Done:
    of_role, overlap = ring(content["role"], doing.data), timedelta(days=content["overlap"])
    new = of_role.rotate(doing.actor.at, overlap)
    record(doing.tx, doing.actor, "key-rotated", _name(new), until=new.not_before, note=new.algorithm)
    return Done(f"{_name(new)} ({new.algorithm}, {new.key_id}) signs from {local_time(new.not_before)}")


@keys.command()
@where
@operator_option
@click.argument("role", type=click.Choice(ROLES))
@click.argument("number", type=click.IntRange(1, 255))
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help="Believe nothing that it has signed from this moment on (Beijing time); without it, from now on.",
)
def withdraw(
    data: Path, database: str | None, operator: str, role: Role, number: int, since: datetime | None
) -> None:
    """Withdraw a key that others may have; the next key signs at once. docs/security.md has all that is to be done.

    Example: kiosk-central keys withdraw certificate 1 --since 2026-11-20T08:00 --data central-data
    """
    with acting(data, database, operator) as (tx, actor):
        begin = since.replace(tzinfo=CHINA) if since else actor.at
        if begin > actor.at:
            raise click.UsageError("--since is still to come")
        now = ring(role, data).withdraw(number, begin, actor.at)
        record(tx, actor, "key-withdrawn", f"{role}-{number}", until=begin)
    click.echo(f"{role}-{number} is withdrawn; {_name(now)} ({now.key_id}) signs now")


def ring(role: Role, data: Path) -> KeyRing:
    """Return the keys of a role of the centre in ``data``."""
    return KeyRing(role, KeyProviders(data, defaults().keys))


def _handed_on(key: CentreKey) -> Any:
    """Return what verifiers need to know of a key: no more than its octets, if that is all there is to know."""
    plain = msgspec.structs.replace(key, vouched="")
    first = CentreKey(role=key.role, number=key.number, algorithm=ED25519, public=key.public)
    return key.public if plain == first else msgspec.to_builtins(plain)


def _described(of_role: KeyRing) -> list[dict[str, Any]]:
    at = datetime.now(UTC)
    signs = of_role.signing_number(at)
    return [
        {
            "role": key.role,
            "number": key.number,
            "algorithm": key.algorithm,
            "public": key.public,
            "key_id": key.key_id,
            "not_before": local_time(key.not_before),
            "not_after": local_time(key.not_after),
            "withdrawn": local_time(key.withdrawn),
            "signs_now": key.number == signs,
        }
        for key in of_role.listed()
    ]


def _line(key: dict[str, Any]) -> str:
    name = f"{key['role']}-{key['number']}"
    span = f"{key['not_before'] or '…'} – {key['not_after'] or '…'}"
    state = f"withdrawn since {key['withdrawn']}" if key["withdrawn"] else "signs now" * key["signs_now"]
    return f"{name:15} {key['algorithm']:18} {key['key_id']}  {span}  {state}".rstrip()


def _name(key: CentreKey) -> str:
    return f"{key.role}-{key.number}"
