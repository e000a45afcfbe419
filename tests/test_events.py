"""The catalogue of events: whole, bounded, and all that can be recorded; on the wire as it always was."""

import ast
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from msgspec.inspect import (
    BoolType,
    Field,
    FloatType,
    IntType,
    ListType,
    LiteralType,
    StrType,
    UnionType,
)

from central.program.event_handlers import HANDLERS
from sync.protocol import events
from sync.protocol.event_form import EventFormError
from sync.protocol.event_kinds import (
    CATALOGUE,
    EventBody,
    EventKind,
    UndeclaredEventError,
    event,
    kind_of,
    values_of,
)
from sync.protocol.events import require_body
from sync.store import Store, outbox
from sync.store.events import record
from tests.events import ON_THE_WIRE
from tools import event_docs

ROOT = Path(__file__).parents[1]
CATALOGUE_FILE = ROOT / "sync/protocol/events.py"
KIOSK_ROOMS = ("kiosk", "sync")
KINDS = list(CATALOGUE.values())
NEVER_SAID = {"name", "holder", "id_number", "card_number", "identity", "pin", "phone", "address", "birth"}


def sources(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            if path != CATALOGUE_FILE:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def names_used(tree: ast.Module) -> set[str]:
    """Return the names that a module makes use of; to import one is not to use it."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | {
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    }


def test_every_event_that_is_declared_is_recorded_somewhere():
    used = set().union(*(names_used(tree) for _, tree in sources(*KIOSK_ROOMS)))
    assert [kind.name for kind in KINDS if kind.body.__name__ not in used] == []


def test_nothing_undeclared_is_recorded():
    undeclared = [body for body in EventBody.__subclasses__() if body.__module__.startswith(KIOSK_ROOMS)]
    assert [body for body in undeclared if body not in {kind.body for kind in KINDS}] == []
    writers = [
        path
        for path, tree in sources("kiosk", "sync", "screens", "tools")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith(("INSERT INTO audit", "INSERT INTO outbox"))
    ]
    assert sorted(writers) == ["sync/store/events.py"] * 2


def test_each_event_that_the_centre_handles_has_its_handler_in_the_room_that_it_names():
    declared = {kind.body: kind.handled_in for kind in KINDS if kind.handled_in}
    assert {body: handler.__module__.split(".")[1] for body, handler in HANDLERS.items()} == declared
    assert [kind.name for kind in KINDS if kind.handled_in and not kind.to_centre] == []


def test_the_document_says_what_the_catalogue_says():
    written = event_docs.DOCUMENT.read_text("utf-8")
    assert written == event_docs.HEADING + event_docs.tables(), "run: python -m tools.event_docs"


def fields() -> list[tuple[str, Field]]:
    return [
        (f"{kind.name} {field.name}", field)
        for kind in KINDS
        for field in msgspec.inspect.type_info(kind.body).fields  # type: ignore[attr-defined]
    ]


def is_bounded(kind: object) -> bool:
    match kind:
        case StrType():
            return kind.pattern is not None or kind.max_length is not None
        case IntType() | FloatType():
            return kind.ge is not None and kind.le is not None
        case ListType():
            return is_bounded(kind.item_type)
        case UnionType():
            return all(map(is_bounded, kind.types))
    return isinstance(kind, BoolType | LiteralType)


@pytest.mark.parametrize(("name", "field"), fields(), ids=[name for name, _ in fields()])
def test_every_value_is_bounded_and_none_is_about_a_person(name, field):
    assert is_bounded(field.type)
    assert field.name not in NEVER_SAID


class Invented(EventBody, frozen=True, kw_only=True):
    """Nobody has declared it."""


@pytest.mark.parametrize("thing", [Invented(), {"number": "1"}, "visit.ended", None])
def test_what_is_not_in_the_catalogue_cannot_be_recorded(tmp_path, thing):
    with closing(Store.open(tmp_path, "K1")) as store:
        for way in (record, outbox.add):
            with pytest.raises(UndeclaredEventError), store.transaction() as tx:
                way(tx, thing)
        assert store.rows("SELECT * FROM outbox") == store.rows("SELECT * FROM audit") == []


def test_what_stays_at_the_kiosk_does_not_go_into_the_outbox(tmp_path):
    with closing(Store.open(tmp_path, "K1")) as store:
        with pytest.raises(UndeclaredEventError), store.transaction() as tx:
            outbox.add(tx, events.VisitStarted(credential="card"))
        with store.transaction() as tx:
            record(tx, events.VisitStarted(credential="card"), visit_id="v")
        assert store.rows("SELECT event, visit_id FROM audit") == [
            {"event": "visit.started", "visit_id": "v"}
        ]
        assert outbox.pending(store) == 0


def test_only_an_event_of_a_card_keeps_order_with_it(tmp_path):
    with closing(Store.open(tmp_path, "K1")) as store:
        with store.transaction() as tx:
            record(tx, events.CardPinChanged(act="A1-1"), partition="card")
            record(tx, events.PrinterPaperLow(), partition="card")
        assert [row["partition"] for row in store.rows("SELECT partition FROM outbox ORDER BY seq")] == [
            "card",
            "",
        ]


def test_an_event_cannot_be_declared_twice():
    with pytest.raises(ValueError, match=r"visit\.started is declared twice"):
        event("visit.started")(Invented)


@pytest.mark.parametrize(("event", "name", "body"), ON_THE_WIRE)
def test_an_event_is_on_the_wire_what_it_was(tmp_path, event, name, body):
    with closing(Store.open(tmp_path, "K1")) as store:
        with store.transaction() as tx:
            record(tx, event, visit_id="v", partition="card")
        [row] = store.rows("SELECT type, body FROM outbox")
    visit = {"visit_id": "v"} if CATALOGUE[name].in_visit else {}
    assert (row["type"], json.loads(row["body"])) == (name, visit | body)
    require_body(name, visit | body)


def test_everything_that_the_centre_receives_is_held_to_what_it_was():
    assert {name for _, name, _ in ON_THE_WIRE} == {kind.name for kind in KINDS if kind.to_centre}


def test_the_centre_checks_what_it_handles_and_keeps_what_it_does_not_know():
    require_body("device.invented", {"anything": [1, "two"]})
    require_body("staff.called", {"said": "by a newer kiosk"})
    require_body("certificate.printed", {"number": "1", "result": "confirmed", "said": "by a newer kiosk"})
    for wrong in ({}, {"number": "x", "result": "confirmed"}, {"number": "1", "result": "perhaps"}):
        with pytest.raises(EventFormError):
            require_body("certificate.printed", wrong)


def test_every_event_says_in_a_sentence_what_it_means():
    assert [kind.name for kind in KINDS if not kind.meaning.endswith(".")] == []


def test_a_kind_is_found_by_its_event():
    kind = kind_of(events.VisitRated)
    assert isinstance(kind, EventKind)
    assert (kind.name, values_of(events.VisitRated(level=3))) == ("visit.rated", {"level": 3})
