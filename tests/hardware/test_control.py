"""The control channel of a simulator, and those who ask through it."""

import queue
import threading
from socket import AF_UNIX, socket

import pytest

from hardware.simulator.control import ControlError, ControlServer, tell
from tests.deadline import DEADLINE_SECONDS


@pytest.fixture
def gone():
    return threading.Event()


@pytest.fixture
def answering():
    """The thread that answers the verb ``slow``, from when it has begun to."""
    return queue.SimpleQueue()


@pytest.fixture
def control(tmp_path, gone, answering):
    def slow():
        answering.put(threading.current_thread())
        gone.wait()

    server = ControlServer(tmp_path / "control", {"slow": slow, "quick": lambda: "here"})
    yield tmp_path / "control"
    server.close()


def test_one_who_goes_before_the_answer_disturbs_nobody(control, gone, answering, capfd):
    with socket(AF_UNIX) as line:
        line.connect(str(control))
        line.sendall(b"slow\n")
        handler = answering.get(timeout=DEADLINE_SECONDS)
    gone.set()
    handler.join()
    assert tell(control, "quick") == "here"
    assert capfd.readouterr().err == ""


def test_what_is_no_text_is_refused_and_the_next_order_is_taken(control):
    with socket(AF_UNIX) as line:
        line.connect(str(control))
        line.sendall(b"\xff\nquick\n")
        answers = line.makefile()
        assert "UnicodeDecodeError" in answers.readline()
        assert answers.readline() == '{"ok": "here"}\n'


def test_an_unknown_verb_is_told_with_those_that_there_are(control):
    with pytest.raises(ControlError, match="no verb 'loud'; there are: quick, slow"):
        tell(control, "loud")
