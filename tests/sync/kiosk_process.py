"""A kiosk as a process of its own: it makes events and delivers them, until all it had to make is delivered.

python -m tests.sync.kiosk_process FOLDER KIOSK_ID URL HOW_MANY [CLOCK_OFF_BY_SECONDS]
"""

import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import sync.client
import sync.process.delivery
import sync.store.transaction
from sync.client import CentralClient
from sync.identity import Identity
from sync.process.delivery import DeliveryWorker
from sync.store import Store, outbox
from tests.events import happen


def main(folder: Path, kiosk_id: str, url: str, how_many: int, clock_off_by: float = 0) -> None:
    set_clock(clock_off_by)
    store = Store.open(folder, kiosk_id)
    worker = DeliveryWorker(store, CentralClient(url, Identity.of(kiosk_id, folder)), folder, largest_batch=7)
    made = store.rows("SELECT sum(last_seq) AS n FROM epochs")[0]["n"]
    # Not before the centre was heard of each epoch: it may have lost something.
    while made < how_many or outbox.pending(store) or worker.epochs_to_ask():
        if made < how_many:
            happen(store, f"card-{made % 5}")
            made += 1
        time.sleep(min(worker.step(), 0.02))


def set_clock(off_by: float) -> None:
    """Let all that the store, the worker and the client know of the time be wrong; the signature's is right."""

    class WrongClock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(seconds=off_by)

    for module in (sync.store.transaction, sync.process.delivery, sync.client):
        module.datetime = WrongClock  # type: ignore[attr-defined]  # each of them has it


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), *map(float, sys.argv[5:]))
