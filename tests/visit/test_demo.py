"""``./run demo --visit certificate``: plays the visit, tells the truth about it, and leaves nothing running."""

import json
import shutil
import signal
import tempfile
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from tests.deadline import DEADLINE_SECONDS
from tests.people import SECRETS
from tests.visit.demo import (
    left_running,
    start,
    wait_for_file,
    wait_until_nothing_is_left,
)


@pytest.fixture
def home():
    """A folder that every process of one demo names in its environment."""
    folder = Path(tempfile.mkdtemp(prefix="demo-"))
    yield folder
    shutil.rmtree(folder)


def play(home, visit="certificate"):
    return start(home, "--visit", visit, "--out", str(home / "out"))


def test_the_visit_is_played_on_a_real_display_and_summed_up(home):
    demo = play(home)
    output, errors = demo.communicate(timeout=DEADLINE_SECONDS)
    assert demo.returncode == 0, errors

    summary = json.loads((home / "out/summary.json").read_text())
    assert json.loads(output) == summary
    assert summary["print"]["state"] == "confirmed"
    assert summary["print"]["bytes"] > 0 and summary["print"]["seconds"] > 0
    assert summary["outbox"] == {"pending": 0}
    assert summary["central"]["certificates"] == 1
    assert summary["central"]["events"] >= 1
    assert summary["region"] == "610200"
    assert set(summary["seconds"]) == {"start_to_idle", "card_to_menu", "certificate"}
    assert summary["verify_url"].endswith(f"/verify/{summary['certificate']['code']}")

    pictures = [Image.open(home / "out" / name) for name in summary["screenshots"]]
    assert {picture.size for picture in pictures} == {(1080, 1920)}
    assert zxingcpp.read_barcode(Image.open(home / "out/paper.png")).text == summary["certificate"]["qr"]
    assert not any(secret in output + errors for secret in SECRETS)
    wait_until_nothing_is_left(home)


# Half a minute each; the parts that differ are held by tests/kiosk/attendant.
@pytest.mark.slow
@pytest.mark.parametrize(("visit", "certificates"), [("question", 0), ("id-card", 1), ("e-card", 1)])
def test_every_other_visit_is_played_and_summed_up_by_the_same_contract(home, visit, certificates):
    output, errors = play(home, visit).communicate(timeout=DEADLINE_SECONDS)
    summary = json.loads(output)
    assert (summary["visit"], summary["outbox"]) == (visit, {"pending": 0}), errors
    assert summary["central"]["certificates"] == certificates
    assert bool(summary["print"]) == bool(summary["certificate"]) == bool(certificates)
    if certificates:
        assert summary["print"]["state"] == "confirmed"
        assert zxingcpp.read_barcode(Image.open(home / "out/paper.png")).text == summary["certificate"]["qr"]
    assert all((home / "out" / name).exists() for name in summary["screenshots"])
    assert not any(secret in output + errors for secret in SECRETS)
    wait_until_nothing_is_left(home)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda end: end.name)
def test_nothing_is_left_running_when_the_demo_is_broken_off(home, end):
    demo = play(home)
    wait_for_file(demo, home, "kiosk-*/window.log")
    assert len(left_running(home)) > 4
    demo.send_signal(end)
    demo.communicate(timeout=DEADLINE_SECONDS)
    wait_until_nothing_is_left(home)
