"""``kiosk-central``: run the central system, fill it, and let kiosks in."""

import json
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
import structlog
import uvicorn
from dateutil.relativedelta import relativedelta
from sqlalchemy import func, select
from uuid_utils import uuid7

import central.feeds.cli
from central import invented_people, models, people, units
from central.api import kiosks
from central.api.certificates import issue
from central.card_keys import keep_demonstration_key, open_card_keys
from central.database import reading
from central.feeds import demo
from central.feeds.keeper import Keeper
from central.feeds.publisher import open_publisher
from central.opening import opened
from central.options import where
from central.records import FOR_UNITS
from central.records.content import UnitRequest
from central.server import create_app
from central.signing import open_issuer, public_keys
from central.staff_commands import COUNTER, application, card, channel, revoke_document
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.secret_file import SecretFileError


@click.group()
def main() -> None:
    """The reference central system of the branch kiosks.

    Example: kiosk-central serve --data central-data --port 8700

    Exit codes: 0 done · 1 it could not be done, the message says why · 2 wrong call.
    """
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


@main.command()
@where
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8700, show_default=True, help="0 takes a free one.")
@click.option(
    "--public-url", metavar="URL", help="What is printed on certificates. Default: the address served."
)
def serve(data: Path, database: str | None, host: str, port: int, public_url: str | None) -> None:
    """Serve the kiosks and the public page until stopped (SIGTERM or Ctrl-C).

    Example: kiosk-central serve --data central-data --public-url https://rs.example.gov.cn
    """
    with opened(data, database) as engine, socket.create_server((host, port)) as listener:
        address = f"http://{host}:{listener.getsockname()[1]}"
        issuer, publisher = open_issuer(data, public_url or address), open_publisher(data)
        app = create_app(engine, issuer, publisher, open_card_keys(data))
        # The access log of uvicorn would hold 校验码; central.server writes its own.
        config = uvicorn.Config(app, access_log=False, server_header=False, log_level="warning")
        with Keeper(engine, publisher):
            click.echo(f"serving {address}")
            uvicorn.Server(config).run(sockets=[listener])


@main.command()
@where
@click.option("--people", "count", default=0, show_default=True, help="How many invented people to add.")
def seed(data: Path, database: str | None, count: int) -> None:
    """Add the citizens of the demonstration and, after them, invented people.

    Example: kiosk-central seed --data central-data --people 1000
    """
    last_month = f"{datetime.now(CHINA) - relativedelta(months=1):%Y-%m}"
    with opened(data, database) as engine:
        with engine.begin() as tx:
            added = people.add(tx, people.demo_people(), last_month)
            units.add(tx, units.demo_units(), last_month)
            demo.publish_all(tx, open_publisher(data).card_key)
        with click.progressbar(length=count, label="inventing people", file=sys.stderr) as progress:
            added += invented_people.add(engine, count, last_month, progress.update)
    keep_demonstration_key(data)
    click.echo(f"added {added} people")


@main.command()
@where
@click.argument("kiosk_id")
@click.argument("public_key")
def enrol(data: Path, database: str | None, kiosk_id: str, public_key: str) -> None:
    """Let a kiosk in, with the key that `kiosk sync identity` prints.

    Example: kiosk-central enrol 610200-001 JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
    """
    with opened(data, database) as engine, engine.begin() as tx:
        kiosks.enrol(tx, kiosk_id, public_key, datetime.now(UTC))
    click.echo(f"enrolled {kiosk_id}")


@main.command()
@where
@click.argument("kiosk_id")
def revoke(data: Path, database: str | None, kiosk_id: str) -> None:
    """Shut a kiosk out; its events stay.

    Example: kiosk-central revoke 610200-001
    """
    with opened(data, database) as engine, engine.begin() as tx:
        kiosks.revoke(tx, kiosk_id, datetime.now(UTC))
    click.echo(f"revoked {kiosk_id}")


@main.command()
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), default=Path("central-data"), help="Keys."
)
def keys(data: Path) -> None:
    """Print the public keys that certificates can be verified with, as JSON: key number to key.

    Example: kiosk-central keys --data central-data > certificate-keys.json
    """
    try:
        click.echo(json.dumps(public_keys(data)))
    except SecretFileError as error:
        raise click.ClickException(str(error)) from error


@main.command()
@where
@click.argument("kind", type=click.Choice(sorted(FOR_UNITS)))
@click.argument("credit_code")
@click.option("--region", required=True, metavar="CODE", help="GB/T 2260 code of the unit's agency.")
@click.option("--period", nargs=2, metavar="FIRST LAST", help="Months, YYYY-MM, of a 单位缴费证明.")
@click.option("--public-url", metavar="URL", required=True, help="What is printed on certificates.")
def issue_unit(
    data: Path,
    database: str | None,
    kind: str,
    credit_code: str,
    region: str,
    period: tuple[str, str] | None,
    public_url: str,
) -> None:
    """Issue a certificate about an employer, at the counter, and print it as JSON.

    Example: kiosk-central issue-unit unit-participation 91999999MA00000154 --region 610200 \\
    --public-url https://rs.example.gov.cn > unit.json && kiosk certificate render unit.json …
    """
    first, last = period or (None, None)
    wanted = {"request_id": str(uuid7()), "kind": kind, "region": region, "credit_code": credit_code}
    try:
        request = msgspec.convert(wanted | {"first": first, "last": last}, UnitRequest)
        with opened(data, database) as engine, engine.begin() as tx:
            issued = issue(tx, COUNTER, request, open_issuer(data, public_url), datetime.now(UTC))
    except msgspec.ValidationError as error:
        raise click.UsageError(str(error)) from error
    click.echo(msgspec.json.encode(issued))


@main.command()
@where
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
def summary(data: Path, database: str | None, as_json: bool) -> None:
    """Say how much of everything there is.

    Example: kiosk-central summary --data central-data --json
    """
    with opened(data, database) as engine, reading(engine) as connection:
        counts = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (
                models.kiosks,
                models.people,
                models.certificates,
                models.events,
                models.prints,
                models.quarantine,
            )
        }
    lines = [json.dumps(counts)] if as_json else [f"{name:14}{count}" for name, count in counts.items()]
    click.echo("\n".join(lines))


for command in (central.feeds.cli.commands, card, application, channel, revoke_document):
    main.add_command(command)
