"""The files in deploy/ are what systemd takes, and keep what the documents promise."""

import ast
import configparser
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from command_line import watchdog
from hardware.printer import profile
from kiosk.config import load

PROJECT = Path(__file__).parent.parent
UNITS = sorted((PROJECT / "deploy" / "systemd").glob("*.service"))
PACKAGES, LOCKS = PROJECT / "deploy" / "packages", PROJECT / "deploy" / "python"


def service(unit: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(unit)
    return parser["Service"]


@pytest.fixture(params=UNITS, ids=lambda unit: unit.stem)
def unit(request) -> Path:
    return request.param


def test_the_configuration_in_the_document_can_be_used(tmp_path):
    document = (PROJECT / "docs" / "deploy.md").read_text()
    [example] = re.findall(r"```toml\n(.*?)```", document, re.DOTALL)
    file = tmp_path / "kiosk.toml"
    file.write_text(example)
    config = load(file)
    assert config.data == Path("/var/lib/branch-kiosk")
    assert profile.load(config.printer.profile)


def test_systemd_finds_nothing_wrong_with_the_unit(unit, tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed here")
    here = tmp_path / unit.name
    installed = unit.read_text().replace("/opt/branch-kiosk/.venv/bin/kiosk", sys.executable)
    # Units and users of another machine are not to be found on this one.
    foreign = ("After=", "Wants=", "User=", "SupplementaryGroups=")
    here.write_text("\n".join(line for line in installed.splitlines() if not line.startswith(foreign)))
    found = subprocess.run(["systemd-analyze", "verify", here], capture_output=True, text=True)
    complaints = [line for line in found.stderr.splitlines() if unit.name in line]
    assert complaints == []


def test_the_unit_is_started_again_and_gives_away_nothing(unit):
    about = service(unit)
    assert about["Restart"] == "always"
    assert about["LoadCredentialEncrypted"].startswith("kiosk-store-key:")
    assert about["StateDirectoryMode"] == "0700"
    assert (about["NoNewPrivileges"], about["ProtectSystem"], about["PrivateTmp"]) == ("yes", "strict", "yes")
    assert about["LimitCORE"] == "0"  # a core would hold what is in memory


def test_a_unit_that_is_watched_is_told_of_more_often_than_systemd_asks():
    watched = [service(unit) for unit in UNITS if "WatchdogSec" in service(unit)]
    assert watched
    for about in watched:
        assert about["Type"] == "notify"
        assert float(about["WatchdogSec"]) > 3 * (watchdog.ALIVE_EVERY + 20)  # a step may take two time-outs


# The lists of packages

DEVELOPMENT = {"vsmartcard-vpcd", "gcc", "xvfb", "xdotool", "postgresql", "nginx", "shellcheck", "procps"}
FOR_TESTS = {"pytest", "hypothesis", "mypy", "ruff", "schemathesis", "coverage", "apsw"}
SERVERS = {"vsmartcard-vpcd", "nginx"}
"""Packages that have something listen on every address once they are installed."""

ELSEWHERE = {
    "nodejs": "a peer of the benchmarks, and an independent reader of the printer's bytes: skipped without",
    "npm": "as nodejs; Debian's brings several hundred packages",
    "debootstrap": "tools/fresh, which says so",
    "git": "tools/fresh",
}
"""Packages whose programs are used and that ./run does not install, and why."""


def listed(name: str) -> dict[str, bool]:
    """Each Debian package of a list, and whether it is only unpacked."""
    lines = (line.partition("#")[0].split() for line in (PACKAGES / f"{name}.txt").read_text().splitlines())
    return {words[0]: words[1:] == ["unpacked"] for words in lines if words}


def locked(name: str) -> dict[str, str]:
    """Each Python package of a lock file with its version."""
    pinned = re.findall(r"^([a-z0-9._-]+)==(\S+)", (LOCKS / f"{name}.lock").read_text(), re.MULTILINE)
    return dict(pinned)


def test_a_kiosk_gets_nothing_that_compiles_tests_or_simulates():
    kiosk = listed("kiosk")
    assert not kiosk.keys() & DEVELOPMENT
    assert not [name for name in kiosk if name.endswith("-dev")]
    assert not any(kiosk.values())
    assert not locked("kiosk").keys() & FOR_TESTS
    assert "starlette" not in locked("kiosk") and "kivy" not in locked("central")


def test_the_demo_stays_light():
    assert not locked("demo").keys() & FOR_TESTS
    assert locked("demo").items() >= locked("kiosk").items() | locked("central").items()


def test_what_would_listen_when_installed_is_only_unpacked():
    found = {
        name: unpacked for path in PACKAGES.glob("*.txt") for name, unpacked in listed(path.stem).items()
    }
    assert {name for name, unpacked in found.items() if unpacked} == SERVERS


@pytest.mark.parametrize("lock", ["kiosk", "central", "demo"])
def test_every_lock_is_a_part_of_that_of_the_tests(lock):
    assert locked("test").items() >= locked(lock).items()


@pytest.mark.parametrize("lock", ["kiosk", "central", "demo", "test"])
def test_every_locked_package_has_hashes_and_the_download_is_told(lock):
    text = (LOCKS / f"{lock}.lock").read_text()
    assert re.match(r"# \d+ MB to fetch\n", text)
    for requirement in re.split(r"\n(?=\S)", text)[1:]:
        assert "--hash=sha256:" in requirement, requirement


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("kiosk", "kiosk"), ("central", "central"), ("demo", "kiosk central"), ("test", "kiosk central dev")],
)
def test_what_setup_cfg_asks_for_is_locked(lock, extras):
    config = configparser.ConfigParser()
    config.read(PROJECT / "setup.cfg")
    asked = config["options"]["install_requires"]
    asked += "".join(config["options.extras_require"][extra] for extra in [*extras.split(), "tree"])
    names = {re.match(r"[\w-]+", line)[0].lower() for line in asked.split("\n") if line}
    assert names <= locked(lock).keys()


def test_every_program_that_is_run_is_in_a_declared_package():
    declared = {name for path in PACKAGES.glob("*.txt") for name in listed(path.stem)} | ELSEWHERE.keys()
    undeclared = {
        program: package
        for program, packages in owners(programs()).items()
        for package in packages
        if package not in declared and not always_there(package)
    }
    assert undeclared == {}


def programs() -> set[str]:
    """Every word that begins a list of words, or is looked for in the PATH, and is a program here."""
    words: set[str] = set()
    for room in ("tests", "tools", "hardware", "screens", "bench"):
        for path in (PROJECT / room).rglob("*.py"):
            words.update(first_words(ast.parse(path.read_text())))
    # These are HTTP's; a package of Perl has programs of their names.
    return {
        word
        for word in words - {"GET", "HEAD", "POST"}
        if re.fullmatch(r"[\w.-]+", word) and shutil.which(word)
    }


def first_words(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(attr="invoke")):
            return  # the words of a command of our own
        case ast.List(elts=[ast.Constant(value=str(word)), *_]):
            yield word
        case ast.Call(func=ast.Attribute(attr="which"), args=[ast.Constant(value=str(word)), *_]):
            yield word
        case ast.Assign(targets=[ast.Name(id="command")], value=ast.Constant(value=str(command))):
            yield command.split(" ")[0]
    for part in ast.iter_child_nodes(node):
        yield from first_words(part)


def owners(programs: set[str]) -> dict[str, set[str]]:
    """The Debian packages that bring each program; none when it is not Debian's."""
    places = {program: places_of(program) for program in programs}
    # Asked once for all: each time, the lists of all packages are read.
    asked = ["dpkg-query", "--search", *chain.from_iterable(places.values())]
    told = subprocess.run(asked, capture_output=True, text=True).stdout
    brought = {}
    for line in told.splitlines():
        packages, _, path = line.rpartition(": ")
        if not line.startswith("diversion"):
            brought[path] = {package.partition(":")[0] for package in packages.split(", ")}
    return {
        program: next((brought[place] for place in places[program] if place in brought), set())
        for program in programs
    }


def places_of(program: str) -> tuple[str, str, str]:
    """Where a program is found, where the package may say that it is, and what it is a link to."""
    here = shutil.which(program)
    return here, here.removeprefix("/usr"), str(Path(here).resolve())


def always_there(package: str) -> bool:
    """Whether every Debian has it, however bare."""
    wanted = "${Essential} ${Priority}"
    about = subprocess.run(["dpkg-query", "-W", "-f", wanted, package], capture_output=True, text=True).stdout
    return about.startswith("yes") or about.endswith("required")
