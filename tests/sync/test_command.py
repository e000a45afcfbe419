"""``kiosk sync``: what staff and systemd call."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from click.testing import CliRunner

from central.store import tables as models
from kiosk.cli import main
from sync.client import PATIENT, Timeout
from sync.feeds import feed_status
from sync.only_one import only_one
from sync.protocol.messages import EventAnswer
from sync.store import outbox
from sync.store.database import connect_plain
from tests.central.centre import Centre, migrated_file, running_centre, sqlite_url
from tests.central.feed_reader import published
from tests.deadline import DEADLINE_SECONDS
from tests.sync.command import CONFIG, Setup, enrol
from tests.sync.raw_line import read_request


@pytest.fixture
def centre(tmp_path):
    (tmp_path / "central.db").write_bytes(migrated_file().read_bytes())
    with running_centre(sqlite_url(tmp_path)) as centre:
        yield centre


@pytest.fixture
def kiosk(tmp_path, centre: Centre):
    setup = Setup(tmp_path, centre.url)
    yield setup
    setup.store.close()


def test_once_delivers_what_waits_and_status_says_so(centre, kiosk):
    enrol(centre, kiosk)
    kiosk.add()
    assert kiosk.status()["outbox"]["queued"] == 1
    assert kiosk.status()["last_contact"] is None
    assert kiosk.run("once").exit_code == 0
    assert centre.count(models.events) == 1
    status = kiosk.status()
    outbox_status = {"queued": 0, "rejected": 0, "acknowledged": 1, "oldest": None, "stuck": False}
    assert status["outbox"] == outbox_status
    assert status["last_contact"] is not None
    assert abs(status["clock_offset_seconds"]) < 60


def test_once_says_that_something_still_waits(kiosk):
    kiosk.add()
    result = kiosk.run("once")  # the kiosk is not enrolled
    assert result.exit_code == 3
    assert "still waiting: 1" in result.stdout


def test_a_rejected_event_is_listed_and_retried_by_staff(kiosk):
    kiosk.add()
    [event] = outbox.claim(kiosk.store, 1)
    outbox.apply_answers(kiosk.store, [EventAnswer(event.id, "rejected", "too old")])
    [listed] = map(json.loads, kiosk.run("rejected", "--json").stdout.splitlines())
    assert listed.keys() == {"id", "type", "reason", "occurred_at", "age_seconds"}
    assert (listed["id"], listed["reason"]) == (event.id, "too old")
    assert listed["id"] in kiosk.run("rejected").stdout
    assert kiosk.run("retry", event.id).stdout.split() == [event.id]
    assert outbox.pending(kiosk.store) == 1
    assert kiosk.run("retry", event.id).exit_code == 1  # it is rejected no more
    assert kiosk.run("retry", "--all").exit_code == 0
    assert kiosk.run("retry").exit_code == 2


def test_trouble_is_told_in_a_line(tmp_path, kiosk):
    kiosk.config.write_text("kiosk_id = 5")
    result = kiosk.run("status")
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")


@pytest.mark.parametrize(
    "command", [[], ["once"], ["status"], ["identity"], ["rejected"], ["retry"], ["repair"]]
)
def test_every_command_shows_an_example_and_its_exit_codes(command):
    text = CliRunner().invoke(main, ["sync", *command, "--help"]).output
    assert "Example: kiosk" in text
    assert "Exit codes:" in text


def test_the_process_delivers_new_events_until_it_is_told_to_stop(centre, kiosk):
    enrol(centre, kiosk)
    command = [
        sys.executable,
        "-c",
        "from kiosk.cli import main; main()",
        "sync",
        "--config",
        str(kiosk.config),
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert any("delivering to" in line for line in process.stderr)
        kiosk.add()
        deadline = time.monotonic() + DEADLINE_SECONDS
        while outbox.pending(kiosk.store):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        for second in (kiosk.run("once"), kiosk.run()):
            assert second.exit_code == 1
            said = second.stderr.splitlines()[-1]
            assert said.startswith("Error: another process delivers this kiosk's events")
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE_SECONDS) == 0
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
    assert centre.count(models.events) == 1


def test_a_damaged_row_is_repaired_by_a_command(centre, kiosk):
    enrol(centre, kiosk)
    published(centre.engine, "outlets", ("a", '{"name":"大厅"}'), ("b", "1"))
    assert kiosk.run("once").exit_code == 0
    ref = connect_plain(kiosk.config.parent / "kiosk" / "ref.db")
    ref.execute("UPDATE row SET value = 'rubbish' WHERE feed = 'outlets' AND key = 'a'")
    result = kiosk.run("repair", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"asked": False, "damaged": ["outlets"], "problems": {}}
    ref = connect_plain(kiosk.config.parent / "kiosk" / "ref.db")
    assert dict(ref.execute("SELECT key, value FROM row")) == {"a": '{"name":"大厅"}', "b": "1"}
    assert kiosk.run("repair").stdout == "0 feeds were fetched again\n"
    assert kiosk.run("repair", "outlets").stdout.startswith("outlets: fetched again\n")
    assert kiosk.run("repair", "weather").exit_code == 2


def test_a_running_process_is_asked_to_repair(kiosk):
    with only_one(kiosk.config.parent / "kiosk" / "deliver.lock", "delivers"):
        result = kiosk.run("repair", "guides")
    assert result.exit_code == 0
    assert "kiosk sync" in result.stdout
    assert feed_status.repair_asked(kiosk.store) == ["guides"]


def test_a_second_window_on_one_store_says_so_and_ends(kiosk):
    command = [sys.executable, "-m", "tests.sync.hold_lock", str(kiosk.config.parent / "kiosk" / "run.lock")]
    first = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout.readline() == "held\n"
        program = "from kiosk.cli import main; main()"
        run = [sys.executable, "-c", program, "run", "--offscreen", "--config", str(kiosk.config)]
        second = subprocess.run(run, capture_output=True, text=True, timeout=DEADLINE_SECONDS)
        assert second.returncode == 1
        assert "another process runs this kiosk's window" in second.stderr.splitlines()[-1]
    finally:
        first.kill()
        first.wait()
        first.stdout.close()
    with only_one(kiosk.config.parent / "kiosk" / "run.lock", "runs"):
        pass  # the kernel gave the lock of the killed one back


def test_a_store_that_is_gone_shows_in_the_status(kiosk):
    assert kiosk.status()["alarms"] == []
    kiosk.store.close()
    for part in kiosk.config.parent.glob("kiosk/ops.db*"):
        part.unlink()
    [alarm] = kiosk.status()["alarms"]
    assert alarm["event"] == "store.lost"
    assert "store.lost" in kiosk.run("status").stdout


def test_a_centre_that_says_nothing_does_not_keep_a_stopped_process(kiosk):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        kiosk.config.write_text(CONFIG.format(url=url))
        command = [sys.executable, "-c", "from kiosk.cli import main; main()", "sync", "--config"]
        process = subprocess.Popen([*command, str(kiosk.config)], stderr=subprocess.DEVNULL)
        try:
            wire, _ = silent.accept()
            with wire:
                assert wire.recv(10)
                process.send_signal(signal.SIGTERM)
                assert process.wait(PATIENT.whole / 2) == 0
        finally:
            process.kill()
            process.wait()


@contextmanager
def hostile(serve):
    """A centre on a bare socket: ``serve`` gets each connection, its request read; yields address and requests."""
    asked: list[int] = []

    def handle(wire: socket.socket) -> None:
        with wire, suppress(OSError):
            read_request(wire)
            asked.append(1)
            serve(wire)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=handle, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
        listener.shutdown(socket.SHUT_RDWR)


def endlessly(start: bytes, again: bytes, pause: float = 0.0):
    def serve(wire: socket.socket) -> None:
        wire.sendall(start)
        while True:
            wire.sendall(again)
            time.sleep(pause)

    return serve


OK = b"HTTP/1.1 200 OK\r\n"
HOSTILE = {
    "silent": lambda wire: wire.recv(1),
    "dripping a body": endlessly(OK + b"Content-Length: 100000\r\n\r\n", b" ", 0.05),
    "dripping chunks": endlessly(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", 0.05),
    "dripping a head": endlessly(OK, b"X: y\r\n", 0.05),
    "100 Continue for ever": endlessly(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.001),
    "103 for ever": endlessly(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", 0.001),
    "endless head": endlessly(OK, b"X-More: " + b"y" * 1000 + b"\r\n"),
    "endless body": endlessly(
        OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b" " * 4096 + b"\r\n"
    ),
    "endless body of a length": endlessly(OK + b"Content-Length: 99999999999\r\n\r\n", b" " * 4096),
}


@pytest.mark.parametrize("serve", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("waiting", [0, 1])
def test_once_has_one_deadline_whatever_answers(serve, waiting, kiosk, monkeypatch):
    """A connection that broke is tried once more within the deadline; nobody who did not answer is asked again."""
    monkeypatch.setattr("kiosk.commands.sync.PATIENT", Timeout(connect=2, whole=2))
    for _ in range(waiting):
        kiosk.add()
    with hostile(serve) as (url, asked):
        kiosk.config.write_text(CONFIG.format(url=url))
        result = kiosk.run("once", "--json")
    assert result.exit_code == 3, result.output
    assert len(asked) <= 2
    found = json.loads(result.stdout)
    assert found["feeds_problem"] and found["outbox"]["queued"] == waiting
