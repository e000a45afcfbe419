import shutil

import pytest

from kiosk.rules import datafile, law, regions, sources, texts, working_days


def forget():
    calendars = (working_days._delivered, working_days._days, working_days.is_workday)
    for cached in (regions._files, regions.pack, sources.catalogue, texts.catalogue, law.law, *calendars):
        cached.cache_clear()


@pytest.fixture
def data_files(tmp_path, monkeypatch):
    """A copy of the rules' data files that a test may break; the rules read the copy."""
    copy = tmp_path / "rules"
    shutil.copytree(str(datafile.ROOT), copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    monkeypatch.setattr(datafile, "ROOT", copy)
    forget()
    yield copy
    forget()


@pytest.fixture
def ask():
    """Ask a topic as the command does, and get plain JSON values."""
    from kiosk.rules.plain import plain
    from kiosk.rules.topics import TOPICS

    def ask(topic, **question):
        answer = TOPICS[topic].ask(question)
        assert answer.text
        assert answer.basis
        return plain(answer.result)

    return ask
