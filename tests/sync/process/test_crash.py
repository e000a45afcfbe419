"""The outcome of an act and the event that reports it are on disk together, also when the power goes."""

import os
import random
import signal
import subprocess
import sys

import pytest

from sync.store import Store

WRITER = """
import sys
from pathlib import Path
from sync.protocol.events import CardPinChanged
from sync.store import Store, now, outbox
store = Store.open(Path(sys.argv[1]), "K1")
while True:
    with store.transaction() as tx:
        act = tx.execute(
            "INSERT INTO journal (visit_id, effect, intent_at) VALUES ('v', 'certificate.print', ?)", (now(),)
        ).lastrowid
    with store.transaction() as tx:
        tx.execute("UPDATE journal SET outcome = 'done', outcome_at = ? WHERE id = ?", (now(), act))
        outbox.add(tx, CardPinChanged(act=str(act)), "card")
    print(act, flush=True)
"""


@pytest.mark.parametrize("seed", range(3))
def test_a_writer_killed_anywhere_leaves_all_it_had_finished_and_nothing_by_halves(tmp_path, seed):
    chance = random.Random(seed)
    finished = 0
    for _ in range(2):  # the second one finds what the first one left
        finished = max(finished, _killed_after(tmp_path, chance.randint(1, 60)))
    store = Store.open(tmp_path, "K1")
    done = store.rows("SELECT id FROM journal WHERE outcome = 'done' ORDER BY id")
    told = store.rows("SELECT CAST(json_extract(body, '$.act') AS INTEGER) AS id FROM outbox ORDER BY seq")
    store.close()
    assert store.set_aside is None
    assert done == told
    assert finished in [row["id"] for row in done]


def _killed_after(folder, acts: int) -> int:
    """Let a writer finish so many acts, kill it in the next one; return the last one it told of."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    lines = (int(line) for line in writer.stdout if line.strip().isdigit())
    last = [next(lines) for _ in range(acts)][-1]
    os.kill(writer.pid, signal.SIGKILL)
    last = max([last, *lines])
    writer.wait()
    writer.stdout.close()
    writer.stderr.close()
    return last
