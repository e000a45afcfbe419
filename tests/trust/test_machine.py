"""The machine: no card over the network, no way around the window, no stranger on USB, no foreign picture."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hardware.card.choice import choose, is_simulated
from hardware.card.errors import SimulatedReaderError
from hardware.card.reader import CardReader
from kiosk.attendant.machine import START_TROUBLES

DEPLOY = Path(__file__).parents[2] / "deploy"
VIRTUAL = "Virtual PCD 00 00"
REAL = "ACS ACR39U ICC Reader 01 00"


# Card readers


class Service:
    """A PC/SC service with these readers, and no card in any."""

    def __init__(self, readers: list[str]) -> None:
        self._readers = readers

    def readers(self) -> list[str]:
        return self._readers

    def wait(self, known, _seconds):
        return known

    def close(self) -> None:
        pass


@pytest.mark.parametrize("readers", [[VIRTUAL], [REAL, VIRTUAL], ["Virtual PCD 00 01", REAL]])
def test_a_kiosk_does_not_start_where_a_card_can_come_over_the_network(readers):
    reader = CardReader(simulated=False, service=lambda: Service(readers))
    with pytest.raises(SimulatedReaderError, match="vsmartcard-vpcd"):
        reader.require_choice()
    assert SimulatedReaderError in START_TROUBLES


def test_it_starts_with_a_real_reader_and_the_demo_with_a_simulated_one():
    CardReader(simulated=False, service=lambda: Service([REAL])).require_choice()
    CardReader(simulated=True, service=lambda: Service([VIRTUAL])).require_choice()


@pytest.mark.parametrize("name", ["", "Virtual PCD", VIRTUAL])
def test_a_simulated_reader_that_comes_later_is_never_taken_however_it_is_named(name):
    assert choose([VIRTUAL], name, simulated=False) == ""
    assert choose([VIRTUAL, REAL], "", simulated=False) == REAL


def test_only_simulated_readers_are_taken_for_such():
    assert is_simulated(VIRTUAL) and is_simulated("Simulated Reader 0 00 00")
    assert not any(map(is_simulated, [REAL, "Virtually Good Reader", "PCD 2000"]))


# The display


def options(name: str) -> dict[str, str]:
    """The options of an X configuration whose sections are closed, by their names."""
    lines = [line.strip() for line in (DEPLOY / "display" / name).read_text().splitlines()]
    words = [line for line in lines if line and not line.startswith("#")]
    sections = [line for line in words if line.startswith(("Section", "EndSection"))]
    assert [bool(re.fullmatch(r'Section "\w+"', line)) for line in sections] == [True, False] * (
        len(sections) // 2
    )
    return dict(
        re.fullmatch(r'Option\s+"(\w+)"\s+"(.*)"', line).groups() for line in words if line not in sections
    )


def test_nobody_leaves_the_window_by_the_keyboard_and_it_never_goes_dark():
    given = options("branch-kiosk.conf")
    assert (given["DontVTSwitch"], given["DontZap"]) == ("true", "true")
    assert {given[name] for name in ("BlankTime", "StandbyTime", "SuspendTime", "OffTime")} == {"0"}


def test_the_x_server_listens_on_no_network_and_lets_in_only_who_has_its_cookie():
    unit = (DEPLOY / "display" / "kiosk-display.service").read_text()
    [command] = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    words = command.split()
    assert words[words.index("-nolisten") + 1] == "tcp"
    authority = words[words.index("-auth") + 1]
    assert "-ac" not in words
    assert f"-f {authority} add" in unit and "RuntimeDirectoryMode=0700" in unit and "UMask=0077" in unit
    assert f"XAUTHORITY={authority}" in (DEPLOY / "display" / "kiosk-window.conf").read_text()
    assert (
        f"InaccessiblePaths=-{Path(authority).parent}" in (DEPLOY / "display" / "kiosk-sync.conf").read_text()
    )


def test_systemd_finds_nothing_wrong_with_the_display(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed here")
    text = (DEPLOY / "display" / "kiosk-display.service").read_text().replace("/usr/bin/Xorg", sys.executable)
    unit = tmp_path / "kiosk-display.service"
    unit.write_text(re.sub(r"^(After|Conflicts|User)=.*$", "", text, flags=re.MULTILINE))
    found = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert [line for line in found.stderr.splitlines() if unit.name in line] == []


# USB


def rules() -> list[str]:
    lines = (DEPLOY / "usbguard" / "rules.conf").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_only_listed_devices_are_let_in_each_at_its_port():
    *allowed, last = rules()
    assert last == "reject"
    hub = "allow with-interface equals { 09:00:00 }"
    device = re.compile(
        r'allow id [0-9a-f]{4}:[0-9a-f]{4} via-port "[\d.-]+" with-interface equals \{ [0-9a-f:]{8} \}'
    )
    assert [rule for rule in allowed if rule != hub and not device.fullmatch(rule)] == []


def test_usbguard_understands_the_rules():
    if shutil.which("usbguard-rule-parser") is None:
        pytest.skip("usbguard is not installed here: it would refuse this machine's own devices")
    found = subprocess.run(
        ["usbguard-rule-parser", "-f", DEPLOY / "usbguard" / "rules.conf"], capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr


# Pictures

LOADERS = {
    "kivy.core.image",
    "kivy.uix.image",
    "kivy.loader",
    "kivy.uix.video",
    "kivy.core.video",
    "kivy.uix.rst",
}
"""What reads pictures from files, with the libraries of Kivy's wheel, which are old."""


def test_the_window_reads_no_picture_from_a_file():
    found = {
        (file.name, module)
        for file in Path(__file__).parents[2].joinpath("screens").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for module in modules_of(node)
        if module in LOADERS
    }
    assert found == set()


def modules_of(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [each.name for each in names]
        case ast.ImportFrom(module=str(module)):
            return [module, *(f"{module}.{each.name}" for each in node.names)]
    return []
