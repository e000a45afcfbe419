"""Works on a disk until it is full, makes room, and goes on; run as a program, on a disk of a few megabytes.

usage: python -m tests.sync.full_disk FOLDER. Prints what was written, what is there, and what a centre got.
"""

import json
import sys
from pathlib import Path

from sync.process.delivery import DeliveryWorker
from sync.store import Store, StoreFullError, outbox
from tests.events import pin_changed
from tests.sync.process.scripted_centre import ScriptedCentre

BALLAST = 4 * 1024 * 1024
MOST_STEPS = 1_000
LARGE, SMALL = 3000, 1
"""Bytes that go with an event."""


def main(folder: Path) -> None:
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(BALLAST))
    store = Store.open(folder, "K1")
    written = write_until_full(store, LARGE) + write_until_full(store, SMALL)
    ballast.unlink()
    written += write(store, 5, LARGE)
    centre = ScriptedCentre()
    worker = DeliveryWorker(store, centre, folder)
    for _ in range(MOST_STEPS):
        worker.step()
        if not outbox.pending(store):
            break
    worker.close()
    store.close()
    again = Store.open(folder, "K1")
    there = [row["id"] for row in again.rows("SELECT id FROM outbox ORDER BY place")]
    audited = again.rows("SELECT count(*) AS n FROM audit WHERE event = 'visit.ended'")[0]["n"]
    print(json.dumps({"written": written, "there": there, "audited": audited, "centre": centre.held}))


def write_until_full(store: Store, size: int) -> list[str]:
    written = []
    try:
        while True:
            written += write(store, 1, size)
    except StoreFullError:
        return written


def write(store: Store, count: int, size: int) -> list[str]:
    written = []
    for _ in range(count):
        with store.transaction() as tx:
            tx.execute(
                "INSERT INTO audit (at, event, data) VALUES ('', 'visit.ended', ?)", (json.dumps("x" * size),)
            )
            each = outbox.add(tx, pin_changed(), "card")
        written.append(each)
    return written


if __name__ == "__main__":
    main(Path(sys.argv[1]))
