"""Every command as a user whom the files do not belong to: a line that says so, and nothing is made or changed."""

import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.command_line.conftest import Place, run
from tests.command_line.exit_codes import DOCUMENTED, WAITING
from tests.command_line.tree import LASTING, leaves
from tests.people import WANG

NOBODY = 65534
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
CA = {("kiosk-central", "ca", verb) for verb in ("init", "issue", "issue-server")}
WITHOUT_FILES = {
    *LASTING,
    *WAITING,
    ("kiosk-central", "openapi"),
    ("kiosk", "certificate", "render"),
    *CA,
} - {*(("kiosk", "run"), ("kiosk", "sync"), ("kiosk-central", "serve"))}
"""Commands that need nobody's files, and would go on, wait, or load what nobody may not read here."""


def as_nobody(work: Callable[[], Any]) -> Any:
    """Do ``work`` in a process that is nobody's; return what it returns."""
    import_module("_strptime")  # Python loads it late, from where nobody may not read
    fork = multiprocessing.get_context("fork")
    receiving, sending = fork.Pipe(duplex=False)

    def become() -> None:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        os.umask(0o022)
        sending.send(work())

    process = fork.Process(target=become)
    process.start()
    sending.close()
    try:
        return receiving.recv()
    finally:
        process.join()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that everybody may enter."""
    name = Path(tempfile.mkdtemp(prefix="others-"))
    name.chmod(0o755)
    yield name
    shutil.rmtree(name)


@pytest.fixture(scope="module")
def foreign(folder: Path) -> Place:
    place = Place(folder)
    for path in [*folder.rglob("*")]:
        if path.name not in ("centre", "data"):
            path.chmod(0o755 if path.is_dir() else 0o644)
    return place


def everything(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(path): (
            path.lstat().st_uid,
            path.lstat().st_mode,
            path.read_bytes() if path.stat().st_size < 10**7 else b"",
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("mode", [0o700, 0o755], ids=["closed folders", "open folders"])
def test_every_command_tells_another_user_in_a_line(mode, foreign: Place):
    for name in ("centre", "data"):
        (foreign.folder / name).chmod(mode)
    foreign.config.chmod(0o644)
    before = everything(foreign.folder)
    calls = [(leaf, foreign.words(leaf)) for leaf in leaves() if leaf.words not in WITHOUT_FILES]

    def ask() -> list[tuple[str, int, str, str]]:
        told = []
        for leaf, words in calls:
            more = {"serve": ["--port", "0"], "application": ["--granted"]}.get(leaf.words[-1], [])
            before_arguments = words.index("--")
            words = [*words[:before_arguments], *more, *words[before_arguments:]]
            result = run(leaf.words[0], *words, given=WANG.id_number)
            told.append((leaf.name, int(result.exit_code), result.stdout, result.stderr))
        return told

    outcomes = as_nobody(ask)
    assert len(outcomes) == len(calls) > 30
    for name, code, out, err in outcomes:
        assert code in DOCUMENTED, (name, code, err)
        assert "Traceback" not in out + err, (name, err)
        if code:
            assert len([line for line in err.splitlines() if line.startswith("Error: ")]) == 1, (name, err)
    with_files = [
        each
        for each in outcomes
        if each[0].startswith(("kiosk-central", "kiosk sync", "kiosk journal", "kiosk run"))
    ]
    for name, code, _, err in with_files:
        assert code == 1 and "must be run as root: sudo -u root" in err, (name, code, err)
    assert everything(foreign.folder) == before
