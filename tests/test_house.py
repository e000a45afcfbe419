"""The house: who may know whom (docs/architecture.md)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = (
    *(
        "command_line",
        "screens",
        "kiosk",
        "kiosk.rules",
        "hardware",
        "sync",
        "sync.protocol",
        "central",
        "text",
    ),
)
MAY_KNOW = {
    "command_line": {"command_line"},
    "screens": {"screens", "kiosk", "command_line"},
    "kiosk": {"kiosk", "kiosk.rules", "hardware", "sync", "sync.protocol", "command_line"},
    "kiosk.rules": {"kiosk.rules"},
    "hardware": {"hardware"},
    "sync": {"sync", "sync.protocol"},
    "sync.protocol": {"sync.protocol"},
    "central": {"central", "kiosk.rules", "sync.protocol", "command_line"},
    "text": set(),
}
EVERYBODY_KNOWS = {"text"}
KIOSK = (
    "commands attendant published menu services card_acts paper credentials visit voice dialogue record rules"
)
CENTRAL = (
    "program verify jobs cases cards units certificates credentials people events audit feeds access store"
)
FLOORS = {
    "screens": ("gallery", "", "pages", "widgets", "sound", "theme"),
    "kiosk": tuple(KIOSK.split()),
    "central": tuple(CENTRAL.split()),
    "sync": ("process", "feeds", "", "store", "keys", "protocol"),
}
"""The folders of each room, from the top down; "" are the files in the room itself."""
ONLY_IN = {
    "kivy": {"screens"},
    "smartcard": {"hardware.card.connection"},
    "serial": {"hardware.serial_port"},
    "sqlcipher3": {"sync.store.database"},
    "sqlite_utils": {"sync.store.database", "sync.store.migrations"},
    "starlette": {"central"},
    "sqlalchemy": {"central"},
}
IMPORT_OF_A_TEST = re.compile(r"^ *((?:from|import) tests\b.*\btest_\w+)", re.MULTILINE)
NOT_IN_RULES = {"socket", "sqlite3", "subprocess", "threading", "time", "httpx", "structlog", "logging"}


def modules() -> Iterator[tuple[str, Path]]:
    for room in ("command_line", "screens", "kiosk", "hardware", "sync", "central", "text"):
        for path in sorted((ROOT / room).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), path


def imports(path: Path) -> set[str]:
    """Every module that the file imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{name.name}" for name in node.names} & MODULES.keys()
            found |= inside or {node.module}
    return found


def room_of(module: str) -> str | None:
    inside = [room for room in ROOMS if module == room or module.startswith(f"{room}.")]
    return max(inside, key=len, default=None)


MODULES = dict(modules())
IMPORTS = {name: imports(path) for name, path in MODULES.items()}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_knows_only_the_rooms_below_it(module):
    known = {room_of(name) for name in IMPORTS[module]} - {None}
    assert known <= MAY_KNOW[room_of(module)] | EVERYBODY_KNOWS


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_device_library_is_imported_in_one_place_only(library):
    users = {name for name, found in IMPORTS.items() if any(f"{i}.".startswith(f"{library}.") for i in found)}
    strangers = {
        user for user in users if not any(f"{user}.".startswith(f"{home}.") for home in ONLY_IN[library])
    }
    assert not strangers


@pytest.mark.parametrize("module", [name for name in MODULES if room_of(name) == "kiosk.rules"])
def test_the_law_knows_neither_the_clock_nor_the_world(module):
    assert not NOT_IN_RULES & {name.split(".")[0] for name in IMPORTS[module]}


def test_no_test_module_is_imported():
    files = sorted((ROOT / "tests").rglob("*.py"))
    assert [
        (path.name, *found) for path in files if (found := IMPORT_OF_A_TEST.findall(path.read_text()))
    ] == []


def folder_of(module: str) -> str:
    """Return the folder that a module's file lies in, as a dotted name; of a package, the folder itself."""
    return module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]


def test_there_is_no_circle_between_files():
    assert_no_circle(
        {name: {found for found in IMPORTS[name] if found in MODULES and found != name} for name in MODULES}
    )


def test_there_is_no_circle_between_folders():
    graph: dict[str, set[str]] = {}
    for name, found in IMPORTS.items():
        known = {folder_of(other) for other in found if other in MODULES}
        graph.setdefault(folder_of(name), set()).update(known - {folder_of(name)})
    assert_no_circle(graph)


@pytest.mark.parametrize("room", FLOORS)
def test_an_arrow_between_the_folders_of_a_room_goes_down(room):
    def floor(module: str) -> int | None:
        inside = module.split(".")[1:-1] if MODULES[module].name != "__init__.py" else module.split(".")[1:]
        folder = inside[0] if inside else ""
        return FLOORS[room].index(folder) if folder in FLOORS[room] else None

    mine = [name for name in MODULES if room_of(name) in (room, f"{room}.rules", f"{room}.protocol")]
    upward = {
        f"{name} → {other}"
        for name in mine
        for other in IMPORTS[name] & set(mine)
        if None not in (above := floor(name), below := floor(other)) and below < above
    }
    assert not upward


def assert_no_circle(graph: dict[str, set[str]]) -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path[path.index(name) :], name))
        if name not in done:
            for other in sorted(graph[name]):
                visit(other, (*path, name))
            done.add(name)

    for name in graph:
        visit(name, ())
