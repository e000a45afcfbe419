"""What the store reports of itself is in the kiosk's catalogue of events, with all of its values."""

import ast
from pathlib import Path

from kiosk.record.events import kind_of
from sync.store.salvage import Salvaged

STORE = Path(__file__).parents[3] / "sync" / "store"


def test_every_report_of_the_store_is_in_the_catalogue():
    reports = [
        (call.args[1].value, {keyword.arg for keyword in call.keywords})
        for path in STORE.glob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in ("report", "raise_alarm")
        and isinstance(call.args[1], ast.Constant)
    ]
    assert {event for event, _ in reports} == {
        "store.set_aside",
        "store.salvaged",
        "store.lost",
        "store.put_back",
        "store.twin",
        "outbox.stuck",
        "outbox.lost_at_centre",
    }
    for event, names in reports:
        spread = set(Salvaged.__struct_fields__) if None in names else set()
        kind = kind_of(event, dict.fromkeys(names - {None} | spread))
        assert kind.to_centre
        assert kind.personal == "none"
