"""``kiosk-central feeds``, and the thread that keeps the feeds beside the server."""

import json
import re
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from central.feeds.log import begin_epochs
from central.feeds.manifest import number
from central.feeds.publisher import open_publisher
from central.feeds.publishing import publish
from central.feeds.sequencer import sequence
from central.feeds.tables import feed_manifest, feed_rows
from central.feeds.tables import feeds as feed_heads
from central.jobs import keeper
from central.jobs.keeper import FeedMaintainer
from central.program import feed_commands as cli
from central.program.main import main
from central.store.database import reading
from central.store.witness import Witness
from kiosk.rules import regions
from sync.protocol.feeds import checksum, row_hash
from tests.central.feed_reader import Copy, head_of
from tests.deadline import DEADLINE_SECONDS


@pytest.fixture(scope="module")
def seeded_once(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("centre")
    run(folder, "seed")
    return folder


@pytest.fixture
def seeded(seeded_once, tmp_path) -> Path:
    """A folder that was seeded, for one test alone."""
    return shutil.copytree(seeded_once, tmp_path / "centre")


def run(folder: Path, *arguments: str, code: int = 0, given: str = "") -> str:
    result = CliRunner().invoke(main, [*arguments, "--data", str(folder)], input=given)
    assert result.exit_code == code, result.output
    return result.output


def feeds(folder: Path, *arguments: str, **about) -> str:
    return run(folder, "feeds", *arguments, **about)


def status(folder: Path) -> dict[str, dict]:
    return {feed["name"]: feed for feed in json.loads(feeds(folder, "status", "--json"))["feeds"]}


def test_a_fresh_centre_has_rules_guides_answers_outlets_and_a_notice(seeded):
    assert {name: feed["rows"] > 0 for name, feed in status(seeded).items()} == dict.fromkeys(
        ("regions", "guides", "answers", "outlets", "notices"), True
    )
    assert status(seeded)["regions"]["rows"] == len(regions.codes())
    before = status(seeded)
    run(seeded, "seed")
    assert status(seeded) == before


def test_rows_are_published_from_a_file_and_taken_away(seeded):
    lines = '{"key": "rain", "value": {"title": "停电通知"}}\n{"key": "sun", "value": {"title": "晴"}}\n'
    before = status(seeded)["notices"]["rows"]
    assert feeds(seeded, "publish", "notices", "-", given=lines) == "published 2 changes\n"
    assert feeds(seeded, "publish", "notices", "-", given=lines) == "published 0 changes\n"
    assert status(seeded)["notices"]["rows"] == before + 2
    assert feeds(seeded, "publish", "notices", "-", given='{"key": "sun", "value": null}') == (
        "published 1 changes\n"
    )
    assert "notices" in feeds(seeded, "status")


def test_the_states_of_cards_are_published_by_their_names(seeded):
    lines = f'{{"key": "{"A" * 32}", "value": "lost-formal"}}\n{{"key": "{"B" * 32}", "value": "normal"}}'
    assert feeds(seeded, "publish", "card-status", "-", given=lines) == "published 1 changes\n"
    assert status(seeded)["card-status"]["rows"] == 1


@pytest.mark.parametrize(
    ("feed", "line"),
    [
        ("notices", '{"key": "a"}'),
        ("notices", "no json"),
        ("card-status", '{"key": "a", "value": "stolen"}'),
        ("notices", '{"key": "a", "value": 1}'),
        ("notices", '{"key": "a b", "value": {"title": "一"}}'),
        ("guides", '{"key": "a", "value": {"title": "一"}}'),
        ("guides", '{"key": "a", "value": {"title": "一", "text": "二", "more": 1}}'),
        ("outlets", '{"key": "a", "value": {"name": "一"}}'),
        ("regions", '{"key": "610200", "value": {"region": "610200"}}'),
        ("card-status", '{"key": "A1024575X", "value": "cancelled"}'),
        ("nonsense", '{"key": "a", "value": 1}'),
        ("notices", '{"key": "good", "value": {"title": "一"}}\n{"key": 1}'),
    ],
)
def test_a_file_that_is_wrong_publishes_nothing_and_says_where(seeded, feed, line):
    before = status(seeded)
    said = feeds(seeded, "publish", feed, "-", given=line, code=1)
    assert said.startswith("Error: line") or "no feed" in said
    assert status(seeded) == before


def test_a_kiosk_is_told_what_to_do(seeded):
    run(seeded, "invite", "610200-001")
    key = feeds(seeded, "command", "610200-001", '{"verb": "set-in-service"}').strip()
    assert re.fullmatch(r"[0-9a-f-]{36}", key)
    assert status(seeded)["commands/610200-001"]["rows"] == 1
    assert "not a command" in feeds(seeded, "command", "610200-001", '{"ver": 1}', code=2)
    assert "not a kiosk's number" in feeds(seeded, "command", "a b", '{"verb": "x"}', code=2)


def test_snapshots_are_built_once_and_anew_for_a_new_epoch(seeded):
    [built, *_] = json.loads(feeds(seeded, "snapshot", "--json"))
    assert (seeded / "snapshots" / built["sha256"]).stat().st_size == built["bytes"]
    assert feeds(seeded, "snapshot") == "nothing new\n"
    before = status(seeded)["regions"]
    feeds(seeded, "new-epoch")
    after = status(seeded)["regions"]
    assert after["epoch"] != before["epoch"]
    assert after["snapshot_sha256"] not in (None, before["snapshot_sha256"])


def test_the_key_is_always_the_same_and_others_may_not_read_it(seeded):
    assert feeds(seeded, "key") == feeds(seeded, "key") == open_publisher(seeded).public_key + "\n"
    (seeded / "feed.key").chmod(0o644)
    assert "chmod 600" in feeds(seeded, "key", code=1)
    (seeded / "feed.key").chmod(0o600)


@pytest.mark.parametrize("command", [(), *((name,) for name in cli.commands.commands)])
def test_every_command_shows_an_example(command):
    shown = CliRunner().invoke(main, ["feeds", *command, "--help"]).output
    assert "Example: kiosk-central feeds" in shown


def test_the_keeper_numbers_what_comes_and_goes_on_after_trouble(any_engine, tmp_path, monkeypatch):
    troubles = [OperationalError("", {}, Exception()), OSError(28, "disk full")]

    def troubled(*arguments):
        if troubles:
            raise troubles.pop()
        return number(*arguments)

    number = sequence
    monkeypatch.setattr(keeper, "sequence", troubled)
    with FeedMaintainer(any_engine, open_publisher(tmp_path), pause=0.01):
        with any_engine.begin() as tx:
            publish(tx, "guides", [("a", "1")])
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not (
            (head := head_of(any_engine, "guides")) and head.snapshot_seq
        ):  # the last thing that it does
            assert time.monotonic() < deadline
            time.sleep(0.01)
    copy = Copy(any_engine, "guides")
    copy.catch_up()
    assert copy.values == {"a": "1"}
    assert not troubles


def until(condition) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def heads(engine) -> dict[str, str]:
    with reading(engine) as connection:
        return {row.name: row.epoch for row in connection.execute(select(feed_heads))}


def number_of(engine) -> int:
    with reading(engine) as connection:
        return number(connection)


@pytest.mark.parametrize("running", [True, False], ids=["under a running centre", "before it starts"])
def test_a_restored_database_heals_without_a_publication(any_engine, tmp_path, running):
    publisher = open_publisher(tmp_path)
    with FeedMaintainer(any_engine, publisher, pause=0.01):
        with any_engine.begin() as tx:
            publish(tx, "notices", [("a", "1")])
        # The last thing that it does.
        until(lambda: (head := head_of(any_engine, "notices")) and head.snapshot_seq == 1)
        until(lambda: Witness(tmp_path / "feeds.json").told("manifest") == number_of(any_engine))
        told = number_of(any_engine)
        before = heads(any_engine)
        if running:
            bring_back(any_engine)
            until(lambda: number_of(any_engine) > told)
    if not running:
        bring_back(any_engine)
        with FeedMaintainer(any_engine, publisher, pause=0.01):
            until(lambda: number_of(any_engine) > told)
    after = heads(any_engine)
    assert not set(before.values()) & set(after.values()), "every kiosk starts anew"


def bring_back(engine) -> None:
    """Have the database as it was some time ago."""
    with engine.begin() as tx:
        tx.execute(update(feed_manifest).values(number=1))


def test_a_snapshot_file_that_is_gone_is_built_again_without_a_publication(any_engine, tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "MAINTENANCE_INTERVAL", 0.0)
    publisher = open_publisher(tmp_path)
    with FeedMaintainer(any_engine, publisher, pause=0.01):
        with any_engine.begin() as tx:
            publish(tx, "notices", [("a", "1")])
        until(lambda: any(file.is_file() for file in publisher.snapshots.glob("[0-9a-f]*")))
        until(lambda: head_of(any_engine, "notices").snapshot_sha256)
        named = publisher.snapshots / head_of(any_engine, "notices").snapshot_sha256
        named.unlink()
        until(named.is_file)


def test_a_new_epoch_sums_up_the_rows_that_are_there(any_engine):
    with any_engine.begin() as tx:
        publish(tx, "notices", [("a", "1"), ("b", "2")])
    sequence(any_engine, bytes(32))
    with any_engine.begin() as tx:
        tx.execute(update(feed_rows).where(feed_rows.c.key == "a").values(value="9"))
        begin_epochs(tx, datetime.now(UTC))
    head = head_of(any_engine, "notices")
    assert head.rows == 2
    assert head.checksum == checksum([row_hash("a", 1, "9"), row_hash("b", 2, "2")])
