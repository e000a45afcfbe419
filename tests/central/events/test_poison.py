"""A poison event, whatever it is made of, is answered by itself; its neighbours are taken, on both databases."""

import base64
import hashlib
from contextlib import closing
from datetime import UTC, datetime

import msgspec
import pytest

from central.access.nesting import emptied, without_events
from central.store import tables as models
from kiosk.record.journal import Journal
from sync.process.delivery import DeliveryWorker
from sync.protocol import seal
from sync.protocol.event_form import DEEPEST, EVENT_BYTES, EventFormError, require_values
from sync.protocol.events import CertificatePrinted, CommandDone, VisitEnded
from sync.protocol.messages import Delivery, DeliveryAnswer
from sync.store import Store, outbox
from tests.central.centre import HTTP, an_identity
from tests.events import happen, pin_changed, poison

EPOCH = "a" * 32
KIOSK = "610200-001"
PRINTED = {"number": "610200202600000001", "result": "confirmed", "copy": 1}


def event(seq: int, /, **about: object) -> bytes:
    plain = {
        "id": f"event-{seq}",
        "kiosk_id": KIOSK,
        "install_epoch": EPOCH,
        "seq": seq,
        "type": "staff.called",
        "partition": "",
        "occurred_at": datetime(2026, 11, 1, tzinfo=UTC),
        "body": {},
    }
    return msgspec.json.encode(plain | about)


def with_body(text: str, kind: str = "staff.called") -> bytes:
    return event(2, type=kind, body="BODY").replace(b'"BODY"', text.encode("utf-8", "surrogatepass"))


def printed(**about: object) -> bytes:
    return event(2, type="certificate.printed", body=PRINTED | about)


def resolved(**about: object) -> bytes:
    body = {"number": PRINTED["number"], "complete": True, "copy": 1} | about
    return event(2, type="certificate.print_resolved", body=body)


POISON = {
    "copy 2^31": printed(copy=2**31),
    "copy 2^63": printed(copy=2**63),
    "copy 2^64": printed(copy=2**64),
    "copy -1": printed(copy=-1),
    "copy 0": printed(copy=0),
    "resolved copy 2^31": resolved(copy=2**31),
    "resolved copy 2^63": resolved(copy=2**63),
    "seq 2^63": event(2, seq=2**63),
    "seq 2^53+1": event(2, seq=2**53 + 1),
    "seq -1": event(2, seq=-1),
    "seq 0": event(2, seq=0),
    "seq 1.5": event(2, seq=1.5),
    "number longer than its column": printed(number="9" * 21),
    "number of 19 digits": printed(number="9" * 19),
    "NUL in the number": resolved(number="1\0"),
    "NUL in a text": event(2, body={"reason": "a\0b"}),
    "NUL in a name": event(2, body={"a\0b": 1}),
    "raw NUL": with_body('{"a":"\0"}'),
    "NUL in the partition": event(2, partition="a\0"),
    "half a character": with_body('{"a":"\\ud800"}'),
    "half a character, raw": with_body('{"a":"\ud800"}'),
    "2^63 in a body": event(2, body={"n": 2**63}),
    "-2^63 in a body": event(2, body={"n": -(2**63)}),
    "300 digits": with_body('{"n":%s}' % ("9" * 300)),
    "5,000 digits": with_body('{"n":%s}' % ("9" * 5000)),
    "NaN": with_body('{"n":NaN}'),
    "Infinity": with_body('{"n":Infinity}'),
    "1e999": with_body('{"n":1e999}'),
    "17 deep": with_body('{"a":' * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1)),
    "5,000 objects deep": with_body('{"a":' * 5000 + "1" + "}" * 5000),
    "5,000 lists deep": with_body('{"a":' + "[" * 5000 + "]" * 5000 + "}"),
    "100,000 deep": with_body('{"a":' + "[" * 100_000 + "]" * 100_000 + "}"),
    "type longer than its column": event(2, type="t" * 65),
    "partition longer than its column": event(2, partition="p" * 81),
    "a large body": event(2, body={"text": "x" * EVENT_BYTES}),
    "year 0001 beyond UTC": event(2, occurred_at="0001-01-01T00:00:00+08:00"),
    "year 9999 beyond UTC": event(2, occurred_at="9999-12-31T23:59:59-08:00"),
    "no zone": event(2, occurred_at="2026-11-01T00:00:00"),
    "body that is none": with_body("[]"),
}


@pytest.fixture
def post(any_centre):
    identity = any_centre.enrol(an_identity(KIOSK))

    def post(*contents: bytes) -> DeliveryAnswer:
        digests = [hashlib.sha256(content).digest() for content in contents]
        sealed = seal.seal(identity._key, KIOSK, EPOCH, [])
        signature = identity._key.sign(seal.sealed_text(KIOSK, EPOCH, digests))
        made = msgspec.structs.replace(sealed.seal, signature=base64.b64encode(signature).decode())
        head = msgspec.json.encode(Delivery(EPOCH, made, []))
        body = head.replace(b'"events":[]', b'"events":[' + b",".join(contents) + b"]")
        url = f"{any_centre.url}/v1/events"
        headers = identity.sign("POST", url, body) | {"Content-Type": "application/json"}
        answer = HTTP.post(url, content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=DeliveryAnswer)

    return post


def test_a_poison_event_is_rejected_and_its_neighbours_are_taken(any_centre, post):
    for number, (name, bad) in enumerate(POISON.items()):
        before, after = event(1000 + 2 * number), event(1001 + 2 * number)
        for result in ("ok", "duplicate"):
            answers = post(before, bad, after).answers
            assert [each.result for each in answers] == [result, "rejected", result], name
            assert answers[1].id == "event-2", name
            assert answers[1].reason, name
        assert any_centre.count(models.events) == 2 * number + 2, name
        assert any_centre.count(models.quarantine) == number + 1, name


def test_what_is_just_within_the_bounds_is_taken(any_centre, post):
    deep = '{"a":' * (DEEPEST - 1) + "[]" + "}" * (DEEPEST - 1)
    sound = [
        event(1, body={"n": 2**53, "m": -(2**53), "text": "𠮷👍" * 1000, "x": 1e300}),
        event(2, type="certificate.printed", body=PRINTED | {"copy": 10_000}),
        event(3, body="BODY").replace(b'"BODY"', deep.encode()),
        event(4, occurred_at="9999-12-31T23:59:59Z"),
        event(5, seq=2**53),
    ]
    assert [each.result for each in post(*sound).answers] == ["ok"] * 5


def test_the_kiosk_files_what_the_centre_can_never_take_and_goes_on(any_centre, tmp_path):
    identity = any_centre.enrol(an_identity(KIOSK))
    with closing(Store.open(tmp_path, KIOSK)) as store:
        ids = [*happen(store, "card"), poison(store, "card"), *happen(store, "card")]
        with closing(DeliveryWorker(store, any_centre.client(identity), tmp_path)) as worker:
            while outbox.pending(store):
                worker.step()
        assert [each.id for each in outbox.rejected(store)] == [ids[1]]
    assert sorted(row.id for row in any_centre.rows(models.events)) == sorted([ids[0], ids[2]])


def nested(depth: int) -> list:
    return [nested(depth - 1)] if depth else []


BEYOND_ALL_BOUNDS = {
    "2^63": {"n": 2**63},
    "NaN": {"n": float("nan")},
    "infinity": {"n": float("inf")},
    "NUL": {"text": "a\0b"},
    "half a character": {"text": "\ud800"},
    "half a character in a name": {"\ud800": 1},
    "deep": {"list": nested(DEEPEST)},
    "very deep": {"list": nested(900)},
}


@pytest.mark.parametrize("name", BEYOND_ALL_BOUNDS)
def test_values_that_not_every_program_can_keep_are_no_bodys(name):
    with pytest.raises(EventFormError):
        require_values(BEYOND_ALL_BOUNDS[name])


UNRECORDABLE = {
    "copy 2^31": CertificatePrinted(number="1", result="confirmed", copy=2**31),
    "copy 0": CertificatePrinted(number="1", result="confirmed", copy=0),
    "number of 19 digits": CertificatePrinted(number="1" * 19, result="confirmed"),
    "number that is none": CertificatePrinted(number="x", result="confirmed"),
    "another result": CertificatePrinted(number="1", result="perhaps"),
    "NaN": CertificatePrinted(number="1", result="confirmed", seconds=float("nan")),
    "2^63": CommandDone(key=2**63),
    "NUL": CommandDone(key="a\0b"),
    "half a character": CommandDone(key="\ud800"),
    "a text longer than it may be": CommandDone(key="x" * 201),
    "large": VisitEnded(done=["x" * EVENT_BYTES]),
}


@pytest.mark.parametrize("name", UNRECORDABLE)
def test_the_kiosk_records_nothing_that_the_centre_could_never_take(tmp_path, name):
    with closing(Store.open(tmp_path, KIOSK)) as store:
        with pytest.raises(EventFormError):
            Journal(store).record(UNRECORDABLE[name], "v")
        assert store.rows("SELECT * FROM outbox") == store.rows("SELECT * FROM audit") == []


@pytest.mark.parametrize("partition", ["p" * 81, "a b", "a\0"])
def test_a_partition_of_another_form_is_not_recorded(tmp_path, partition):
    with closing(Store.open(tmp_path, KIOSK)) as store:
        with pytest.raises(EventFormError), store.transaction() as tx:
            outbox.add(tx, pin_changed(), partition)
        assert outbox.pending(store) == 0


def test_brackets_in_texts_are_none():
    odd = rb'{"x":"events","seal":{"a":["}]\\\""]},"events":[{"id":"[{","b":[[{}]]},{"c":"\\"}],"z":[1]}'
    rest, events = without_events(odd)
    assert events == [rb'{"id":"[{","b":[[{}]]}', rb'{"c":"\\"}']
    assert rest == rb'{"x":"events","seal":{"a":["}]\\\""]},"events":[],"z":[1]}'
    assert emptied(events[0]) == rb'{"id":"[{","b":[]}'
    assert without_events(b"{}") == (b"{}", [])
