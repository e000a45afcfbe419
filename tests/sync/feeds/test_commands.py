"""Commands to one kiosk: each is done at most once, and reported."""

import json

import pytest

from sync.feeds import commands
from sync.protocol.feeds import COMMANDS
from tests.sync.feed_kiosk import Kiosk, fill
from tests.sync.publisher import Publisher


@pytest.fixture
def commanded(tmp_path):
    kiosk = Kiosk(tmp_path, Publisher("K1", COMMANDS))
    yield kiosk
    kiosk.close()


def reports(kiosk) -> list[tuple[str, dict]]:
    rows = kiosk.store.rows("SELECT type, body FROM outbox ORDER BY seq")
    return [(row["type"], json.loads(row["body"])) for row in rows]


def test_a_command_is_done_once_and_reported(commanded):
    commanded.centre[COMMANDS].put("c1", {"verb": "set-out-of-service", "reason": "换纸"})
    commanded.follow()
    assert commands.out_of_service(commanded.store) == "换纸"
    commanded.centre[COMMANDS].put("c2", {"verb": "set-in-service"})
    commanded.follow()
    commanded.follow()
    assert commands.out_of_service(commanded.store) == ""
    assert [(kind, body["key"]) for kind, body in reports(commanded)] == [
        ("command.done", "c1"),
        ("command.done", "c2"),
    ]


def test_a_command_is_not_repeated_when_the_centre_was_restored(commanded):
    commanded.centre[COMMANDS].put("c1", {"verb": "set-out-of-service"})
    commanded.follow()
    commanded.centre.restore(COMMANDS, 1, "e2")
    commanded.follow()
    assert len(reports(commanded)) == 1


def test_a_withdrawn_command_is_not_done(commanded):
    commanded.centre[COMMANDS].put("c1", {"verb": "set-out-of-service"})
    commanded.centre[COMMANDS].put("c1", None)
    commanded.follow()
    assert reports(commanded) == []


def test_a_command_that_nobody_knows_is_reported_as_failed(commanded):
    commanded.centre[COMMANDS].put("c1", {"verb": "dance"})
    commanded.centre[COMMANDS].put("c2", ["no", "command"])
    commanded.follow()
    assert [kind for kind, _ in reports(commanded)] == ["command.failed", "command.failed"]


def test_a_command_that_a_power_cut_broke_off_is_not_repeated(commanded, monkeypatch):
    commanded.centre[COMMANDS].put("c1", {"verb": "resend-outbox"})

    def cut(store):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("sync.store.outbox.send_all_again", cut)
        commanded.follow()
    commanded.restart()
    commanded.follow()
    assert reports(commanded) == [("command.failed", {"key": "c1", "reason": "interrupted"})]


def test_the_reference_is_fetched_from_the_beginning_when_the_centre_says_so(tmp_path):
    centre = Publisher("K1", COMMANDS, "guides")
    fill(centre["guides"], 3)
    kiosk = Kiosk(tmp_path, centre)
    kiosk.follow()
    centre[COMMANDS].put("c1", {"verb": "refetch-reference"})
    centre.asked.clear()
    kiosk.follow()
    assert "/v1/feeds/guides/e1/0-3" in centre.asked
    kiosk.close()
