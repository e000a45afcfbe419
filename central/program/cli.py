"""``kiosk-central``: run the central system, fill it, and let kiosks in."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path

import click
import msgspec
from dateutil.relativedelta import relativedelta
from sqlalchemy import func, select
from uuid_utils import uuid7

import central.program.feed_commands
from central.access.visits import VisitLimits
from central.cards.card_key_provider import keep_demonstration_keys, open_card_keys
from central.certificates.content import UnitRequest
from central.certificates.issuing import issue
from central.certificates.records import FOR_UNITS
from central.certificates.signing import open_issuer
from central.feeds.publisher import open_publisher
from central.keys.providers import KeyProviders
from central.people import invented as invented_people
from central.people import people
from central.program import ca_commands, kiosk_commands, two_persons
from central.program import demo_feeds as demo
from central.program.act_commands import list_acts
from central.program.alarm_commands import alarms
from central.program.audit_commands import audit
from central.program.case_commands import application, list_applications
from central.program.key_commands import keys, verify_page
from central.program.main import main
from central.program.opening import acting_database, command_database, connected, current
from central.program.operator_commands import operators
from central.program.options import (
    CREDIT_CODE,
    HOURS,
    REGION,
    database_url,
    defaults,
    make_folder,
    operator_option,
    public_url_option,
    where,
)
from central.program.quarantine_commands import quarantine
from central.program.read_commands import list_reads
from central.program.server import description
from central.program.simulate_commands import simulate
from central.program.staff_commands import card, channel, revoke_document
from central.program.workers import Settings, allow_many_connections, listen, work, work_together
from central.store import schema
from central.store import tables as models
from central.store.acts import clerk
from central.store.database import Timeouts, reading
from central.store.transactions import committed
from central.units import units
from command_line.failure import CommandError, one_line
from command_line.types import AUTHORITY, HEADER, HOST, MONTH, PORT, PRIVATE_URL, Measure
from command_line.watchdog import serving
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.signature import authority


@main.command()
@where
@click.option("--host", type=HOST, default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8700, show_default=True, help="0 takes a free one.")
@public_url_option(required=False)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes; several need PostgreSQL.",
)
@click.option(
    "--client-cert-header",
    type=HEADER,
    metavar="NAME",
    help="Where the proxy before us, and nobody else, says which client certificate it checked.",
)
@click.option(
    "--authority",
    "authorities",
    multiple=True,
    type=AUTHORITY,
    metavar="NAME",
    help="What kiosks know this centre by, such as rs.example.gov.cn; their requests to others are refused.",
)
@click.option(
    "--national-platform",
    type=PRIVATE_URL,
    metavar="URL",
    default=lambda: defaults().national_platform,
    help="Who resolves electronic cards; without one they cannot be used here.",
)
@click.option(
    "--people-per-hour",
    type=click.IntRange(1, 100_000),
    default=VisitLimits().people_per_hour,
    show_default=True,
    help="Citizens whom a terminal may have in an hour; the next is refused, and an alarm raised.",
)
@click.option(
    "--hours",
    type=HOURS,
    metavar="HH:MM-HH:MM",
    default="06:00-22:00",
    show_default=True,
    help="When terminals are used, in Beijing time; a visit at another hour raises an alarm.",
)
@click.option(
    "--lock-timeout",
    type=Measure(0.1, 60),
    default=Timeouts().lock,
    show_default=True,
    help="Seconds that a request may wait for a lock of the database.",
)
@click.option(
    "--statement-timeout",
    type=Measure(0.1, 60),
    default=Timeouts().statement,
    show_default=True,
    help="Seconds that a statement of a request may take. PostgreSQL only.",
)
def serve(
    data: Path,
    database: str | None,
    host: str,
    port: int,
    public_url: str | None,
    workers: int,
    client_cert_header: str | None,
    authorities: tuple[str, ...],
    national_platform: str | None,
    people_per_hour: int,
    hours: str,
    lock_timeout: float,
    statement_timeout: float,
) -> None:
    """Serve the kiosks and the public page until stopped (SIGTERM or Ctrl-C).

    Example: kiosk-central serve --data central-data --public-url https://rs.example.gov.cn
    """
    if workers > 1 and database_url(data, database).startswith("sqlite"):
        raise click.UsageError("several workers need PostgreSQL: --database postgresql+psycopg://…")
    try:
        listener = listen(host, port)
    except (OSError, UnicodeError) as error:
        raise CommandError(f"cannot listen at {host} port {port}: {one_line(error)}", "address") from error
    address = f"http://{host}:{listener.getsockname()[1]}"
    timeouts = Timeouts(lock_timeout, statement_timeout)
    settings = Settings(
        database=database_url(data, database),
        data=data,
        public_url=public_url or address,
        certificate_header=client_cert_header,
        authorities=tuple(map(authority, authorities)),
        timeouts=timeouts,
        visit_limits=VisitLimits(people_per_hour, *map(time.fromisoformat, hours.split("-"))),
        keys=defaults().keys,
        card_keys=defaults().card_keys,
        national_platform=national_platform,
    )
    make_folder(data, database)
    with current(data, database):  # make the keys, once for all workers
        open_issuer(data, settings.public_url, settings.keys)
        open_publisher(data, settings.keys)
        KeyProviders(data, settings.keys).warn_of_files()
        open_card_keys(data, settings.card_keys)
    allow_many_connections()
    if workers > 1:
        sys.exit(work_together(listener, settings, workers, serving, begun=lambda: _say_where(address)))
    work(listener, settings, serving, begun=lambda: _say_where(address))


def _say_where(address: str) -> None:
    click.echo(f"serving {address}")


@main.command()
@where
def migrate(data: Path, database: str | None) -> None:
    """Make the tables, or bring them up to date. All other commands need them so, and change none.

    Have a backup, and stop `serve` where a release says so.

    Example: kiosk-central migrate --data central-data

    Exit codes: 0 the tables are up to date · 1 it could not be done now · 3 a newer program made them. With 1 and 3
    nothing was changed.
    """
    make_folder(data, database)
    with connected(data, database) as engine:
        before, after = schema.migrate(engine)
    click.echo(
        f"the tables are version {after}" + (f", before {before}" if before and before != after else "")
    )


@main.command()
@where
@click.option(
    "--people",
    "count",
    type=click.IntRange(0, invented_people.MOST),
    default=0,
    show_default=True,
    help="How many invented people there shall be; no more can be invented than ID numbers begin with 999999.",
)
def seed(data: Path, database: str | None, count: int) -> None:
    """Add the citizens of the demonstration and, after them, invented people; make the tables if there are none.

    An interrupted run resumes at the next call.

    Example: kiosk-central seed --data central-data --people 1000
    """
    last_month = f"{datetime.now(CHINA) - relativedelta(months=1):%Y-%m}"
    make_folder(data, database)
    with connected(data, database) as engine:
        schema.migrate_if_empty(engine)
        keep_demonstration_keys(data)
        publisher, _ = open_publisher(data, defaults().keys), open_issuer(data, "", defaults().keys)
        with engine.begin() as tx:
            added = people.add(tx, people.demo_people(), last_month)
            units.add(tx, units.demo_units(), last_month)
            demo.publish_all(tx, publisher.card_key)
        added += invented_people.add(engine, count, last_month, _progress(count))
    click.echo(f"added {added} people")


def _progress(count: int) -> Callable[[int], None]:
    """Return what is told how many people there are now, and says so at every hundredth on the way to ``count``."""
    said = 0

    def told(there: int) -> None:
        nonlocal said
        if there * 100 // count > said:
            said = there * 100 // count
            click.echo(f"{there} of {count} invented people ({said} %)", err=True)

    return told


@main.command()
@where
@operator_option
@click.argument("kind", type=click.Choice(sorted(FOR_UNITS)))
@click.argument("credit_code", type=CREDIT_CODE)
@click.option(
    "--region", type=REGION, required=True, metavar="CODE", help="GB/T 2260 code of the unit's agency."
)
@click.option(
    "--period", type=(MONTH, MONTH), metavar="FIRST LAST", help="Months, YYYY-MM, of a 单位缴费证明."
)
@public_url_option()
def issue_unit(
    data: Path,
    database: str | None,
    operator: str,
    kind: str,
    credit_code: str,
    region: str,
    period: tuple[str, str] | None,
    public_url: str,
) -> None:
    """Issue a certificate about an employer, at the counter, and print it as JSON.

    Example: kiosk-central issue-unit unit-participation 91999999MA00000154 --region 610200 \\
    --public-url https://rs.example.gov.cn > unit.json && \\
    kiosk certificate render unit.json --profile epson-tm-t88v --out unit.png
    """
    first, last = period or (None, None)
    wanted = {"request_id": str(uuid7()), "kind": kind, "region": region, "credit_code": credit_code}
    try:
        request = msgspec.convert(wanted | {"first": first, "last": last}, UnitRequest)
        with acting_database(data, database) as engine:
            issuer = open_issuer(data, public_url, defaults().keys, create=False)
            actor = clerk(operator, datetime.now(UTC))
            issued = committed(engine, lambda tx: issue(tx, actor, request, issuer))
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
    with command_database(data, database) as engine, reading(engine) as connection:
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


@main.command()
def openapi() -> None:
    """Print the description of the interface (OpenAPI 3.1), as /v1/openapi.json serves it.

    Example: kiosk-central openapi > centre.json
    """
    click.echo(json.dumps(description(), ensure_ascii=False, indent=1))


STAFF = (
    keys,
    verify_page,
    card,
    application,
    list_applications,
    channel,
    revoke_document,
    list_acts,
    list_reads,
    audit,
    alarms,
    operators,
    quarantine,
    simulate,
    *two_persons.COMMANDS,
)
for command in (central.program.feed_commands.commands, ca_commands.ca, *STAFF, *kiosk_commands.COMMANDS):
    main.add_command(command)
