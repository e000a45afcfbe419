"""Whether the centre can be reached: looked for closely while somebody depends on it, and learnt from every answer."""

import os
import queue
import resource
import socket
import threading
from contextlib import ExitStack

import pytest

from central.program import workers
from sync import line as kept
from sync.reachability import MISSED_SECONDS, PROBE_TIMEOUT, SELDOM_SECONDS, Reachability, Tripwire
from tests.deadline import DEADLINE_SECONDS

LONG = float(DEADLINE_SECONDS)
"""Seconds: no test waits for it."""


class Line:
    """A line to the centre that is up or down as the test has it; it notes each look and each change."""

    def __init__(self, *, closely=LONG, seldom=LONG, tripwire=None):
        self.is_up = True
        self.looks: queue.Queue = queue.Queue()
        self.changes: queue.Queue = queue.Queue()
        self.known = Reachability(self.look, self.changed, tripwire, closely=closely, seldom=seldom)

    def look(self):
        self.looks.put(self.is_up)
        return self.is_up

    def changed(self):
        self.changes.put(self.known.is_reachable)

    def start(self):
        self.known.start()
        self.looks.get(timeout=LONG)


@pytest.fixture
def line():
    line = Line()
    yield line
    line.known.close()


def test_before_the_first_look_nothing_is_called_unreachable(line):
    assert line.known.is_reachable


def test_it_looks_at_once_when_it_is_started(line):
    line.is_up = False
    line.known.start()
    assert line.changes.get(timeout=LONG) is False


def test_it_looks_at_once_when_somebody_begins_to_depend_on_it(line):
    line.start()
    line.is_up = False
    line.known.watch(closely=True)
    assert line.changes.get(timeout=LONG) is False


def test_while_somebody_depends_on_it_it_looks_again_and_again():
    line = Line(closely=0.01)
    line.start()
    line.known.watch(closely=True)
    line.is_up = False
    assert line.changes.get(timeout=LONG) is False
    line.is_up = True
    assert line.changes.get(timeout=LONG) is True
    line.known.close()


def test_an_answer_that_came_saves_a_look_and_one_that_did_not_is_told_at_once(line):
    line.start()
    line.known.note(True)
    assert line.changes.empty() and line.known.left > LONG / 2
    line.known.note(False)
    assert line.changes.get(timeout=LONG) is False and not line.known.is_reachable


def test_the_same_again_is_no_change(line):
    for reached in (True, False, False, True, True):
        line.known.note(reached)
    assert [line.changes.get(timeout=LONG) for _ in range(2)] == [False, True] and line.changes.empty()


def test_while_it_cannot_be_reached_it_is_looked_for_sooner(line):
    line.start()
    line.known.note(False)
    assert 0 < line.known.left <= 1.5 * MISSED_SECONDS


@pytest.fixture
def centre():
    with socket.create_server(("127.0.0.1", 0)) as centre:
        yield centre


def url_of(centre):
    return f"http://127.0.0.1:{centre.getsockname()[1]}"


def test_a_centre_that_hangs_up_is_noticed_between_two_looks(centre):
    line = Line(tripwire=Tripwire(url_of(centre)))
    line.start()
    kiosk, _address = centre.accept()
    line.is_up = False
    kiosk.close()
    assert line.changes.get(timeout=LONG) is False
    line.known.close()


def test_a_line_that_was_only_hung_up_is_stretched_again(centre):
    line = Line(tripwire=Tripwire(url_of(centre)))
    line.start()
    for _ in range(2):
        kiosk, _address = centre.accept()
        kiosk.close()
        line.looks.get(timeout=LONG)
    assert line.changes.empty() and line.known.is_reachable
    line.known.close()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://nowhere.invalid", "https://[::1]:1"])
def test_where_nobody_listens_there_is_nothing_to_trip_over(url):
    tripwire = Tripwire(url)
    tripwire.stretch()
    assert not tripwire.is_cut()


def test_a_line_whose_file_has_a_high_number_is_watched_too():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    with ExitStack() as held, socket.create_server(("127.0.0.1", 0)) as centre:
        held.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        for _ in range(1100):
            held.callback(os.close, os.open(os.devnull, os.O_RDONLY))
        tripwire = Tripwire(f"http://127.0.0.1:{centre.getsockname()[1]}")
        held.callback(tripwire.close)
        tripwire.stretch()
        assert not tripwire.is_cut()
        centre.accept()[0].close()
        looks = (tripwire.is_cut() or threading.Event().wait(0.01) for _ in range(int(LONG / 0.01)))
        assert any(looks)


def test_a_look_that_ends_after_the_close_tells_nothing():
    may_end = threading.Event()
    line = Line()
    looking = threading.Event()

    def look():
        looking.set()
        return not may_end.wait(LONG)

    line.known = Reachability(look, line.changed)
    line.known.start()
    assert looking.wait(LONG)
    line.known.close()
    may_end.set()
    line.known._thread.join(LONG)
    assert line.changes.empty() and line.known.is_reachable


def test_the_next_look_finds_the_last_ones_connection_still_open_on_both_sides():
    """A new one each time, with its TLS handshake, would cost the centre more than the answer."""
    assert SELDOM_SECONDS + PROBE_TIMEOUT.whole < kept.IDLE_SECONDS < workers.IDLE_SECONDS
