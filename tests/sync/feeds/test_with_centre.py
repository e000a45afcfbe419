"""The kiosk's command and the real centre, over HTTP: snapshot, pages, card list, commands."""

import json
from datetime import UTC, datetime

import pytest

from central.feeds.log import begin_epochs
from central.feeds.names import commands_of
from central.feeds.sequencer import load
from central.feeds.snapshots import build
from sync.card_status import CardStatuses
from sync.feeds.commands import out_of_service
from sync.protocol.card_status_list import Listed
from sync.protocol.feeds import CARD_STATUS, COMMANDS
from sync.store.reference import ReferenceReader
from tests.central.centre import Centre, migrated_file, running_centre, sqlite_url
from tests.sync.command import Setup, enrol

LOST = "610200D15600000500000001A1B2C3D4"


@pytest.fixture(scope="module")
def shared_centre(tmp_path_factory):
    folder = tmp_path_factory.mktemp("centre")
    (folder / "central.db").write_bytes(migrated_file().read_bytes())
    with running_centre(sqlite_url(folder)) as centre:
        yield centre


@pytest.fixture
def kiosk(tmp_path, shared_centre: Centre):
    setup = Setup(tmp_path, shared_centre.url)
    enrol(shared_centre, setup)
    yield setup
    setup.store.close()


def publish(centre: Centre, feed: str, rows: dict) -> None:
    with centre.engine.begin() as tx:
        load(tx, feed, rows.items(), centre.publisher.card_key)


def guides(count: int, word: str = "问题") -> dict:
    return {f"g{number:04}": json.dumps({"title": f"{word}{number}"}) for number in range(count)}


def once(kiosk: Setup) -> dict:
    result = kiosk.run("once", "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_what_the_centre_publishes_is_here_and_status_says_how_far(kiosk, shared_centre):
    publish(shared_centre, "guides", guides(300))
    publish(shared_centre, CARD_STATUS, {LOST: str(int(Listed.LOST))})
    build(shared_centre.engine, shared_centre.publisher)
    publish(shared_centre, "guides", guides(3, "新") | {"g0007": None})
    publish(
        shared_centre,
        commands_of(kiosk.store.kiosk_id),
        {"c1": '{"verb":"set-out-of-service","reason":"检修"}'},
    )
    found = once(kiosk)
    rows = ReferenceReader(kiosk.config.parent / "kiosk").rows("guides")
    assert rows == {key: value for key, value in (guides(300) | guides(3, "新")).items() if key != "g0007"}
    assert CardStatuses(kiosk.config.parent / "kiosk").lookup(LOST) is Listed.LOST
    assert out_of_service(kiosk.store) == "检修"
    guide = found["feeds"]["guides"]
    assert (guide["seq"], guide["rows"], guide["fresh"], guide["problem"]) == (304, 299, True, "")
    assert guide["age_seconds"] < 60 <= guide["max_age_seconds"]
    assert found["feeds"][COMMANDS]["rows"] == 1
    assert found["feeds_problem"] == ""
    assert kiosk.status()["feeds"].keys() == found["feeds"].keys()


def test_a_new_epoch_of_the_centre_brings_its_rows_anew(kiosk, shared_centre):
    publish(shared_centre, "outlets", {"o1": '{"name":"一"}'})
    before = once(kiosk)["feeds"]["outlets"]["epoch"]
    with shared_centre.engine.begin() as tx:
        begin_epochs(tx, datetime.now(UTC))
    publish(shared_centre, "outlets", {"o2": '{"name":"二"}'})
    assert once(kiosk)["feeds"]["outlets"]["epoch"] != before
    assert ReferenceReader(kiosk.config.parent / "kiosk").rows("outlets").keys() == {"o1", "o2"}


def test_status_for_people_has_a_line_a_feed(kiosk, shared_centre):
    publish(shared_centre, "notices", {"n1": "{}"})
    once(kiosk)
    line = next(each for each in kiosk.run("status").stdout.splitlines() if each.startswith("notices"))
    assert "rows 1" in line
