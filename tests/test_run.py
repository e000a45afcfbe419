"""./run sets up what a verb needs, quickly when nothing is missing, and says exactly what it cannot do itself."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.deadline import DEADLINE_SECONDS

ROOT = Path(__file__).parent.parent
NOBODY = 65534
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
MISSING = "a-package-that-is-missing"

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user without sudo")


@pytest.fixture
def project():
    """A copy of ./run that belongs to nobody, for which one package is missing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(ROOT / "run", folder)
        shutil.copytree(ROOT / "deploy", folder / "deploy")
        (folder / "deploy/packages/central.txt").write_text(f"# The centre.\n{MISSING}  # what for\n")
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
        yield folder


@pytest.fixture
def stand_in(project):
    """Put a script in the place of a program."""

    def write(name: str, script: str) -> None:
        (project / "bin").mkdir(exist_ok=True)
        (project / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
        (project / "bin" / name).chmod(0o755)

    return write


def set_up(project: Path, purpose: str = "central") -> subprocess.CompletedProcess[str]:
    path = f"{project / 'bin'}:/usr/bin:/bin"
    command = [*AS_NOBODY, "env", "-i", f"PATH={path}", project / "run", "setup", purpose]
    return subprocess.run(
        command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=DEADLINE_SECONDS
    )


@pytest.mark.parametrize("words", [["dance"], ["setup", "dance"]], ids=" ".join)
def test_an_unknown_verb_is_refused_with_the_verbs_there_are(words):
    ran = subprocess.run([ROOT / "run", *words], capture_output=True, text=True)
    assert ran.returncode == 2
    assert "./run demo" in ran.stderr


@pytest.mark.parametrize("purpose", ["kiosk", "central", "demo", "test"])
def test_set_up_that_is_done_takes_less_than_two_seconds_and_covers_its_parts(purpose):
    assert (ROOT / ".venv/set-up/test").exists(), "the tests are run by ./run test, which sets up first"
    begun = time.monotonic()
    ran = subprocess.run([ROOT / "run", "setup", purpose], capture_output=True, text=True, check=True)
    assert time.monotonic() - begun < 2
    assert ran.stderr == "Ready.\n"


@only_root
def test_without_root_or_sudo_the_exact_command_is_printed(project):
    ran = set_up(project)
    assert ran.returncode == 3
    assert f"apt-get update && apt-get install -y --no-install-recommends {MISSING}\n" in ran.stderr


@only_root
def test_who_may_not_write_here_is_told_who_may(project):
    os.chown(project, 0, 0)
    project.chmod(0o755)
    ran = set_up(project)
    assert ran.returncode == 3
    assert (
        ran.stderr
        == f"nobody may not write to {project}/.venv: run as root, or from a copy of this folder.\n"
    )


@only_root
def test_apt_asks_nothing_although_sudo_empties_the_environment(project, stand_in):
    stand_in("sudo", '[ "$1" = -n ] && shift; exec env -i PATH="$PATH" "$@"')
    stand_in("apt-get", f'echo "$1 as $DEBIAN_FRONTEND" >>{project}/calls; [ "$1" = update ]')
    set_up(project)
    calls = (project / "calls").read_text().splitlines()
    assert "update as noninteractive" in calls
    assert "install as noninteractive" in calls


@only_root
def test_what_apt_says_is_in_the_log_and_its_end_is_shown_when_it_fails(project, stand_in):
    stand_in("sudo", '[ "$1" = -n ] && shift; exec "$@"')
    stand_in(
        "apt-get",
        """case "$*" in
             update) echo 'Get:1 a list' ;;
             *--print-uris*) echo "'http://x/a.deb' a.deb 1500000 x"; echo "'http://x/b.deb' b.deb 500000 x" ;;
             *) echo 'E: no space left on device' >&2; exit 100 ;;
           esac""",
    )
    ran = set_up(project)
    assert ran.returncode == 1
    assert f"Debian packages, 2 MB to fetch: {MISSING}\n" in ran.stderr
    assert "Get:1" not in ran.stderr
    assert f"The last lines of {project}/.venv/setup.log:" in ran.stderr
    assert ran.stderr.endswith("E: no space left on device\n")
    assert "Get:1 a list" in (project / ".venv/setup.log").read_text()


@only_root
def test_a_package_that_was_removed_but_left_its_configuration_is_missing(project, stand_in):
    stand_in("dpkg-query", f"echo '{MISSING} rc '")
    assert set_up(project).returncode == 3
