"""Several workers on one database and one port: they share nothing else."""

import multiprocessing
import os
import random
import re
import signal
import socket
import threading
import time
from collections import Counter, defaultdict
from contextlib import closing, suppress
from datetime import UTC, datetime
from itertools import chain
from multiprocessing.connection import wait
from pathlib import Path

import pytest
from click.testing import CliRunner

from central.access import kiosks
from central.feeds.sequencer import load
from central.program import log_lines
from central.program.log_lines import LogLines
from central.program.main import main
from central.program.workers import BEAT, SILENCE, START_SECONDS, TICK, Place, Settings, listen, work_together
from central.store.database import open_database
from sync.client import TIMEOUT, CentralClient, CentralRefusedError, CentralUnreachableError, Timeout
from tests.central.centre import an_identity
from tests.central.deliveries import EPOCH, event, results
from tests.central.postgres import empty
from tests.central.process import CentralProcess
from tests.central.program.workers import until, workers_of
from tests.deadline import DEADLINE_SECONDS

CONNECTIONS = 8
ENDLESS = Timeout(connect=DEADLINE_SECONDS, whole=DEADLINE_SECONDS)


def answers(client: CentralClient) -> bool:
    with suppress(CentralUnreachableError):
        return client.deliver(EPOCH, []).held == CONNECTIONS
    return False


@pytest.fixture
def engine(postgres_url):
    engine = open_database(empty(postgres_url))
    yield engine
    engine.dispose()


def test_workers_are_one_centre_and_none_outlives_the_process_that_started_them(
    postgres_url, engine, tmp_path
):
    identity = an_identity()
    with engine.begin() as tx:
        kiosks.enrol(tx, identity.kiosk_id, identity.public_key, datetime.now(UTC))
    process = CentralProcess(tmp_path, "--workers", "2", "--database", postgres_url)
    try:
        # Each client is a connection of its own, so that both workers get some.
        clients = [CentralClient(process.url, identity) for _ in range(CONNECTIONS)]
        until(clients[0].reachable)
        for number, client in enumerate(clients, 1):
            assert results(client.deliver(EPOCH, [event(number)])) == ["ok"]
            assert results(client.deliver(EPOCH, [event(1)])) == ["duplicate"]

        before = workers_of(process.pid)
        assert len(before) == 2
        os.kill(before[0], signal.SIGKILL)
        until(lambda: len(set(workers_of(process.pid)) - set(before)) == 1)
        for client in clients:
            until(lambda client=client: answers(client))

        with engine.begin() as tx:
            kiosks.revoke(tx, identity.kiosk_id, datetime.now(UTC))
        for client in clients:
            with pytest.raises(CentralRefusedError, match="kiosk-revoked"):
                client.deliver(EPOCH, [])
    finally:
        workers = workers_of(process.pid)
        process.kill()
    until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
    assert "worker_ended" in process.log.read_text()


class Callers:
    """Kiosks that ask without a pause; each gets an answer, which may be slow where the machine is."""

    def __init__(self, url: str, count: int = 6) -> None:
        self._url, self._end = url, threading.Event()
        self.asked, self.failures = 0, []
        self._threads = [threading.Thread(target=self._ask) for _ in range(count)]

    def __enter__(self) -> "Callers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        client = CentralClient(self._url, an_identity(), timeout=ENDLESS)
        while not self._end.is_set():
            try:
                client.read("/v1/feeds")
            except CentralRefusedError:  # nobody is enrolled here: it came through the database all the same
                self.asked += 1
            except CentralUnreachableError as trouble:
                self.failures.append(str(trouble))
        client.close()


STROKES = ("one", "all", "hang", "one", "at the start", "two", "end", "all")
VICTIMS = {"all": 3, "two": 2}
SIGNALS = {"hang": signal.SIGSTOP, "end": signal.SIGTERM}


def test_workers_that_are_killed_hang_or_die_at_their_start_are_all_replaced_and_nobody_waits_in_vain(
    postgres_url, engine, tmp_path
):
    chance = random.Random(12)
    process = CentralProcess(tmp_path, "--workers", "3", "--database", postgres_url)
    struck = defaultdict(list)
    try:
        with Callers(process.url) as callers:
            until_asked(callers, 20)
            for stroke in STROKES:
                struck[stroke] += strike(process, stroke, chance)
                until_asked(callers, callers.asked + 10)
                time.sleep(chance.uniform(0, 0.5))  # anywhere between two looks
        assert callers.failures == []
        assert noted(process, "worker_silent") == struck["hang"]
        assert sorted(noted(process, "worker_ended")) == sorted(chain(*struck.values()))
    finally:
        assert process.stop() == 0


def test_one_that_hangs_is_replaced_before_a_kiosk_gives_up():
    """A kiosk's request to it breaks when it is killed, and is sent again."""
    for_the_second_request = 1.0
    assert SILENCE + BEAT + TICK + for_the_second_request <= TIMEOUT.whole


def noted(process: CentralProcess, what: str) -> list[int]:
    """Return the workers of whom the log says so."""
    return [int(pid) for pid in re.findall(rf"{what} .*\bpid=(\d+)", process.log.read_text())]


def strike(process: CentralProcess, stroke: str, chance: random.Random) -> list[int]:
    """End some of the three workers in one way or another, wait until others are in their places, and return them."""
    before = workers_of(process.pid)
    assert len(before) == 3
    victims = chance.sample(before, VICTIMS.get(stroke, 1))
    for victim in victims:
        os.kill(victim, SIGNALS.get(stroke, signal.SIGKILL))
    if stroke == "at the start":
        until(lambda: set(workers_of(process.pid)) - set(before))
        [again] = set(workers_of(process.pid)) - set(before)
        os.kill(again, signal.SIGKILL)
        victims.append(again)
    until(lambda: len(set(workers_of(process.pid)) - set(victims)) == 3)
    return victims


def until_asked(callers: Callers, count: int) -> None:
    until(lambda: callers.asked >= count)


class Clock:
    """The clock of the process that starts workers and looks at them."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


def give_one_sign_of_life(_listener, _settings, _log_lines, alive_at) -> None:
    alive_at.value = 1.0
    signal.pause()


def test_silence_is_counted_in_looks_so_that_a_late_one_ends_nobody(monkeypatch, tmp_path):
    clock = Clock()
    monkeypatch.setattr("central.program.workers.time", clock)
    monkeypatch.setattr("central.program.workers._work_alone", give_one_sign_of_life)
    place = Place(None, Settings("sqlite://", tmp_path, ""), LogLines())
    place.look()
    for _ in range(round(SILENCE / TICK)):
        clock.now += 600  # the machine had no time for us
        place.look()
        assert not wait([place.sentinel], 0)
    for _ in range(round(START_SECONDS / TICK)):
        clock.now += TICK
        place.look()
    assert wait([place.sentinel], DEADLINE_SECONDS)
    place.gone()


def test_workers_that_cannot_start_end_the_service_so_that_somebody_hears_of_it(
    postgres_url, engine, tmp_path
):
    process = CentralProcess(tmp_path, "--workers", "2", "--database", postgres_url)
    until(lambda: len(workers_of(process.pid)) == 2)
    (tmp_path / "feed.key").chmod(0o644)
    for worker in workers_of(process.pid):
        os.kill(worker, signal.SIGKILL)
    assert process.wait() == 1
    assert "SecretFileError" in process.log.read_text()


def test_a_worker_starts_and_takes_events_while_very_much_is_published(postgres_url, engine, tmp_path):
    identity = an_identity()
    with engine.begin() as tx:
        kiosks.enrol(tx, identity.kiosk_id, identity.public_key, datetime.now(UTC))
    with engine.begin() as tx:
        load(tx, "guides", [(f"{number}", "1") for number in range(1000)], bytes(32))
        process = CentralProcess(tmp_path, "--workers", "2", "--database", postgres_url)
        try:
            client = CentralClient(process.url, identity)
            until(client.reachable)
            assert results(client.deliver(EPOCH, [event(1)])) == ["ok"]
            assert process.stop() == 0
        finally:
            process.kill()


@pytest.fixture
def handlers_put_back():
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_signal_to_stop_that_comes_just_before_the_wait_for_workers_is_not_lost(
    monkeypatch, tmp_path, handlers_put_back
):
    waits = []

    def wait_after_the_signal(sentinels, seconds):
        assert seconds <= TICK
        waits.append(seconds)
        os.kill(os.getpid(), signal.SIGTERM)
        return wait(sentinels, seconds)

    monkeypatch.setattr("central.program.workers.wait", wait_after_the_signal)
    with closing(listen("127.0.0.1", 0)) as listener:
        assert work_together(listener, Settings("sqlite://", tmp_path, ""), 0) == 0
    assert len(waits) == 1


def test_lines_of_a_log_come_out_whole_whoever_else_writes(monkeypatch):
    monkeypatch.setattr(log_lines, "LONGEST_WAIT", 60.0)  # a crowded machine is no process that hangs
    reading, writing = os.pipe()
    lines = LogLines(writing)
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=write_lines, args=(lines, letter)) for letter in "abcdef"]
    for writer in writers:
        writer.start()
    os.close(writing)
    with open(reading, encoding="ascii") as log:
        found = log.read().splitlines()
    for writer in writers:
        writer.join()
    assert Counter(line[0] for line in found) == dict.fromkeys("abcdef", 100)
    assert all(set(line) == {line[0]} for line in found)


def write_lines(lines: LogLines, letter: str) -> None:
    stream = lines.open()
    for number in range(100):
        print(letter * (1 + number * 331 % 30_000), file=stream)


def test_an_answer_is_not_held_back_until_the_kiosk_has_acknowledged_its_beginning():
    with closing(listen("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_several_workers_on_sqlite_are_refused_with_the_way_out(tmp_path):
    result = CliRunner().invoke(main, ["serve", "--workers", "2", "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert "need PostgreSQL" in result.stderr
