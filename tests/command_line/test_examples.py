"""Every command that the documents and the help show is run as it is written, on a demonstration centre and kiosk."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from hardware.printer import profile
from tests.command_line.conftest import CONFIG, Place, run
from tests.command_line.tree import leaves
from tests.deadline import DEADLINE_SECONDS

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(?:sh|bash|console)?\n(.*?)^```", re.MULTILINE | re.DOTALL)

NOT_RUN = {
    "kiosk run": "needs a display; tests/visit runs the window",
    "kiosk sync --config": "goes on until it is stopped; tests/sync runs it",
    "kiosk-central serve": "goes on until it is stopped; tests/central runs it",
    "kiosk simulate": "goes on until it is stopped; the tests of the devices run it",
    "kiosk-central simulate": "goes on until it is stopped; tests/central/credentials runs it",
    "kiosk printer": "needs a printer; tests/printer runs it",
    "kiosk id-card read": "needs a reader; tests/id_card runs it",
    "kiosk card watch": "goes on until it is stopped",
    "kiosk screens": "draws 80 screens; tests/screens runs it",
    "kiosk fonts": "takes half a minute; the set-up runs it",
    "kiosk-central serve --workers": "needs PostgreSQL; tests/central/program/test_workers.py runs it",
    "kiosk-central operators add": "nobody else could act afterwards; tests/trust/test_operators.py runs it",
    "pip install": "needs a package index",
    "sudo -u kiosk": "needs the machine of docs/deploy.md",
}
"""Beginnings of examples that are not run here, and why."""
OUTCOMES = {
    "kiosk card read": ((3,), "there is no reader service here"),
    "kiosk sync once": ((3,), "the centre is away"),
    "kiosk sync repair": ((3,), "the centre is away"),
    "kiosk sync enrol": ((1,), "the centre is away"),
    "kiosk keys rotate identity": ((1,), "the centre is away"),
    "kiosk journal record-print": ((1,), "no print of this number is uncertain"),
    "kiosk-central application": ((1,), "there is no application of this number"),
    "kiosk-central revoke-document": ((1,), "there is no document of this number"),
    "kiosk-central approve": ((1,), "no key waits for approval"),
    "kiosk-central approve 610200-001 --certificate": ((2,), "the fingerprint is not written out"),
    "kiosk-central ca accept 610200-001 9b1e77…": ((2,), "the fingerprint is not written out"),
    "kiosk-central ca init": ((1,), "there is one already"),
    "kiosk-central ca revoke": ((2,), "the fingerprint is not written out"),
    "kiosk-central prove": ((1,), "there is no event of this id"),
    "kiosk-central enrol 610200-001 KEY": ((1,), "KEY stands for a key"),
    **dict.fromkeys(
        ("kiosk-central card release", "kiosk-central card cancel", "kiosk-central card report-loss"),
        ((0, 1), "the rules allow it or not, by what the other examples did to the card"),
    ),
    "kiosk-central applications": ((0,), ""),
    "kiosk-central operators disable": ((1,), "nobody is registered"),
    "kiosk-central confirm": ((1,), "nothing was requested"),
    "kiosk-central withdraw": ((1,), "nothing was requested"),
    "kiosk-central alarms seen": ((1,), "there is no alarm"),
    "kiosk-central quarantine delete": ((1,), "nothing is in quarantine"),
    "kiosk certificate verify": ((1,), "the example is signed with the key of another centre"),
}
"""Beginnings of examples that need what another command made first: how they end without, and why."""


def examples() -> Iterator[str]:
    for document in DOCUMENTS:
        for block in FENCE.findall(document.read_text("utf-8")):
            yield from _commands(block)
    for leaf in leaves():
        for paragraph in re.split(
            r"\n\s*\n", (leaf.command.help or "") + "\n\n" + (leaf.command.epilog or "")
        ):
            if paragraph.strip().strip("\b\n ").startswith("Example:"):
                yield from _commands(paragraph.replace("\b", "").partition("Example:")[2])


def _commands(text: str) -> Iterator[str]:
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        line = line.strip().removeprefix("$ ")
        if re.search(r"(^|\| ?|&& ?)(kiosk|kiosk-central|pip install|sudo -u kiosk) (?! )", line):
            yield line


def listed(table: dict, example: str):
    return next(
        (table[start] for start in sorted(table, key=len, reverse=True) if example.startswith(start)), None
    )


EXAMPLES = sorted(set(examples()))


@pytest.fixture(scope="session")
def demonstration(place: Place, tmp_path_factory) -> Path:
    """A folder that looks as the examples take it: kiosk.toml, central-data, and files that they name."""
    folder = tmp_path_factory.mktemp("demonstration")
    (folder / "kiosk.toml").write_text(CONFIG.replace('"data"', f'"{place.folder / "data"}"'), "utf-8")
    (folder / "central-data").symlink_to(place.centre)
    (folder / "document.json").write_text(place.arguments["document"].read_text("utf-8"), "utf-8")
    row = '{"key": "z1", "value": {"title": "一"}}\n'
    (folder / "notices.jsonl").write_text(row, "utf-8")
    (folder / "outlets.jsonl").write_text('{"key": "610200-01", "value": null}\n', "utf-8")
    (folder / "certificate-keys.json").write_text(
        run("kiosk-central", "keys", "--data", str(place.centre)).stdout
    )
    (folder / "kiosk-ca").symlink_to(place.folder / "ca")
    (folder / "request.pem").symlink_to(place.folder / "request.pem")
    issued = run(
        "kiosk-central",
        "ca",
        "issue",
        "610200-001",
        "--ca",
        *(str(place.folder / name) for name in ("ca", "request.pem")),
    )
    (folder / "tls.pem").write_text(issued.stdout)
    (folder / "mine.toml").write_bytes((profile.FOLDER / "epson-tm-t88v.toml").read_bytes())
    for name in ("document.png", "paper.png"):
        words = ("--profile", "epson-tm-t88v", "--out", str(folder / name))
        assert run("kiosk", "certificate", "render", str(folder / "document.json"), *words).exit_code == 0
    return folder


def test_examples_were_found():
    assert len(EXAMPLES) > 60


def test_every_command_has_an_example():
    shown = "\n".join(examples())
    assert [leaf.name for leaf in leaves() if leaf.name not in shown and leaf.words[1] != "screens"] == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_runs_as_it_is_written(example, demonstration, monkeypatch):
    monkeypatch.chdir(demonstration)
    if reason := listed(NOT_RUN, example):
        words = shlex.split(example, comments=True)
        if words[0] == "kiosk" and "…" not in example:
            _is_understood(words)
        pytest.skip(reason)
    codes, reason = listed(OUTCOMES, example) or ((0,), "")
    monkeypatch.chdir(demonstration)
    monkeypatch.setenv("KIOSK_CONFIG", str(demonstration / "kiosk.toml"))
    code, output = (in_a_shell if SHELL.search(example) else here)(example)
    assert code in codes, (reason, output)


SHELL = re.compile(r"[|<>&$;*]|^(?!kiosk)")
"""What only a shell understands, or another program: the other examples are run without a process for each."""


def in_a_shell(example: str) -> tuple[int, str]:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", example],
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout + done.stderr


def here(example: str) -> tuple[int, str]:
    done = run(*shlex.split(example, comments=True))
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.output


def _is_understood(words: list[str]) -> None:
    """Check the words of an example that is not run: commands, options and their values."""
    import kiosk.cli

    command: click.Command = kiosk.cli.main
    rest = [word for word in words[1:] if word != "&"]
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(click.Context(command), rest.pop(0))
        assert found
        command = found
    command.make_context("example", rest)
