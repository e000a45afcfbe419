"""Faces are compared by a service at a socket, with pictures that are gone afterwards."""

import base64
import json
import socket
import socketserver
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.face.matcher import Likeness, MatcherError, NobodyError, Picture
from hardware.face.service import FaceService
from hardware.once import GoneError
from hardware.simulator.control import ControlError, tell
from hardware.simulator.face import SimulatedFaceService
from hardware.status import DeviceState
from tests.deadline import DEADLINE_SECONDS
from tests.hardware.id_card.conftest import until


@pytest.fixture
def place(tmp_path) -> Path:
    return tmp_path / "face"


def reference() -> Picture:
    return Picture(bytearray(b"from the chip"))


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("matches", Likeness(0.94, True)),
        ("differs", Likeness(0.27, True)),
        ("picture", Likeness(0.96, False)),
    ],
)
def test_a_face_is_as_like_as_it_is_scripted(place, script, found):
    control = place.with_suffix(".control")
    with SimulatedFaceService(place, control):
        tell(control, "script", script)
        service = FaceService(str(place))
        assert service.compare(reference(), service.capture()) == found
        assert tell(control, "status") == {"script": script, "compared": 1}


def test_nobody_before_the_camera_is_no_face(place):
    with SimulatedFaceService(place) as simulated:
        simulated.script("nobody")
        with pytest.raises(NobodyError):
            FaceService(str(place)).capture()


def test_a_score_of_ones_own_can_be_scripted_and_nothing_else(place):
    control = place.with_suffix(".control")
    with SimulatedFaceService(place, control):
        tell(control, "score", "0.81", "still")
        service = FaceService(str(place))
        assert service.compare(reference(), service.capture()) == Likeness(0.81, False)
        for words in (("score", "1.5"), ("score", "0.5", "dead"), ("script", "twins")):
            with pytest.raises(ControlError):
                tell(control, *words)


def test_no_picture_is_left_after_it_was_compared(place):
    """Whatever comes of it: each is wiped, nowhere written, and never shown."""
    secret = bytearray(b"a face")
    with SimulatedFaceService(place):
        service = FaceService(str(place))
        chip, live = Picture(secret), service.capture()
        service.compare(chip, live)
        for picture in (chip, live):
            with pytest.raises(GoneError):
                picture.take()
        assert not secret
        again, fresh = service.capture(), service.capture()
        again.forget()
        with pytest.raises(MatcherError):
            service.compare(again, fresh)
        with pytest.raises(GoneError):
            fresh.take()
    gone = FaceService(str(place))
    chip = reference()
    with pytest.raises(MatcherError) as error:
        gone.compare(chip, reference())
    assert "chip" not in str(error.value) and repr(chip) == "<Picture>"
    with pytest.raises(GoneError):
        chip.take()


def test_the_kiosk_hears_that_the_camera_comes_and_goes(place):
    heard: list[DeviceState] = []
    with FaceService(str(place), lambda status: heard.append(status.device)) as service:
        until(lambda: service.status.device is DeviceState.NO_DEVICE)
        with SimulatedFaceService(place):
            until(lambda: service.status.device is DeviceState.ONLINE)
        until(lambda: service.status.device is DeviceState.NO_DEVICE)
    assert heard == [DeviceState.NO_DEVICE, DeviceState.ONLINE, DeviceState.NO_DEVICE]


@contextmanager
def answering(place: Path, answer: bytes):
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(answer)

    with socketserver.ThreadingUnixStreamServer(str(place), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield
        server.shutdown()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\n",
        b"[]\n",
        b"\xff\n",
        b'{"error": "out of order"}\n',
        b'{"ok": 7}\n',
        b'{"ok": {"score": 2.0, "live": true}}\n',
        b'{"ok": {"score": NaN, "live": true}}\n',
    ],
)
def test_whatever_else_is_answered_is_no_likeness(place, answer):
    with answering(place, answer):
        service = FaceService(str(place), within=DEADLINE_SECONDS)
        with pytest.raises(MatcherError):
            service.compare(reference(), reference())
        with pytest.raises(MatcherError):
            service.capture()


def test_a_service_that_says_nothing_is_not_waited_for(place):
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(place))
        silent.listen()
        with pytest.raises(MatcherError):
            FaceService(str(place), within=0.2).capture()


def test_what_is_no_picture_is_refused_by_the_simulator(place):
    with SimulatedFaceService(place), pytest.raises(ControlError):
        tell(place, "compare", "###", base64.b64encode(b"x").decode())


def test_the_wire_is_a_line_of_json(place):
    with SimulatedFaceService(place), socket.socket(socket.AF_UNIX) as line:
        line.connect(str(place))
        line.sendall(b"compare YQ== Yg==\n")
        assert json.loads(line.makefile().readline()) == {"ok": {"score": 0.94, "live": True}}
