"""A centre and a kiosk's store that the commands find, and files that are wrong for all of them."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import central.program.main
import kiosk.cli
from hardware.simulator.reader import folder_of_this_process
from sync.store import Store
from tests.command_line.tree import Leaf, make_wrong_files
from tests.trust.private_ca import REQUEST

KIOSK_ID = "610200-001"
CONFIG = """
kiosk_id = "610200-001"
region = "610200"
branch = "王益大厅"
data = "data"
central.url = "http://127.0.0.1:9"
printer = { port = "/nowhere", profile = "epson-tm-t88v" }
"""


@pytest.fixture(scope="session", autouse=True)
def card_service_of_this_process() -> None:
    """Have libpcsclite, which looks for its service once a process, look where other tests will start one."""
    folder_of_this_process()


class Place:
    """A folder with a centre and a kiosk, and what commands must be told to find them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        make_wrong_files(folder)
        self.centre, self.config = folder / "centre", folder / "kiosk.toml"
        self.config.write_text(CONFIG, "utf-8")
        assert run("kiosk-central", "seed", "--data", str(self.centre)).exit_code == 0
        for number in (KIOSK_ID, "610200-W01"):
            enrolled = run("kiosk-central", "enrol", number, "A" * 43 + "=", "--data", str(self.centre))
            assert enrolled.exit_code == 0, enrolled.output
        Store.open(folder / "data", KIOSK_ID).close()
        document = folder / "document.json"
        document.write_text(run("kiosk", "certificate", "examples", "participation").stdout, "utf-8")
        assert run("kiosk-central", "ca", "init", "--ca", str(folder / "ca")).exit_code == 0
        subprocess.run(
            [*REQUEST, "-keyout", folder / "tls.key", "-out", folder / "request.pem"],
            check=True,
            capture_output=True,
        )
        self.options = {
            "--ca": folder / "ca",
            "--data": self.centre,
            "--config": self.config,
            "--port": "/nowhere",
            "--profile": "epson-tm-t88v",
            "--out": folder / "out",
            "--region": "610200",
            "--public-url": "https://rs.example.gov.cn",
            "--reason": "已更正",
            "--kind": "oral",
            "--link": folder / "link",
            "--complete": None,
            "--before": "2019-01-01",
        }
        self.arguments: dict[str, Any] = {
            "which": "A1024575X",
            "number": "1",
            "kiosk_id": KIOSK_ID,
            "stands_for": "window",
            "identity": "0" * 32,
            "event_id": "1",
            "act_id": "1",
            "document": document,
            "code": "AAAA-BBBB-CCCC",
            "feed": "notices",
            "file": folder / "empty",
            "content": '{"verb": "set-in-service"}',
            "fingerprint": "0" * 64,
            "host": "rs.example.gov.cn",
            "request": folder / "request.pem",
            "public_key": "A" * 43 + "=",
            "credit_code": "91999999MA00000154",
            "topic": "pin",
            "kind": "unit-participation",
            "folder": folder / "fonts",
            "feeds": "notices",
            "name": "赵敏",
            "numbers": "1",
            "alarm_id": "1",
            "quarantine_id": "1",
            "request_id": "0" * 16,
            "role": "certificate",
            "phrase": "改密码",
        }

    def words(self, leaf: Leaf, **changed: str) -> list[str]:
        """Return a whole call of ``leaf`` with what it needs, and some parameters changed, by their names."""
        words, last = list(leaf.words[1:]), ["--"]
        for each in leaf.command.params:
            option = next((name for name in each.opts if name in self.options), "")
            if each.param_type_name == "argument":
                last.append(str(changed.get(each.name or "", self.arguments[each.name or ""])))
            elif each.name in changed:
                words += [each.opts[-1], *[changed[each.name]] * each.nargs]
            elif option and (each.required or option in ("--data", "--config", "--public-url")):
                value = self.options[option]
                words += [option] if value is None else [option, str(value)]
        return words + last


def run(program: str, *words: str, given: str = "") -> Result:
    main = {"kiosk": kiosk.cli.main, "kiosk-central": central.program.main.main}[program]
    return CliRunner().invoke(main, words, input=given, prog_name=program)


@pytest.fixture(scope="session")
def place(tmp_path_factory) -> Iterator[Place]:
    return Place(tmp_path_factory.mktemp("place"))
