"""A first load of 100,000 records and a delta of 10,000 beside Anki's sync server and PouchDB."""

import json
import subprocess
import tempfile
import venv
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import structlog

import bench
from bench.feeds.centre import Centre
from bench.feeds.kiosk import KIOSK, Kiosk
from bench.feeds.rows import service_points
from bench.figure import Figure
from sync.identity import Identity
from sync.protocol.algorithms import Ed25519Key

RECORDS, DELTA = 100_000, 10_000
ROUNDS = 3
PEERS = Path(bench.__path__[0], ".peers")
SCRIPTS = Path(bench.__path__[0], "feeds")
ANKI = PEERS / "anki"
POUCHDB = PEERS / "pouchdb"
FEED = "outlets"


def figures() -> Iterator[Figure]:
    """Yield how many times quicker than each peer we are."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    install()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        records = folder / "records.jsonl"
        lines = (json.dumps(row, ensure_ascii=False) for row in service_points(RECORDS + DELTA))
        records.write_text("\n".join(lines), "utf-8")
        anki = best(
            race([ANKI / "bin" / "python", SCRIPTS / "anki_peer.py"], folder, records) for _ in range(ROUNDS)
        )
        ours = best(our_times(folder / f"ours-{turn}") for turn in range(ROUNDS))
        pouchdb = race(["node", SCRIPTS / "pouchdb_peer.js"], folder, records)
    yield Figure(
        "sync.first_load_vs_anki", anki["first"] / ours["first"], "×", ">= 4", "Anki's sync server", RECORDS
    )
    yield Figure(
        "sync.delta_vs_anki", anki["delta"] / ours["delta"], "×", ">= 4", "Anki's sync server", DELTA
    )
    yield Figure(
        "sync.first_load_vs_pouchdb", pouchdb["first"] / ours["first"], "×", ">= 100", "PouchDB", RECORDS
    )
    yield Figure("sync.delta_vs_pouchdb", pouchdb["delta"] / ours["delta"], "×", ">= 4", "PouchDB", DELTA)


def install() -> None:
    """Install the peers into a folder of their own, where they are not there yet."""
    if not (ANKI / "ready").exists():
        venv.create(ANKI, with_pip=True)
        subprocess.run([ANKI / "bin" / "python", "-m", "pip", "install", "--quiet", "anki"], check=True)
        (ANKI / "ready").touch()
    if not (POUCHDB / "ready").exists():
        POUCHDB.mkdir(parents=True, exist_ok=True)
        (POUCHDB / "package.json").write_text("{}")
        packages = ["pouchdb", "express-pouchdb", "pouchdb-server"]
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", *packages], cwd=POUCHDB, check=True)
        (POUCHDB / "ready").touch()


def race(command: list[str | Path], folder: Path, records: Path) -> dict[str, float]:
    """Run one peer; return its seconds for the first load and for the delta."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        whole = [*command, own, records, str(RECORDS)]
        done = subprocess.run(whole, cwd=POUCHDB, stdout=subprocess.PIPE, text=True, check=True)
    seconds: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return seconds


def our_times(folder: Path) -> dict[str, float]:
    """Return our seconds for the same."""
    folder.mkdir()
    centre, identity = Centre(folder / "centre"), Identity(KIOSK, Ed25519Key.generate())
    centre.enrol(identity)
    centre.publish(FEED, service_points(RECORDS))
    centre.build()
    with centre.serving() as address, closing(Kiosk(folder / "kiosk", address, identity)) as kiosk:
        first = kiosk.seconds_to_follow()
        centre.publish(FEED, service_points(DELTA, first=RECORDS))
        return {"first": first, "delta": kiosk.seconds_to_follow()}


def best(times: Iterator[dict[str, float]]) -> dict[str, float]:
    """Return the best of several rounds."""
    rounds = list(times)
    return {name: min(each[name] for each in rounds) for name in rounds[0]}
