"""The scanner on a real pty: tokens that are shown, and a scanner that is unplugged."""

import logging
import queue
import threading

import pytest

from hardware import serial_port
from hardware.scanner import token as tokens
from hardware.scanner.scanner import Scanner
from hardware.scanner.token import TokenGoneError
from hardware.simulator.scanner import SimulatedScanner
from hardware.status import DeviceState
from tests.deadline import DEADLINE_SECONDS

CODE = "an-invented-token-0001"


class Watched:
    def __init__(self, port):
        self.tokens, self.states = queue.SimpleQueue(), queue.SimpleQueue()
        self.scanner = Scanner(str(port), self.tokens.put, self.states.put)

    def token(self):
        return self.tokens.get(timeout=DEADLINE_SECONDS)

    def state(self):
        return self.states.get(timeout=DEADLINE_SECONDS)


@pytest.fixture
def simulated(tmp_path):
    with SimulatedScanner(tmp_path / "scanner") as simulated:
        yield simulated


@pytest.fixture
def watched(simulated, tmp_path):
    watched = Watched(tmp_path / "scanner")
    with watched.scanner:
        assert watched.state() is DeviceState.ONLINE
        yield watched


@pytest.mark.parametrize("end", ["cr", "lf", "crlf", "none"])
def test_a_code_that_is_shown_becomes_a_token(simulated, watched, end):
    simulated.end(end)
    simulated.scan(CODE)
    assert watched.token().take() == CODE.encode()


def test_a_code_that_is_held_on_becomes_one_token(simulated, watched):
    simulated.scan(CODE)
    simulated.scan(CODE)
    simulated.scan("another")
    assert [watched.token().take() for _ in range(2)] == [CODE.encode(), b"another"]
    assert watched.tokens.empty()


def test_a_code_that_is_no_token_is_passed_over(simulated, watched):
    simulated.scan("x" * 513)
    simulated.scan("社保")
    simulated.scan_bytes("00FF0D")
    simulated.scan(CODE)
    assert watched.token().take() == CODE.encode()
    assert watched.tokens.empty()


def test_a_scanner_that_is_unplugged_is_found_again(simulated, watched):
    simulated.unplug()
    assert watched.state() is DeviceState.NO_DEVICE
    simulated.plug()
    assert watched.state() is DeviceState.ONLINE
    simulated.scan(CODE)
    assert watched.token().take() == CODE.encode()


def test_a_scanner_whose_name_leads_to_another_device_by_now_is_found_there(simulated, tmp_path, monkeypatch):
    monkeypatch.setattr(serial_port, "SILENCE", 0.1)
    link = tmp_path / "stable-name"
    link.symlink_to(tmp_path / "scanner")  # whose line stays open, and says nothing any more
    with SimulatedScanner(tmp_path / "replacement") as replacement:
        watched = Watched(link)
        with watched.scanner:
            assert watched.state() is DeviceState.ONLINE
            beside = tmp_path / "new-name"
            beside.symlink_to(tmp_path / "replacement")
            beside.replace(link)
            assert watched.state() is DeviceState.NO_DEVICE
            assert watched.state() is DeviceState.ONLINE
            replacement.scan(CODE)
            assert watched.token().take() == CODE.encode()


def test_a_silent_scanner_is_left_alone(simulated, watched, monkeypatch):
    monkeypatch.setattr(serial_port, "SILENCE", 0.0)
    simulated.scan("first")
    watched.token()
    simulated.scan(CODE)  # after at least one look at the line
    assert watched.token().take() == CODE.encode()
    assert watched.states.empty()


def test_a_pause_inside_a_code_is_no_end_of_it(simulated, watched):
    simulated.scan(CODE)
    watched.token()
    for piece in (b"half-", b"and-", b"half\r"):
        simulated.scan_bytes(piece.hex())
        threading.Event().wait(0.08)  # longer than the gap that ends a code without a line end
    assert watched.token().take() == b"half-and-half"


def test_there_may_be_no_scanner(tmp_path):
    watched = Watched(tmp_path / "nothing")
    with watched.scanner:
        assert watched.state() is DeviceState.NO_DEVICE


def test_closing_forgets_the_tokens_that_nobody_took(simulated, watched):
    simulated.scan(CODE)
    token = watched.token()
    watched.scanner.close()
    with pytest.raises(TokenGoneError):
        token.take()


def test_an_old_token_is_forgotten_though_nobody_takes_it(simulated, watched, monkeypatch):
    monkeypatch.setattr(tokens, "LIFETIME", 0.0)
    simulated.scan(CODE)
    value = watched.token()._value
    simulated.scan("another")
    watched.token()
    assert not value


def test_a_listener_that_fails_does_not_stop_the_scanner(simulated, tmp_path):
    heard = queue.SimpleQueue()

    def listener(token):
        heard.put(token)
        raise RuntimeError("a bug elsewhere")

    online = threading.Event()
    with Scanner(str(tmp_path / "scanner"), listener, lambda state: online.set()):
        assert online.wait(DEADLINE_SECONDS)
        for code in (CODE, "another"):
            simulated.scan(code)
            assert heard.get(timeout=DEADLINE_SECONDS).take() == code.encode()


def test_no_log_line_holds_a_token(simulated, watched, caplog):
    caplog.set_level(logging.DEBUG)
    simulated.scan(CODE)
    token = watched.token()
    simulated.scan(CODE + "x" * 512)
    simulated.scan("end")
    watched.token()
    watched.scanner.close()
    assert "no token" in caplog.text
    assert CODE not in caplog.text + repr(token) + repr(vars(watched.scanner)) + str(simulated.status())
