"""Anki's sync server and client with the same records; runs in a virtual environment that has ``anki``.

usage: anki_peer.py FOLDER ROWS.jsonl COUNT. The first COUNT records are there before the client comes, the others are
the delta. Prints {"first": seconds, "delta": seconds}, each until the client has all of them in its database.
"""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from anki.collection import AddNoteRequest, Collection
from anki.sync import SyncAuth

NAME, PASSWORD = "bench", "bench"


def main(folder: Path, rows: Path, count: int) -> None:
    records = [json.loads(line) for line in rows.read_text("utf-8").splitlines()]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {
        "SYNC_USER1": f"{NAME}:{PASSWORD}",
        "SYNC_BASE": str(folder / "server"),
        "SYNC_HOST": "127.0.0.1",
        "SYNC_PORT": str(port),
        "MAX_SYNC_PAYLOAD_MEGS": "2000",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "anki.syncserver"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        endpoint = f"http://127.0.0.1:{port}/"
        print(json.dumps(race(folder, endpoint, records, count)))
    finally:
        server.terminate()
        server.wait()


def race(folder: Path, endpoint: str, records: list[list[str]], count: int) -> dict[str, float]:
    writer = Collection(str(folder / "writer.anki2"))
    auth = writer.sync_login(NAME, PASSWORD, endpoint)
    add(writer, records[:count])
    full_sync(writer, auth, upload=True)
    reader = Collection(str(folder / "reader.anki2"))
    begun = time.perf_counter()
    full_sync(reader, auth, upload=False)
    assert reader.note_count() == count
    first = time.perf_counter() - begun
    add(writer, records[count:])
    writer.sync_collection(auth, False)
    begun = time.perf_counter()
    reader.sync_collection(auth, False)
    assert reader.note_count() == len(records)
    delta = time.perf_counter() - begun
    return {"first": first, "delta": delta}


def add(collection: Collection, records: list[list[str]]) -> None:
    model = collection.models.by_name("Basic")
    deck = collection.decks.id("Default")
    requests = []
    for key, value in records:
        note = collection.new_note(model)
        note.fields = [key, value]
        requests.append(AddNoteRequest(note, deck))
    collection.add_notes(requests)


def full_sync(collection: Collection, auth: SyncAuth, *, upload: bool) -> None:
    collection.sync_collection(auth, False)
    collection.close_for_full_sync()
    collection.full_upload_or_download(auth=auth, server_usn=None, upload=upload)
    collection.reopen(after_full_sync=True)


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("anki's sync server does not answer")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
