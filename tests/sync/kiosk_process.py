"""A kiosk as a process of its own: it makes events and delivers them, until all it had to make is delivered.

python -m tests.sync.kiosk_process FOLDER KIOSK_ID URL HOW_MANY
"""

import sys
import time
from pathlib import Path

from sync.client import CentralClient
from sync.identity import Identity
from sync.store import Store, outbox
from sync.worker import Worker


def main(folder: Path, kiosk_id: str, url: str, how_many: int) -> None:
    store = Store.open(folder, kiosk_id)
    worker = Worker(store, CentralClient(url, Identity.of(kiosk_id, folder)), folder, largest_batch=7)
    made = store.rows("SELECT count(*) AS n FROM outbox")[0]["n"]
    while made < how_many or outbox.pending(store):
        if made < how_many:
            with store.transaction() as tx:
                outbox.add(tx, "visit.ended", f"card-{made % 5}", {"n": made})
            made += 1
        time.sleep(min(worker.step(), 0.02))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
