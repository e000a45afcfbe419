"""Whatever a command is told, it ends with one line and a documented exit code, and never with a traceback."""

import json
import os
import shutil
import signal
import sqlite3
from pathlib import Path

import click
import pytest

from central.program import options
from command_line.failure import Exit, failure_of
from tests.command_line.conftest import Place, run
from tests.command_line.exit_codes import DOCUMENTED, WAITING
from tests.command_line.tree import BEGINNERS, LASTING, Leaf, leaves, refused, wrong
from tests.deadline import DEADLINE_SECONDS
from tests.people import WANG

LEAVES = leaves()


@pytest.fixture(autouse=True)
def deadline():
    """A command that takes what it should refuse, and goes on, is a failure and no hanging test."""

    def ring(*_):
        raise TimeoutError("the command did not end")

    signal.signal(signal.SIGALRM, ring)
    signal.alarm(DEADLINE_SECONDS)
    yield
    signal.alarm(0)


def named(leaf: Leaf) -> str:
    return leaf.name


def ends_well(result, call: list[str]) -> None:
    assert result.exit_code in DOCUMENTED, (call, result.output)
    assert "Traceback" not in result.output, (call, result.output)
    if result.exit_code:
        said = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
        assert len(said) == 1 and len(said[0]) < 1500, (call, result.stderr)


@pytest.mark.parametrize("leaf", LEAVES, ids=named)
def test_a_wrong_value_ends_in_a_line(leaf, place: Place):
    careful = leaf.words in LASTING | BEGINNERS | WAITING.keys()
    for parameter in leaf.command.params:
        if isinstance(parameter, click.Option) and parameter.is_flag:
            continue
        for value in (refused if careful else wrong)(parameter, place.folder):
            call = place.words(leaf, **{parameter.name: value})
            result = run(leaf.words[0], *call)
            ends_well(result, call)
            if value in set(refused(parameter, place.folder)):
                assert result.exit_code == Exit.WRONG_CALL, (call, result.output)


@pytest.mark.parametrize("leaf", LEAVES, ids=named)
def test_an_option_or_a_word_too_many_is_a_wrong_call(leaf, place: Place):
    for call in ([*leaf.words[1:], "--no-such-option"], [*place.words(leaf), "a", "word", "too", "many"]):
        result = run(leaf.words[0], *call)
        ends_well(result, call)
        assert result.exit_code == Exit.WRONG_CALL


WITH_DATA = [leaf for leaf in LEAVES if leaf.option("--data") or leaf.option("--config")]
STAFF = [
    leaf
    for leaf in WITH_DATA
    if leaf.words not in BEGINNERS and leaf.words[:2] != ("kiosk", "printer") and leaf.words not in LASTING
]


@pytest.mark.parametrize("leaf", STAFF, ids=named)
def test_only_those_that_begin_a_folder_make_one(leaf, place: Place, tmp_path):
    (tmp_path / "kiosk.toml").write_text(place.config.read_text("utf-8"), "utf-8")
    paths = {"data": str(tmp_path / "typo"), "file": str(tmp_path / "kiosk.toml")}
    names = {
        parameter.name for parameter in leaf.command.params if parameter.opts[0] in ("--data", "--config")
    }
    call = place.words(leaf, **{name: paths[name] for name in names})
    result = run(leaf.words[0], *call)
    ends_well(result, call)
    assert result.exit_code in (Exit.FAILED, Exit.WRONG_CALL), (call, result.output)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kiosk.toml"]


@pytest.mark.parametrize("leaf", [leaf for leaf in LEAVES if leaf.option("--json")], ids=named)
def test_with_json_an_error_is_json_too(leaf, place: Place):
    for call in (
        [*leaf.words[1:], "--json", "--no-such-option"],
        [*leaf.words[1:], "--json", "--", *"abcdefg"],
    ):
        result = run(leaf.words[0], *call)
        error = json.loads(result.stdout.splitlines()[-1])["error"]
        assert result.exit_code == Exit.WRONG_CALL
        assert error["code"] == "usage"
        assert f"Error: {error['message']}\n" in result.stderr


def test_a_missing_centre_is_told_in_json(tmp_path):
    result = run("kiosk-central", "summary", "--json", "--data", str(tmp_path / "typo"))
    error = json.loads(result.stdout)["error"]
    assert error["code"] == "no-centre" and "typo" in error["message"]


def test_a_fault_of_the_program_says_where_and_not_what_it_was_about():
    try:
        {}[WANG.id_number]
    except KeyError as error:
        failure = failure_of(error, ("kiosk",))
    assert failure.exit_code == Exit.FAULT
    assert Path(__file__).name in failure.message and WANG.id_number not in failure.message


@pytest.mark.parametrize("program", ["kiosk", "kiosk-central"])
def test_both_say_their_version(program):
    assert run(program, "--version").stdout.startswith(f"{program}, version ")


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_help_is_not_cut_off(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    for words in {leaf.words[:depth] for leaf in LEAVES for depth in range(1, len(leaf.words) + 1)}:
        shown = run(*words, "--help")
        assert shown.exit_code == 0
        assert "..." not in shown.stdout.replace("[ARGS]...", "")


def test_an_error_cannot_command_the_terminal():
    told = run("kiosk-central", "summary", "--data", "\x1b[31m\u202enowhere\x07").stderr
    assert "nowhere" in told
    assert not {"\x1b", "\x07", "\u202e"} & set(told)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///here/central.db?timeout=abc",
        "sqlite:///here/central.db?mode=ro&uri=true",
        "sqlite:///here/central.db?no-such=1",
        "postgresql+psycopg://central@db/central?plugin=no-such",
    ],
)
def test_a_database_with_settings_that_are_none_is_a_wrong_call(url):
    result = run("kiosk-central", "summary", "--json", "--database", url)
    assert result.exit_code == Exit.WRONG_CALL, result.output
    assert json.loads(result.stdout)["error"]["code"] == "usage"


@pytest.mark.parametrize("url", ["http://x:0", "https://x:65536", "http://:80", "ftp://x", "http://x\u00a0y"])
def test_an_address_that_nobody_can_reach_is_printed_on_no_certificate(url, place, tmp_path):
    result = run("kiosk-central", "serve", "--public-url", url, "--data", str(tmp_path / "typo"))
    assert result.exit_code == Exit.WRONG_CALL, result.output
    assert not (tmp_path / "typo").exists()
    config = place.config.read_text("utf-8").replace("http://127.0.0.1:9", url)
    (tmp_path / "kiosk.toml").write_text(config, "utf-8")
    refused = run("kiosk", "sync", "status", "--config", str(tmp_path / "kiosk.toml"))
    assert refused.exit_code == Exit.FAILED and "url" in refused.stderr


@pytest.mark.parametrize("option", ["--host", "--client-cert-header"])
def test_an_unset_variable_opens_no_door(option, tmp_path):
    result = run("kiosk-central", "serve", option, "", "--data", str(tmp_path / "typo"))
    assert result.exit_code == Exit.WRONG_CALL, result.output
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize("name", ["/dev/zero", "pipe", "socket", "folder", "sparse"])
def test_defaults_that_are_no_file_or_have_no_end_are_refused(name, place, monkeypatch):
    monkeypatch.setenv("KIOSK_CENTRAL_CONFIG", str(place.folder / name))
    options.defaults.cache_clear()
    try:
        result = run("kiosk-central", "summary", "--json")
    finally:
        options.defaults.cache_clear()
    assert result.exit_code == Exit.FAILED
    assert json.loads(result.stdout)["error"]["code"] == "config"


@pytest.mark.parametrize("name", ["/dev/zero", "pipe", "socket", "folder"])
@pytest.mark.parametrize("command", ["summary", "serve", "seed", "migrate"])
def test_a_database_that_is_no_file_is_told_at_once(command, name, place, tmp_path):
    url = f"sqlite:///{place.folder / name}"
    more = ("--port", "0") if command == "serve" else ()
    result = run("kiosk-central", command, *more, "--database", url, "--data", str(tmp_path / "new"))
    assert result.exit_code == Exit.FAILED, result.output
    assert result.stderr.startswith("Error: ") and result.stderr.count("\n") == 1
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("command", [("keys",), ("feeds", "key"), ("serve",)])
def test_a_key_that_is_no_file_is_told_at_once(command, tmp_path):
    assert run("kiosk-central", "seed", "--data", str(tmp_path)).exit_code == 0
    for key in tmp_path.glob("*.key"):
        key.unlink()
        os.mkfifo(key, 0o600)
    result = run(
        "kiosk-central",
        *command,
        "--data",
        str(tmp_path),
        *(("--port", "0") if command == ("serve",) else ()),
    )
    assert result.exit_code == Exit.FAILED, result.output
    assert "this is a pipe, not a file" in result.stderr


@pytest.mark.parametrize("name", ["pipe", "socket", "sparse", "folder", "empty", "/dev/zero", "pipe.png"])
def test_a_picture_of_a_certificate_that_is_none_is_told_at_once(name, place):
    if name == "pipe.png" and not (place.folder / name).exists():
        os.mkfifo(place.folder / name)
    if name == "empty":  # another test may have had something written into it
        (place.folder / name).write_bytes(b"")
    keys = place.folder / "keys.json"
    keys.write_text(run("kiosk-central", "keys", "--data", str(place.centre)).stdout)
    result = run("kiosk", "certificate", "verify", str(place.folder / name), "--keys", str(keys))
    assert result.exit_code == Exit.WRONG_CALL, result.output
    assert result.stderr.startswith("Error: ") and result.stderr.count("\n") == 1


def test_a_card_in_a_file_without_toml_in_its_name_is_told_what_is_meant(place):
    result = run("kiosk", "simulate", "card", "--profile", str(place.folder / "garbage"))
    assert result.exit_code == Exit.WRONG_CALL
    assert "ends in .toml" in result.stderr


def error_of(*words: str) -> dict[str, str]:
    result = run("kiosk-central", "summary", "--json", *words)
    assert result.exit_code == Exit.FAILED, result.output
    assert result.stderr.count("\n") == 1
    return json.loads(result.stdout)["error"]


def test_a_database_that_is_none_is_told_in_a_line(tmp_path):
    (tmp_path / "central.db").write_bytes(bytes(range(256)) * 64)
    assert error_of("--data", str(tmp_path))["code"] == "database"


def test_a_database_that_is_locked_is_told_in_a_line(place, tmp_path):
    shutil.copy(place.centre / "central.db", tmp_path)
    holder = sqlite3.connect(tmp_path / "central.db", isolation_level=None)
    holder.execute("PRAGMA journal_mode=DELETE")
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    try:
        told = error_of("--data", str(tmp_path))
        assert told["code"] == "database" and "locked" in told["message"]
    finally:
        holder.close()


@pytest.mark.parametrize(
    "address",
    [
        "nobody@127.0.0.1:1/none",
        "nobody@/none?host=/nowhere",
        "nobody:secret@127.0.0.1:1/none",
        "nobody@no.such.host.invalid/none",
    ],
)
def test_a_database_that_does_not_answer_is_told_in_a_line_without_its_password(address):
    told = error_of("--database", f"postgresql+psycopg://{address}")
    assert told["code"] == "database" and "does not answer" in told["message"]
    assert "secret" not in told["message"]
