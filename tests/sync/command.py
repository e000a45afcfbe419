"""The ``kiosk sync`` command with a centre of its own."""

import json
from datetime import UTC, datetime

from click.testing import CliRunner

from central.access import kiosks
from kiosk.cli import main
from sync.store import Store
from tests.central.centre import Centre
from tests.events import happen

CONFIG = """
kiosk_id = "610200-001"
region = "610200"
branch = "王益大厅"
data = "kiosk"
central.url = "{url}"
printer = {{ port = "/dev/null", profile = "none" }}
"""


class Setup:
    def __init__(self, folder, url: str) -> None:
        self.config = folder / "kiosk.toml"
        self.config.write_text(CONFIG.format(url=url))
        self.store = Store.open(folder / "kiosk", "610200-001")

    def run(self, *arguments: str):
        return CliRunner().invoke(main, ["sync", *arguments, "--config", str(self.config)])

    def add(self) -> None:
        happen(self.store, "")

    def status(self) -> dict:
        return json.loads(self.run("status", "--json").stdout)


def enrol(centre: Centre, kiosk: Setup) -> None:
    kiosk_id, key = kiosk.run("identity").stdout.split()
    with centre.engine.begin() as tx:
        kiosks.enrol(tx, kiosk_id, key, datetime.now(UTC))
