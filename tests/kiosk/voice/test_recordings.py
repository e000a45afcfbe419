"""Every text that a citizen may meet is recorded as it reads now, and every recording is sound."""

from hashlib import sha256
from pathlib import Path

import pytest

from kiosk.voice.catalogue import FOLDER, catalogue
from screens.sound.rendering import RATE, render
from tools.voice.recordings import missing, stale
from tools.voice.texts import wanted

HOW = "run: python -m tools.voice record"
MOST_BYTES = 12_000_000
CHARACTERS_A_SECOND = {"zh": (2.5, 6.5), "en": (7.0, 24.0)}
RECORDINGS = [
    (language, phrase, recording)
    for language, recordings in catalogue().recordings.items()
    for phrase, recording in recordings.items()
]


def seconds_of(path: Path) -> float:
    """Return how long an Ogg Opus file is, from its last page (RFC 7845, 4)."""
    content = path.read_bytes()
    last = content.rfind(b"OggS")
    granules = int.from_bytes(content[last + 6 : last + 14], "little")
    skipped = int.from_bytes(content[content.find(b"OpusHead") + 10 :][:2], "little")
    return (granules - skipped) / 48_000


def test_no_text_lacks_its_recording():
    lacking = [order.text for order in missing(catalogue(), wanted())]
    assert not lacking, f"{len(lacking)} phrases are not recorded, such as {lacking[:3]}; {HOW}"


def test_nothing_is_recorded_that_no_text_says():
    outdated = stale(catalogue(), wanted())
    assert not outdated, f"{len(outdated)} recordings are of no text, such as {outdated[:3]}; {HOW}"


def test_every_file_is_the_one_that_was_measured():
    for _language, phrase, recording in RECORDINGS:
        assert sha256(recording.path.read_bytes()).hexdigest().startswith(recording.sha256), (
            f"{phrase}; {HOW}"
        )
        assert seconds_of(recording.path) == pytest.approx(recording.seconds, abs=0.02), phrase


def test_there_is_no_file_beside_the_catalogue():
    assert set(FOLDER.glob("*/*.opus")) == {recording.path for _, _, recording in RECORDINGS}


def test_every_recording_lasts_as_long_as_its_text_takes_to_say():
    for language, phrase, recording in RECORDINGS:
        slowest, fastest = CHARACTERS_A_SECOND[language]
        if (letters := sum(map(str.isalnum, phrase))) > 4:
            assert slowest < letters / recording.seconds < fastest, phrase


def test_every_recording_is_as_loud_as_the_others_and_not_clipped():
    for _language, phrase, recording in RECORDINGS:
        assert recording.loudness == pytest.approx(-17, abs=1.5), phrase
        assert 0.2 < recording.peak < 0.99, phrase


def test_recordings_can_be_played_by_the_kiosk():
    for _language, phrase, recording in RECORDINGS[::40]:
        played = render([recording], 100)
        assert (len(played) - 44) / 4 / RATE == pytest.approx(recording.seconds, abs=0.03), phrase
        assert any(played[44:]), phrase


def test_the_recordings_are_small():
    assert sum(path.stat().st_size for path in FOLDER.glob("*/*.opus")) < MOST_BYTES
