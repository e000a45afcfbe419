"""Whatever a command is told, it ends with one line and a documented exit code, and never with a traceback."""

import json
import signal
from pathlib import Path

import click
import pytest

from central.program import options
from command_line.failure import Exit, failure_of
from tests.command_line.conftest import Place, run
from tests.command_line.tree import BEGINNERS, LASTING, Leaf, leaves, refused, wrong
from tests.deadline import DEADLINE_SECONDS
from tests.people import WANG

DOCUMENTED = set(range(8))
"""Without 70 (a fault of the program) and 130 (interrupted), which no argument may cause."""
WAITING = {
    ("kiosk", "card", "read"): "looks for a reader for seconds",
    ("kiosk", "id-card", "read"): "waits for an answer of the device",
    ("kiosk", "printer", "status"): "waits for the printer for half a minute",
    ("kiosk", "printer", "test"): "waits for the printer for half a minute",
    ("kiosk", "screens"): "draws 80 screens",
    ("kiosk", "fonts"): "takes half a minute to write",
}
"""Commands that are only told what is refused before they begin, and why."""
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


@pytest.mark.parametrize("option", ["--host", "--client-cert-header"])
def test_an_unset_variable_opens_no_door(option, tmp_path):
    result = run("kiosk-central", "serve", option, "", "--data", str(tmp_path / "typo"))
    assert result.exit_code == Exit.WRONG_CALL, result.output
    assert not (tmp_path / "typo").exists()


def test_a_file_of_defaults_that_never_ends_is_refused(monkeypatch):
    monkeypatch.setenv("KIOSK_CENTRAL_CONFIG", "/dev/zero")
    options.defaults.cache_clear()
    try:
        result = run("kiosk-central", "summary", "--json")
    finally:
        options.defaults.cache_clear()
    assert result.exit_code == Exit.FAILED
    assert json.loads(result.stdout)["error"]["code"] == "config"
