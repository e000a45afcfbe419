"""What comes from outside has a length on both sides: a reason of 200,000 characters froze the window for 17 s."""

import re._parser as patterns
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from msgspec import Struct, inspect

from central.store import tables
from kiosk.commands.rules import rules
from kiosk.config import Config
from kiosk.dialogue.language import LONGEST, say
from kiosk.dialogue.words import TranslatableText
from sync import protocol
from sync.feeds.commands import OUT_OF_SERVICE, Commands, acts_of, out_of_service
from sync.protocol import audit
from sync.protocol.call import Call
from sync.protocol.document_kinds import DocumentKind
from sync.protocol.event_kinds import CATALOGUE, EventKind
from sync.protocol.feeds import Change, Page
from sync.protocol.messages import MOST_YUAN, TEXT_LENGTH, Amounts, Delivery, Event, Text, Word
from sync.protocol.refusals import Refusal, RefusalKind
from sync.protocol.signature import Signed
from sync.store import Store
from sync.store.meta import set_meta
from tests.samples import sample

DECLARATIONS = {Call, DocumentKind, EventKind, RefusalKind}
"""Written in the program, and never sent."""
FROM_HEADERS = {Signed}
"""Read from a head whose length the server bounds."""
FROM_FEW_BYTES = {"CertificateCode", "ClientCertificate"}
"""Read from a QR code, or from a certificate that TLS has taken: not with their types."""
FOUND_HERE = {audit.Epoch, audit.Fault, audit.Lost, audit.Verified}
"""What somebody who verifies a chain found in it."""
BOUNDED_ELSEWHERE = {
    (Delivery, "events"): "central.events.receive refuses more than a hundred, and each has EVENT_BYTES",
    (Event, "id"): "the five names are checked together, by has_valid_identifiers",
    (Event, "kiosk_id"): "as id",
    (Event, "install_epoch"): "as id",
    (Event, "type"): "as id",
    (Event, "partition"): "as id",
    (Event, "body"): "an event has EVENT_BYTES, and its declared body is checked where it is handled",
    (Refusal, "details"): "nobody reads them but as what REFUSALS declares",
}


def messages() -> list[type[Struct]]:
    """Every message that is declared in the protocol."""
    modules = [import_module(f"{protocol.__name__}.{each.name}") for each in iter_modules(protocol.__path__)]
    found = {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Struct) and value.__module__ == module.__name__
    }
    sent = {
        each
        for each in found - DECLARATIONS - FROM_HEADERS - FOUND_HERE
        if each.__name__ not in FROM_FEW_BYTES
    }
    return sorted(sent | {kind.body for kind in CATALOGUE.values()}, key=lambda each: each.__name__)


def unbounded(kind: inspect.Type) -> Iterator[str]:
    """Yield what has no length in a type."""
    match kind:
        case inspect.Metadata(type=inner):
            yield from unbounded(inner)
        case inspect.StrType(max_length=None, pattern=None):
            yield "text"
        case inspect.StrType(max_length=None, pattern=str(pattern)):
            if patterns.parse(pattern).getwidth()[1] >= patterns.MAXREPEAT:
                yield f"text of the pattern {pattern}"
        case inspect.BytesType(max_length=None):
            yield "bytes"
        case inspect.ListType() | inspect.VarTupleType() | inspect.SetType() | inspect.FrozenSetType():
            yield from ["list"] if kind.max_length is None else []
            yield from unbounded(kind.item_type)
        case inspect.DictType():
            yield from ["mapping"] if kind.max_length is None else []
            yield from unbounded(kind.key_type)
            yield from unbounded(kind.value_type)
        case inspect.UnionType(types=types):
            for each in types:
                yield from unbounded(each)
        case inspect.AnyType() | inspect.RawType():
            yield "anything"


def sections() -> list[inspect.StructType]:
    """The tables of a configuration file."""
    kinds = [field.type for field in inspect.type_info(Config).fields]  # type: ignore[attr-defined]
    parts = [each for kind in kinds for each in getattr(kind, "types", [kind])]
    return [each for each in parts if isinstance(each, inspect.StructType)]


@pytest.mark.parametrize("message", messages(), ids=lambda message: message.__name__)
def test_every_text_and_list_of_the_protocol_has_a_length(message):
    kind = inspect.type_info(message)
    assert isinstance(kind, inspect.StructType)
    found = {
        field.name: list(unbounded(field.type))
        for field in kind.fields
        if (message, field.name) not in BOUNDED_ELSEWHERE
    }
    assert {name: what for name, what in found.items() if what} == {}


def test_what_is_bounded_elsewhere_is_there():
    for message, name in BOUNDED_ELSEWHERE:
        assert name in message.__struct_fields__


@pytest.mark.parametrize(
    "section", [Config, *(each.cls for each in sections())], ids=lambda each: each.__name__
)
def test_every_text_of_the_configuration_has_a_length(section):
    fields = inspect.type_info(section).fields  # type: ignore[attr-defined]
    assert {field.name: list(unbounded(field.type)) for field in fields if list(unbounded(field.type))} == {}


def money() -> list[tuple[type[Struct], str]]:
    return [
        (message, field.name)
        for message in messages()
        for field in inspect.type_info(message).fields  # type: ignore[attr-defined]
        if isinstance(field.type, inspect.DecimalType)
    ]


@pytest.mark.parametrize(("message", "name"), money(), ids=lambda each: getattr(each, "__name__", each))
@pytest.mark.parametrize("amount", ["1e1000000", "9" * 200_000, "0.001", "NaN", str(MOST_YUAN)], ids=len)
def test_no_amount_of_money_is_longer_than_there_can_be(message, name, amount):
    given: dict[str, Any] = msgspec.to_builtins(sample(message)) | {name: amount}
    assert issubclass(message, Amounts)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(given, message)
    assert getattr(msgspec.convert(given | {name: "999999999999.99"}, message), name) == Decimal(
        "999999999999.99"
    )


def length_of(bounded: Any) -> int:
    kind = inspect.type_info(bounded)
    assert isinstance(kind, inspect.StrType)
    assert kind.max_length
    return kind.max_length


@pytest.mark.parametrize("table", tables.metadata.sorted_tables, ids=lambda table: table.name)
def test_what_the_centre_keeps_as_text_fits_what_it_answers_with(table):
    """The columns hold names, states and addresses of documents, and notes of applications."""
    texts = [each for each in table.columns if isinstance(each.type, tables.CleanText)]
    for column in texts:
        longest = length_of(Text) if column.name == "note" else length_of(Word)
        assert column.type.length <= longest, column


VERY_LONG = "字" * 200_000


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("text", [VERY_LONG, TranslatableText("{why}", why=VERY_LONG)], ids=["data", "value"])
def test_a_text_that_nobody_would_read_is_cut_where_it_is_said(text, language):
    said = say(text, language)
    assert len(said) == LONGEST and said.endswith("字…")
    assert say("字" * LONGEST, language) == "字" * LONGEST


def put_out_of_service(store: Store, reason: str) -> str:
    """Let the centre send a command with this reason; return what the kiosk then says to people."""
    commands = Commands(store)
    commands.begin("commands", "e")
    value = msgspec.json.encode({"verb": "set-out-of-service", "reason": reason}).decode()
    commands.apply(Page("commands", "e", 0, 1, [Change(1, "c1", value)]), 0)
    commands.execute(acts_of(store, lambda: None))
    return out_of_service(store)


def test_a_command_with_a_reason_of_any_length_is_refused(tmp_path):
    with closing(Store.open(tmp_path, "kiosk-1")) as store:
        assert put_out_of_service(store, VERY_LONG) == ""
        [ended] = store.rows("SELECT state, reason FROM command")
        assert ended["state"] == "failed" and len(ended["reason"]) < LONGEST


def test_a_reason_that_an_older_program_took_in_is_shown_cut(tmp_path):
    with closing(Store.open(tmp_path, "kiosk-1")) as store:
        with store.transaction() as tx:
            set_meta(tx, OUT_OF_SERVICE, VERY_LONG)
        assert out_of_service(store) == VERY_LONG[:TEXT_LENGTH]


@pytest.mark.parametrize("end", [b"\n", b""], ids=["a line", "no line end"])
def test_the_rules_read_no_line_of_any_length(end):
    right = b'{"category":"male","birth":"1976-09"}\n'
    asked = right + b"1" * 3_000_000 + end
    done = CliRunner().invoke(rules, ["retirement-age"], input=asked + (right if end else b""))
    answers = [msgspec.json.decode(line) for line in done.stdout_bytes.splitlines()]
    assert [each.get("error", {}).get("code") for each in answers] == [
        None,
        "too-long",
        *([None] if end else []),
    ]
    assert done.exit_code == 2
