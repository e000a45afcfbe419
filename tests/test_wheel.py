"""What is given away: a wheel built from the source distribution works in an environment of its own, far from here."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("central", "command_line", "hardware", "kiosk", "screens", "sync", "text")
NOT_GIVEN = {".venv", ".git", "build", "wheels", "visit", "dist"}
"""What lies beside the project in its folder."""

pytestmark = pytest.mark.slow


def built(hook: str, source: Path, into: Path) -> Path:
    """Build in ``source`` as pip does; return what was made."""
    into.mkdir()
    script = f"import sys; from setuptools import build_meta; print(build_meta.{hook}(sys.argv[1]))"
    command = [sys.executable, "-c", script, str(into)]
    done = subprocess.run(command, cwd=source, check=True, capture_output=True, text=True)
    return into / done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("given")
    shutil.copytree(ROOT, folder / "tree", ignore=lambda place, _: NOT_GIVEN if Path(place) == ROOT else ())
    with tarfile.open(built("build_sdist", folder / "tree", folder / "sdist")) as source:
        source.extractall(folder / "unpacked", filter="data")
    [unpacked] = (folder / "unpacked").iterdir()
    assert (unpacked / "tests/test_wheel.py").exists() and (unpacked / "run").exists()
    return built("build_wheel", unpacked, folder / "wheel")


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """An environment with the wheel; the libraries of others are those of this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin/python"), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-q", "--no-index", "--no-deps", str(wheel)], check=True)
    site = folder / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    return folder


def run(installed: Path, *words: str, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [str(installed / "bin" / words[0]), *words[1:]]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


def test_the_wheel_holds_all_that_the_rooms_hold(wheel):
    given = set(zipfile.ZipFile(wheel).namelist())
    here = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }
    assert here - given == set()


def test_both_programs_work_from_the_wheel(installed, tmp_path):
    assert run(installed, "kiosk", "--version", cwd=tmp_path).startswith("kiosk, version ")
    assert run(installed, "kiosk-central", "--version", cwd=tmp_path).startswith("kiosk-central, version ")
    where = "import kiosk, sys; sys.exit(not kiosk.__file__.startswith(sys.prefix))"
    run(installed, "python", "-c", where, cwd=tmp_path)
    run(installed, "kiosk-central", "seed", "--data", "centre", cwd=tmp_path)
    assert '"people"' in run(
        installed, "kiosk-central", "summary", "--json", "--data", "centre", cwd=tmp_path
    )
    document = run(installed, "kiosk", "certificate", "examples", "participation", cwd=tmp_path)
    (tmp_path / "document.json").write_text(document, "utf-8")
    render = ("certificate", "render", "document.json", "--profile", "epson-tm-t88v", "--out", "document.png")
    run(installed, "kiosk", *render, cwd=tmp_path)
    assert (tmp_path / "document.png").read_bytes().startswith(b"\x89PNG")


def test_the_fonts_of_the_screens_are_there(installed, tmp_path):
    made = run(installed, "kiosk", "fonts", cwd=tmp_path)
    folder = Path(made.strip().removeprefix("fonts in "))
    assert folder.is_relative_to(installed) and list(folder.glob("*.otf"))
    found = "from screens.theme.font_files import font_file; print(font_file())"
    assert Path(run(installed, "python", "-c", found, cwd=tmp_path).strip()).is_relative_to(installed)
