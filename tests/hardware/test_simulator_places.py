"""Where simulators appear: what is somebody else's stays, and whatever is said to them is answered."""

import itertools
import json
from contextlib import closing
from socket import AF_UNIX, socket

import pytest

from hardware.simulator.control import ControlServer, tell
from hardware.simulator.pcscd import SOCKET, ReaderStartError
from hardware.simulator.places import PlaceTakenError
from hardware.simulator.reader import SimulatedReader
from hardware.simulator.reader_process import CONTROL
from tests.deadline import DEADLINE_SECONDS


def test_a_socket_that_somebody_answers_at_is_left_alone(tmp_path):
    path = tmp_path / "control"
    with closing(ControlServer(path, {"who": lambda: "the first"})):
        with pytest.raises(PlaceTakenError):
            ControlServer(path, {})
        assert tell(path, "who") == "the first"


def test_a_socket_that_was_left_behind_is_replaced(tmp_path):
    path = tmp_path / "control"
    with socket(AF_UNIX) as left:
        left.bind(str(path))
    with closing(ControlServer(path, {"who": lambda: "the next"})):
        assert tell(path, "who") == "the next"


def test_a_line_that_is_no_text_is_answered(tmp_path):
    path = tmp_path / "control"
    with closing(ControlServer(path, {"who": lambda: "still here"})), socket(AF_UNIX) as line:
        line.settimeout(DEADLINE_SECONDS)
        line.connect(str(path))
        line.sendall(b"\xff\xfe\nwho\n")
        garbled, who = map(json.loads, itertools.islice(line.makefile("rb"), 2))
    assert "UnicodeDecodeError" in garbled["error"]
    assert who == {"ok": "still here"}


def test_a_card_reader_whose_place_is_taken_says_so_in_a_line(tmp_path, capfd):
    (tmp_path / CONTROL).write_text("precious", "utf-8")
    with pytest.raises(ReaderStartError, match="left alone"):
        SimulatedReader(tmp_path).start()
    assert (tmp_path / CONTROL).read_text("utf-8") == "precious"
    assert "Traceback" not in capfd.readouterr().err
    assert not (tmp_path / SOCKET).exists()
