"""Real processes on a bad line, killed again and again: each event is at the centre once, and in order."""

from tests.sync.faulty_line import FaultyLine
from tests.sync.fleet import STROKES, run

KIOSKS, EVENTS = 2, 50


def test_nothing_is_lost_and_nothing_is_there_twice(tmp_path):
    outcome = run(tmp_path, KIOSKS, EVENTS, strokes=len(STROKES), seed=7)
    assert outcome.wrong == 0, outcome
    assert outcome.events >= KIOSKS * EVENTS
    assert set(outcome.faults) == {*STROKES, *FaultyLine.FATES}
