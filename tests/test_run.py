"""./run sets up what is missing, quickly when nothing is, and says exactly what it cannot do itself."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NOBODY = 65534


@pytest.fixture
def project():
    """A copy of ./run that everybody may read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(ROOT / "run", folder)
        (folder / "deploy").mkdir()
        folder.chmod(0o755)
        yield folder


def test_an_unknown_verb_is_refused_with_the_verbs_there_are():
    ran = subprocess.run([ROOT / "run", "dance"], capture_output=True, text=True)
    assert ran.returncode == 2
    assert "./run demo" in ran.stderr


def test_set_up_that_is_done_takes_less_than_two_seconds():
    assert (ROOT / ".venv/ready").exists(), "the tests are run by ./run test, which sets up first"
    begun = time.monotonic()
    subprocess.run([ROOT / "run", "setup"], check=True, capture_output=True)
    assert time.monotonic() - begun < 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user without sudo")
def test_without_root_or_sudo_the_exact_command_is_printed(project):
    (project / "deploy/debian-packages.txt").write_text("a-package-that-is-missing\n")
    as_nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    ran = subprocess.run(
        [*as_nobody, project / "run", "setup"], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert ran.returncode == 3
    assert "apt-get install -y --no-install-recommends a-package-that-is-missing" in ran.stderr
