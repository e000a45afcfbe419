"""The files in deploy/ are what systemd takes, and keep what the documents promise."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sync import watchdog

UNITS = sorted((Path(__file__).parent.parent / "deploy" / "systemd").glob("*.service"))


def service(unit: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(unit)
    return parser["Service"]


@pytest.fixture(params=UNITS, ids=lambda unit: unit.stem)
def unit(request) -> Path:
    return request.param


def test_systemd_finds_nothing_wrong_with_the_unit(unit, tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed here")
    here = tmp_path / unit.name
    installed = unit.read_text().replace("/opt/branch-kiosk/.venv/bin/kiosk", sys.executable)
    # Units and users of another machine are not to be found on this one.
    foreign = ("After=", "Wants=", "User=", "SupplementaryGroups=")
    here.write_text("\n".join(line for line in installed.splitlines() if not line.startswith(foreign)))
    found = subprocess.run(["systemd-analyze", "verify", here], capture_output=True, text=True)
    complaints = [line for line in found.stderr.splitlines() if unit.name in line]
    assert complaints == []


def test_the_unit_is_started_again_and_gives_away_nothing(unit):
    about = service(unit)
    assert about["Restart"] == "always"
    assert about["LoadCredentialEncrypted"].startswith("kiosk-store-key:")
    assert about["StateDirectoryMode"] == "0700"
    assert (about["NoNewPrivileges"], about["ProtectSystem"], about["PrivateTmp"]) == ("yes", "strict", "yes")
    assert about["LimitCORE"] == "0"  # a core would hold what is in memory


def test_a_unit_that_is_watched_is_told_of_more_often_than_systemd_asks():
    watched = [service(unit) for unit in UNITS if "WatchdogSec" in service(unit)]
    assert watched
    for about in watched:
        assert about["Type"] == "notify"
        assert float(about["WatchdogSec"]) > 3 * (watchdog.ALIVE_EVERY + 20)  # a step may take two time-outs
