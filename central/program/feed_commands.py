"""``kiosk-central feeds``: publish, command a kiosk, look how far the feeds are."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec
from sqlalchemy import Engine, func, select
from uuid_utils import uuid7

from central.access.kiosks import require_known
from central.certificates.serials import skip_ahead
from central.feeds import rows
from central.feeds.log import begin_epochs
from central.feeds.names import MAX_AGE, commands_of, kiosk_of, known, public_name
from central.feeds.publisher import Publisher, open_publisher
from central.feeds.publishing import publish
from central.feeds.sequencer import load, sequence
from central.feeds.snapshots import build
from central.feeds.tables import feed_changes, feed_rows, feeds
from central.program.opening import acting_database, command_database
from central.program.options import defaults, operator_option, where
from central.program.two_persons import Doing, Done, request_or_do, two_person_act
from central.store.acts import clerk, record
from central.store.database import reading
from command_line.program import Commands
from command_line.types import KIOSK_ID, ROWS
from sync.protocol.feeds import REGIONS, Command, Snapshot


@click.group("feeds", cls=Commands)
def commands() -> None:
    """Publish to kiosks: rules, guides, outlets, notices, card states, commands.

    Example: kiosk-central feeds status --data central-data
    """


@commands.command("publish")
@where
@operator_option
@click.argument("feed")
@click.argument("file", type=ROWS)
def publish_file(data: Path, database: str | None, operator: str, feed: str, file: Path) -> None:
    """Publish the lines {"key": …, "value": …} of FILE (-: the standard input); a value of null takes the row away.

    In the feed card-status the key is a card's identity and the value its state, "normal" among them. A row that is
    not what its feed takes is named, and nothing is published.

    Example: kiosk-central feeds publish notices notices.jsonl
    """
    with _acting(data, database) as (engine, publisher), _lines(file) as lines, engine.begin() as tx:
        if kiosk_id := kiosk_of(known(feed)):
            require_known(tx, kiosk_id)
        numbered = load(tx, known(feed), rows.read(feed, lines), publisher.card_key)
        if feed == REGIONS:
            packs = select(feed_rows.c.key, feed_rows.c.value).where(feed_rows.c.feed == REGIONS)
            rows.check_packs({key: value for key, value in tx.execute(packs) if value is not None})
        note = f"{numbered} changes"
        record(tx, clerk(operator, datetime.now(UTC)), "feed-published", feed, note=note)
    click.echo(f"published {numbered} changes")


@commands.command()
@where
@operator_option
@click.argument("kiosk_id", type=KIOSK_ID)
@click.argument("content", metavar="JSON")
def command(data: Path, database: str | None, operator: str, kiosk_id: str, content: str) -> None:
    """Tell one kiosk what to do, and print the command's key.

    Example: kiosk-central feeds command 610200-001 '{"verb": "set-out-of-service", "reason": "今日检修"}'
    """
    try:
        value = msgspec.json.encode(msgspec.json.decode(content, type=Command)).decode()
    except (msgspec.DecodeError, RecursionError) as error:
        raise click.UsageError(f"not a command: {error}") from error
    key = str(uuid7())
    with _acting(data, database) as (engine, publisher):
        with engine.begin() as tx:
            require_known(tx, kiosk_id)
            publish(tx, commands_of(kiosk_id), [(key, value)])
            verb = msgspec.json.decode(value, type=Command).verb
            record(tx, clerk(operator, datetime.now(UTC)), "command-given", kiosk_id, kind=verb, note=key)
        sequence(engine, publisher.card_key)
    click.echo(key)


@commands.command()
@where
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
def status(data: Path, database: str | None, as_json: bool) -> None:
    """Say how far each feed is, and how many changes wait for their number.

    Example: kiosk-central feeds status --json
    """
    with _opened(data, database) as (engine, _), reading(engine) as connection:
        waiting = connection.execute(select(func.count()).select_from(feed_changes)).scalar_one()
        found = [dict(row._mapping) for row in connection.execute(select(feeds).order_by(feeds.c.name))]
    for feed in found:
        feed["max_age"] = MAX_AGE[public_name(feed["name"])]
    if as_json:
        click.echo(json.dumps({"waiting": waiting, "feeds": found}))
        return
    click.echo(f"{'feed':30} {'epoch':16} {'seq':>9} {'rows':>9} {'snapshot':>9}")
    for feed in found:
        click.echo("{name:30} {epoch:16} {seq:9} {rows:9} {snapshot_seq:9}".format_map(feed))
    click.echo(f"{waiting} changes wait for their number")


@commands.command("sequence")
@where
def number(data: Path, database: str | None) -> None:
    """Number what was published, as `serve` does all the time.

    Example: kiosk-central feeds sequence --data central-data
    """
    with _opened(data, database) as (engine, publisher):
        click.echo(f"numbered {sequence(engine, publisher.card_key)} changes")


@commands.command()
@where
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
def snapshot(data: Path, database: str | None, as_json: bool) -> None:
    """Build the files that kiosks start from, where there is anything new.

    Example: kiosk-central feeds snapshot --data central-data
    """
    with _opened(data, database) as (engine, publisher):
        built = build(engine, publisher)
    click.echo(msgspec.json.encode(built) if as_json else "\n".join(map(_told, built)) or "nothing new")


@commands.command()
@where
def key(data: Path, database: str | None) -> None:
    """Print the public key of the manifests, for `central.feed_key` in the kiosks' configuration.

    Example: kiosk-central feeds key --data central-data
    """
    with _opened(data, database) as (_, publisher):
        click.echo(publisher.public_key)


@commands.command()
@where
@operator_option
def new_epoch(data: Path, database: str | None, operator: str) -> None:
    """Make all kiosks resync all feeds, and skip document numbers: run it after a database restore.

    Example: kiosk-central feeds new-epoch --data central-data
    """
    request_or_do(data, database, operator, "feeds-new-epoch", {}, "all feeds begin a new epoch")


@two_person_act("feeds-new-epoch")
def _begin_epochs(doing: Doing, _content: Mapping[str, Any]) -> Done:
    publisher = open_publisher(doing.data, defaults().keys, create=False)
    begun = begin_epochs(doing.tx, doing.actor.at)
    skip_ahead(doing.tx)
    record(doing.tx, doing.actor, "feeds-restarted", "feeds")
    return Done(f"{begun} feeds begin a new epoch", lambda engine: build(engine, publisher))


@contextmanager
def _opened(data: Path, database: str | None) -> Iterator[tuple[Engine, Publisher]]:
    with command_database(data, database) as engine:
        yield engine, open_publisher(data, defaults().keys, create=False)


@contextmanager
def _acting(data: Path, database: str | None) -> Iterator[tuple[Engine, Publisher]]:
    with acting_database(data, database) as engine:
        yield engine, open_publisher(data, defaults().keys, create=False)


def _lines(file: Path) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb")


def _told(built: Snapshot) -> str:
    return f"{built.sha256} {built.bytes} bytes"
