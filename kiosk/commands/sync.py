"""``kiosk sync``: deliver events to the centre, fetch what it publishes, and show the sync status."""

import json
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec
import structlog

import kiosk
from command_line import watchdog
from command_line.failure import CommandError, Exit
from command_line.program import Commands
from command_line.signals import told_to_stop
from kiosk import config
from kiosk.commands.machine import config_option, existing_store, require_own_folder, require_store
from sync.client import PATIENT, CentralClient, CentralRefusedError, CentralUnreachableError
from sync.feeds import feed_status
from sync.feeds.feed_status import FeedStatus
from sync.feeds.follower import FOLLOWED
from sync.identity import Identity
from sync.only_one import AlreadyRunningError
from sync.process.delivery import last_contact
from sync.process.sync_process import SyncProcess
from sync.protocol.algorithms import ED25519
from sync.store import Store, outbox
from sync.store.alarms import alarms
from sync.tls import Tls, TlsError


@click.group(cls=Commands, invoke_without_command=True)
@config_option
@click.pass_context
def sync(context: click.Context, file: Path) -> None:
    """Deliver events to the centre and follow its feeds until stopped (SIGTERM or Ctrl-C).

    Example: kiosk sync --config kiosk.toml

    This and `kiosk run` begin the store where there is none; the commands below never do.

    Exit codes: 0 stopped · 1 the configuration, the store or its key is in trouble, or another one runs · 2 wrong
    call · 130 Ctrl-C.
    """
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    if context.invoked_subcommand:
        return
    settings = config.load(file)
    require_own_folder(settings)
    with (
        closing(Store.open(settings.data, settings.kiosk_id)) as store,
        _client(settings) as client,
        _process(settings, store, client) as process,
    ):
        stop = threading.Event()
        client.load()  # a signal that comes in the middle of an import could not

        def end(_number: int) -> None:
            stop.set()
            client.cut()  # also what is asked of the centre at this moment

        with told_to_stop(end):
            click.echo(f"delivering to {settings.central.url}", err=True)
            watchdog.ready()
            process.run(stop, watchdog.alive)


@sync.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print final status as one JSON line.")
def once(file: Path, as_json: bool) -> None:
    """Deliver what is waiting now, then bring every feed up to date, once, and stop. Progress goes to stderr.

    Example: kiosk sync once --config kiosk.toml

    Exit codes: 0 all is delivered and up to date · 1 trouble, or `kiosk sync` is running · 3 something is not.
    """
    settings = config.load(file)
    with (
        existing_store(settings) as store,
        _client(settings) as client,
        _process(settings, store, client) as process,
    ):
        process.once()
        found = _status(store) | {"certificate": _certificate(settings)}
    waiting, behind = found["outbox"]["queued"], _behind(found)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        click.echo(f"still waiting: {waiting}")
        for name, problem in behind.items():
            click.echo(f"{name}: {problem}")
    sys.exit(Exit.NOT_YET if waiting or behind else 0)


@sync.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
def status(file: Path, as_json: bool) -> None:
    """Say how the feeds and the outbox stand, when the centre last answered, and until when the certificate is good.

    Example: kiosk sync status --config kiosk.toml --json

    Exit codes: 0 said · 1 the configuration, the store or its key is in trouble.
    """
    settings = config.load(file)
    with existing_store(settings) as store:
        found = _status(store) | {"certificate": _certificate(settings)}
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    certificate = found.pop("certificate")
    feeds, raised = found.pop("feeds"), found.pop("alarms")
    for name, value in (found.pop("outbox") | found).items():
        click.echo(f"{name:24}{'-' if value in (None, '') else value}")
    if certificate:
        click.echo(
            f"{'certificate':24}" + "  ".join(f"{name} {value}" for name, value in certificate.items())
        )
    for name, feed in feeds.items():
        click.echo(f"{name:24}{_in_a_line(feed)}")
    for alarm in raised:
        click.echo(f"{'ALARM':24}{json.dumps(alarm)}")


@sync.command("rejected")
@config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_rejected(file: Path, as_json: bool) -> None:
    """List the events that the centre did not take, oldest first: id, type, reason, age; never their content.

    Example: kiosk sync rejected --config kiosk.toml --json

    Exit codes: 0 listed · 1 the configuration, the store or its key is in trouble.
    """
    with existing_store(config.load(file)) as store:
        for event in outbox.rejected(store):
            age = datetime.now(UTC) - datetime.fromisoformat(event.occurred_at)
            told = msgspec.structs.asdict(event) | {"age_seconds": int(age.total_seconds())}
            click.echo(
                json.dumps(told, ensure_ascii=False) if as_json else "  ".join(map(str, told.values()))
            )


@sync.command()
@config_option
@click.argument("event_id", required=False, metavar="[ID]")
@click.option("--all", "every", is_flag=True, help="All rejected events.")
def retry(file: Path, event_id: str | None, every: bool) -> None:
    """Queue a rejected event again, and the rejected ones of its card before it, so that they keep their order.

    Example: kiosk sync retry --all --config kiosk.toml

    Exit codes: 0 queued · 1 trouble, or there is no such rejected event; nothing was changed · 2 wrong call.
    """
    if every == bool(event_id):
        raise click.UsageError("name one event, or --all")
    with existing_store(config.load(file)) as store:
        again = outbox.retry(store, event_id)
    if event_id and not again:
        raise CommandError(f"{event_id} is no rejected event; nothing was changed", "no-such-event")
    for each in again:
        click.echo(each)


@sync.command()
@config_option
@click.argument("feeds", nargs=-1, type=click.Choice(FOLLOWED), metavar="[FEED …]")
@click.option(
    "--json", "as_json", is_flag=True, help="What was damaged, and what is so still, as one line of JSON."
)
def repair(file: Path, feeds: tuple[str, ...], as_json: bool) -> None:
    """Read through what the centre published, row by row, and fetch again what is damaged, or the feeds that are named.

    While `kiosk sync` runs, it is asked to do so, and does within seconds. The old rows stay until the new are whole.

    Example: kiosk sync repair --config kiosk.toml

    Exit codes: 0 all is sound, or `kiosk sync` was asked · 1 trouble · 2 wrong call · 3 something is not up to date.
    """
    settings = config.load(file)
    with existing_store(settings) as store, _client(settings) as client:
        try:
            with _process(settings, store, client) as process:
                damaged = process.repair(feeds)
        except AlreadyRunningError:
            feed_status.ask_for_repair(store, feeds)
            told: dict[str, Any] = {"asked": True, "damaged": list(feeds), "problems": {}}
        else:
            told = {"asked": False, "damaged": damaged, "problems": _behind(_status(store))}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    elif told["asked"]:
        click.echo("`kiosk sync` is running and does it now; see `kiosk sync status`")
    else:
        for name in told["damaged"]:
            click.echo(f"{name}: {told['problems'].get(name, 'fetched again')}")
        click.echo(f"{len(told['damaged'])} feeds were fetched again")
    sys.exit(Exit.NOT_YET if told["problems"] else 0)


@sync.command()
@config_option
def identity(file: Path) -> None:
    """Print the kiosk's number and public key, as `kiosk-central enrol` takes them; one of a TPM with its algorithm.

    Example: kiosk-central enrol $(kiosk sync identity --config kiosk.toml) --data central-data

    Exit codes: 0 printed · 1 the configuration or the key file is in trouble.
    """
    settings = config.load(file)
    require_store(settings)
    found = Identity.of(settings.kiosk_id, settings.data)
    named = "" if found.algorithm == ED25519 else f"{found.algorithm}:"
    click.echo(f"{settings.kiosk_id} {named}{found.public_key}")


@sync.command()
@click.argument("code")
@config_option
def enrol(code: str, file: Path) -> None:
    """Request enrolment of this kiosk with the code that `kiosk-central invite` printed.

    Compare the fingerprint with the one that the centre shows before it approves. May be repeated.

    Example: kiosk sync enrol K7M2-9XQP-4RTA --config kiosk.toml

    Exit codes: 0 enrolled · 1 failed, the message says why · 3 waiting for approval.
    """
    settings = config.load(file)
    require_store(settings)
    with _client(settings) as client:
        try:
            answer = client.enrol(code.upper(), settings.region)
        except CentralRefusedError as refusal:
            raise CommandError(refusal.message, "refused") from refusal
        except CentralUnreachableError as trouble:
            raise CommandError(f"{trouble}; nothing is lost, try again", "unreachable") from trouble
    click.echo(f"{answer.state}, fingerprint {answer.fingerprint}")
    sys.exit(0 if answer.state == "enrolled" else Exit.NOT_YET)


def _process(settings: config.Config, store: Store, client: CentralClient) -> closing[SyncProcess]:
    tls = Tls(settings.central.tls_files)
    return closing(SyncProcess.of(store, client, settings.data, settings.central.feed_key, tls=tls))


def _client(settings: config.Config) -> closing[CentralClient]:
    identity = Identity.of(settings.kiosk_id, settings.data)
    tls = Tls(settings.central.tls_files)
    client = CentralClient(
        settings.central.url, identity, timeout=PATIENT, version=kiosk.__version__, tls=tls
    )
    return closing(client)


def _status(store: Store) -> dict[str, Any]:
    contact = last_contact(store)
    return {
        "feeds": {name: _feed(each) for name, each in feed_status.feed_statuses(store).items()},
        "feeds_problem": feed_status.trouble(store),
        "outbox": msgspec.structs.asdict(outbox.summary(store)),
        "last_contact": contact and contact.at,
        "clock_offset_seconds": contact and contact.clock_offset,
        "damaged_store_set_aside": store.set_aside and str(store.set_aside),
        "salvaged": store.salvaged and msgspec.structs.asdict(store.salvaged),
        "alarms": alarms(store),
    }


def _certificate(settings: config.Config) -> dict[str, Any] | None:
    """Say which TLS certificate the kiosk has, and until when it is good; None where it has none."""
    try:
        found = Tls(settings.central.tls_files).certificate()
    except TlsError as error:
        return {"fingerprint": None, "not_after": None, "days_left": None, "problem": str(error)}
    if found is None:
        return None
    return {
        "fingerprint": found.fingerprint,
        "not_after": found.not_after.isoformat(),
        "days_left": (found.not_after - datetime.now(UTC)).days,
        "problem": "",
    }


def _feed(feed: FeedStatus) -> dict[str, Any]:
    now = datetime.now(UTC)
    age = feed.age(now)
    return {
        "epoch": feed.epoch,
        "seq": feed.seq,
        "age_seconds": None if age is None else round(age, 1),
        "rows": feed.rows,
        "max_age_seconds": feed.max_age,
        "fresh": feed.is_fresh(now),
        "problem": feed.problem,
    }


def _in_a_line(feed: dict[str, Any]) -> str:
    age = "-" if feed["age_seconds"] is None else f"{feed['age_seconds']:.0f} s"
    stale = "" if feed["fresh"] else "  TOO OLD"
    return f"seq {feed['seq']}  rows {feed['rows']}  age {age}{stale}  {feed['problem']}".rstrip()


def _behind(found: dict[str, Any]) -> dict[str, str]:
    problems = {name: feed["problem"] for name, feed in found["feeds"].items() if feed["problem"]}
    return problems | ({"manifest": found["feeds_problem"]} if found["feeds_problem"] else {})
