"""The simulated reader's pcscd on other people's machines: where it is, what it is asked, what it says."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from hardware.simulator.pcscd import LOG, ReaderStartError, find_pcscd, listening
from hardware.simulator.reader import SimulatedReader
from hardware.simulator.reader_process import FIRST_PORT
from tests.deadline import DEADLINE_SECONDS
from tests.hardware.card.simulator import PROGRAM, ROOT, environment

USER_PATH = "/usr/local/bin:/usr/bin:/bin"
"""What a user of Debian has: no sbin."""

NOBODY = 65534
IDENTITY = "610200D15600000500000002B2C3D4E5"

WITHOUT_AN_ID_MAP = """
import os, pathlib
from hardware.simulator import namespace
def names():
    return [os.readlink(f"/proc/self/ns/{kind}") for kind in ("user", "mnt", "net")]
before = names()
namespace._OWN_ID = pathlib.Path("/nowhere")
print(namespace.enter_private_namespace(), names() == before)
"""


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="card-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def stand_in(tmp_path):
    """Put a script before the real pcscd, and give the PATH to find it by."""

    def write(script: str) -> dict[str, str]:
        program = tmp_path / "pcscd"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return {"PATH": f"{tmp_path}:{USER_PATH}"}

    return write


def read_card(folder: Path) -> str:
    program = [sys.executable, "-c", PROGRAM]
    own = environment(PCSCLITE_CSOCK_NAME=str(folder / "pcscd"))
    return subprocess.run(
        program, env=own, capture_output=True, text=True, timeout=DEADLINE_SECONDS
    ).stdout.strip()


def read_through(folder: Path, **options) -> str:
    with SimulatedReader(folder, **options) as simulated:
        simulated.insert("li-xiuying")
        return read_card(folder)


def test_pcscd_is_found_by_a_user_who_has_no_sbin_in_the_path(needs_pcscd, folder):
    assert read_through(folder, environment={"PATH": USER_PATH}) == IDENTITY


def test_while_it_runs_this_machine_has_no_port_open_for_cards(needs_pcscd, folder):
    with SimulatedReader(folder) as simulated:
        assert f"LIBPATH {sys.prefix}" in (folder / "readers/simulated").read_text()
        namespaces = [os.readlink(f"/proc/{pid}/ns/net") for pid in ("self", simulated._process.pid)]
        assert len(set(namespaces)) == 2
        assert not listening(FIRST_PORT)


def test_a_pcscd_that_would_ask_polkit_is_told_not_to(needs_pcscd, folder, stand_in):
    asks_polkit = stand_in(f"""
        case "$*" in
          *--help*) echo "  --disable-polkit   disable polkit support" ;;
          *--disable-polkit*) shift 2; exec {find_pcscd()} --foreground "$@" ;;
          *) echo "NOT authorized for action: access_pcsc" >&2; exit 1 ;;
        esac""")
    assert read_through(folder, environment=asks_polkit) == IDENTITY


def test_what_a_failing_pcscd_says_is_shown_and_kept(needs_pcscd, folder, stand_in):
    failing = stand_in("echo starting; echo 'cannot create /run/pcscd: Permission denied' >&2; exit 1")
    with pytest.raises(ReaderStartError) as failed:
        SimulatedReader(folder, environment=failing).start()
    assert "pcscd did not start: cannot create /run/pcscd: Permission denied" in str(failed.value)
    assert LOG in str(failed.value)
    assert "starting" in (folder / LOG).read_text()


def test_the_command_says_it_in_one_line(needs_pcscd, folder, stand_in):
    own = os.environ | stand_in("echo 'no such luck' >&2; exit 1")
    command = [Path(sys.executable).parent / "kiosk", "simulate", "card", "--folder", folder]
    ran = subprocess.run(command, env=own, capture_output=True, text=True, timeout=DEADLINE_SECONDS)
    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1
    assert "no such luck" in ran.stderr


def test_a_machine_that_takes_no_id_map_leaves_the_process_where_it_was():
    # Without CAP_SYS_ADMIN a namespace must be one of a user, as for those who are not root.
    unprivileged = (
        ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"] if not os.geteuid() else []
    )
    ran = subprocess.run(
        [*unprivileged, sys.executable, "-c", WITHOUT_AN_ID_MAP], cwd=ROOT, capture_output=True, text=True
    )
    assert ran.stdout.split() == ["False", "True"], ran.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root works in the folders of others")
def test_root_works_in_a_folder_that_only_another_user_may_enter(needs_pcscd, folder):
    theirs = folder / "home"
    (theirs / "card").mkdir(parents=True)
    for each in (theirs / "card", theirs):
        shutil.chown(each, NOBODY, NOBODY)
        each.chmod(0o700)
    assert read_through(theirs / "card") == IDENTITY
