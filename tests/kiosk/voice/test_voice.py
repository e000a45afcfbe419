"""The voice is heard: sound as it comes out of the mixer, written by SDL's own disk driver instead of a loudspeaker."""

import itertools
import json
import os
import subprocess
import sys
from array import array
from pathlib import Path

import pytest

from kiosk.voice.catalogue import catalogue
from screens.sound.rendering import WAV_HEADER, render
from tests.deadline import DEADLINE_SECONDS

RATE, CHANNELS = 44_100, 2
WRONG_PIN = "密码不对。"
LONG = ("没有重复办理，也没有信息丢失。", "如需继续，请重新插入社会保障卡。")
"""The sentences that the long question has twice."""
QUIET = 60
"""Of 32768: what the codec leaves of silence is less."""


def speaker(*arguments: str) -> subprocess.CompletedProcess[str]:
    script = str(Path(__file__).with_name("speaker.py"))
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    return subprocess.run(
        [sys.executable, script, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=DEADLINE_SECONDS,
    )


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """What was heard in each scene, before and after what changes in it: samples of the left channel."""
    raw = tmp_path_factory.mktemp("sound") / "out.raw"
    done = speaker(str(raw))
    assert done.returncode == 0, done.stderr
    sound = raw.read_bytes()
    return {
        name: [
            array("h", sound[begin - begin % 4 : end - end % 4])[::CHANNELS]
            for begin, end in itertools.pairwise(places)
        ]
        for name, places in json.loads(done.stdout).items()
    }


@pytest.fixture
def scenes(parts):
    """What was heard in each scene that is one part: samples of the left channel."""
    return {name: heard[0] for name, heard in parts.items() if len(heard) == 1}


def voiced(samples: array) -> array:
    """What is between the first sound and the last."""
    loud = [place for place, sample in enumerate(samples) if abs(sample) > QUIET]
    return samples[loud[0] : loud[-1]] if loud else samples[:0]


def seconds(samples: array) -> float:
    """How long it is from the first sound to the last."""
    return len(voiced(samples)) / RATE


def loudest(samples: array) -> int:
    return max(map(abs, samples))


def recorded(phrases: tuple[str, ...]) -> array:
    """The samples of these recordings, one after another."""
    sound = render([catalogue().recordings["zh"][phrase] for phrase in phrases], 100)
    return voiced(array("h", sound[WAV_HEADER:])[::CHANNELS])


def seconds_recorded(phrase: str) -> float:
    """How long a recording is, without the pause after it."""
    return catalogue().recordings["zh"][phrase].seconds - 0.3


def test_a_question_is_heard_as_long_as_its_recording_lasts(scenes):
    assert seconds(scenes["asked"]) == pytest.approx(seconds_recorded(WRONG_PIN), abs=0.15)


def test_it_is_heard_more_slowly_for_who_wants_so(scenes):
    assert seconds(scenes["slowly"]) == pytest.approx(seconds(scenes["asked"]) / 0.8, rel=0.1)


def test_it_is_heard_more_softly_for_who_wants_so(scenes):
    assert 0 < loudest(scenes["softly"]) < loudest(scenes["asked"]) / 2


def test_at_no_volume_there_is_no_sound_at_all(scenes):
    assert loudest(scenes["silent"]) == 0


def test_a_question_that_is_being_said_goes_on_louder(parts):
    soft, loud = parts["louder"]
    assert QUIET < loudest(soft) < loudest(loud) / 3

    # and goes on where it was: at full volume the mixer leaves the samples as they are
    said, heard = recorded(LONG * 2), voiced(soft + loud)
    end = heard[-RATE // 10 :].tobytes()
    place = said.tobytes().find(end, 2 * (len(heard) - RATE // 3)) + len(end)
    assert place / 2 == pytest.approx(len(heard), abs=RATE / 10)


def test_a_question_that_only_looks_otherwise_is_not_said_again(scenes):
    assert loudest(scenes["contrast"]) == 0


def test_a_new_question_interrupts_the_old_one_and_is_said_whole(scenes):
    new, both = voiced(scenes["asked"]), voiced(scenes["interrupted"])
    assert both[-len(new) :] == new
    assert len(new) < len(both) < RATE * 2 * sum(map(seconds_recorded, LONG))


def test_what_is_said_beside_a_question_waits_for_it(scenes):
    assert seconds(scenes["beside"]) > 2 * seconds(scenes["asked"])


def test_a_key_clicks_and_says_nothing(scenes):
    assert 0 < seconds(scenes["key"]) < 0.1


def test_without_a_sound_device_the_kiosk_is_silent_and_works(tmp_path):
    done = speaker(str(tmp_path / "out.raw"), "no-device")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {"speaking": False}
    assert (done.stdout + done.stderr).count("audio unavailable") == 1
