"""Sealed events: each can be proven to be its kiosk's, also without this centre and its software."""

import base64
import hashlib
import json
import shutil
import subprocess

import httpx
import msgspec
import pytest
from click.testing import CliRunner
from sqlalchemy import delete, update

from central.events import proof
from central.events.proof import ProofError
from central.program.main import main
from central.store import tables as models
from central.store.database import reading
from sync.protocol.messages import Delivery
from tests.central.centre import HTTP, Centre, an_identity
from tests.central.deliveries import EPOCH, event, results

# An Ed25519 public key as RFC 8410 has it, but for the 32 bytes of the key.
KEY_HEADER = bytes.fromhex("302a300506032b6570032100")


def post(centre: Centre, identity, delivery: Delivery | dict) -> httpx.Response:
    body = msgspec.json.encode(delivery)
    url = f"{centre.url}/v1/events"
    return HTTP.post(url, content=body, headers=identity.sign("POST", url, body))


def prove(centre: Centre, event_id: str) -> proof.Proof:
    with reading(centre.engine) as connection:
        return proof.prove(connection, event_id)


def test_every_event_of_a_delivery_is_proven_by_its_seal(any_centre):
    identity = any_centre.enrol(an_identity())
    client = any_centre.client(identity)
    client.deliver(EPOCH, [event(seq) for seq in range(1, 5)])
    client.deliver(EPOCH, [event(4), event(5, body={"名": '"é\\"'}), event(6)])
    with reading(any_centre.engine) as connection:
        assert dict(proof.prove_all(connection)) == {f"event-{seq}": "" for seq in range(1, 7)}
    assert any_centre.count(models.seals) == 2


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl to check the proof with")
def test_openssl_and_sha256_alone_confirm_a_proof(centre, tmp_path):
    client = centre.client(centre.enrol(an_identity()))
    client.deliver(EPOCH, [event(1), event(2), event(3)])
    found = prove(centre, "event-2")
    digest = hashlib.sha256(found.event.encode()).hexdigest()
    assert found.statement.split("\n")[1 + found.place] == digest
    (tmp_path / "key").write_bytes(KEY_HEADER + base64.b64decode(found.public_key))
    (tmp_path / "statement").write_text(found.statement)
    (tmp_path / "signature").write_bytes(base64.b64decode(found.signature))
    command = "openssl pkeyutl -verify -pubin -inkey key -keyform DER -rawin -in statement -sigfile signature"
    assert subprocess.run(command.split(), cwd=tmp_path, capture_output=True).returncode == 0
    (tmp_path / "statement").write_text(found.statement.replace("610200-001", "610200-002"))
    assert subprocess.run(command.split(), cwd=tmp_path, capture_output=True).returncode != 0


def test_events_under_another_seal_are_refused_and_none_is_taken(any_centre):
    identity, stranger = any_centre.enrol(an_identity()), an_identity()
    ours = identity.seal(EPOCH, [event(1), event(2)])
    wrong = {
        "another kiosk's": stranger.seal(EPOCH, [event(1)]),
        "reordered": msgspec.structs.replace(ours, events=ours.events[::-1]),
        "one left out": msgspec.structs.replace(ours, events=ours.events[:1]),
        "another epoch": msgspec.structs.replace(ours, install_epoch="b" * 32),
        "not base64": msgspec.structs.replace(ours, seal=msgspec.structs.replace(ours.seal, signature="=a")),
    }
    for name, delivery in wrong.items():
        answer = post(any_centre, identity, delivery)
        assert (answer.status_code, answer.json()["code"]) == (401, "seal-wrong"), name
    assert any_centre.count(models.events) == any_centre.count(models.seals) == 0
    assert post(any_centre, identity, ours).json()["held"] == 2


def test_an_algorithm_that_the_centre_does_not_know_is_refused_by_name(centre):
    identity = centre.enrol(an_identity())
    ours = identity.seal(EPOCH, [event(1)])
    other = msgspec.structs.replace(ours, seal=msgspec.structs.replace(ours.seal, algorithm="sm9-sm3"))
    assert post(centre, identity, other).json()["code"] == "algorithm-unknown"


def test_events_without_a_seal_are_refused(centre):
    identity = centre.enrol(an_identity())
    answer = post(centre, identity, {"install_epoch": EPOCH, "events": [event(1)]})
    assert answer.json()["code"] == "bad-request"


def test_the_bytes_that_were_sealed_are_kept_whatever_they_look_like(centre):
    identity = centre.enrol(an_identity())
    client = centre.client(identity)
    client.deliver(EPOCH, [event(1)])
    ours = msgspec.json.encode(event(2), order="deterministic").replace(b",", b" ,\n ")
    digest = hashlib.sha256(ours).hexdigest()
    statement = f"kiosk-events 610200-001 {EPOCH}\n{digest}".encode()
    seal = identity.seal(EPOCH, []).seal
    signature = base64.b64encode(identity._key.sign(statement)).decode()
    sealed = msgspec.structs.replace(seal, signature=signature)
    assert post(centre, identity, Delivery(EPOCH, sealed, [msgspec.Raw(ours)])).status_code == 200
    assert prove(centre, "event-2").event.encode() == ours
    assert results(client.deliver(EPOCH, [event(2)])) == ["duplicate"]


def test_a_replaced_key_still_proves_what_it_sealed(centre):
    centre.client(centre.enrol(an_identity())).deliver(EPOCH, [event(1)])
    centre.client(centre.enrol(an_identity())).deliver(EPOCH, [event(2)])
    assert prove(centre, "event-1").key_id != prove(centre, "event-2").key_id


def test_events_that_were_taken_away_at_the_centre_are_found(centre, tmp_path):
    client = centre.client(centre.enrol(an_identity()))
    client.deliver(EPOCH, [event(seq) for seq in range(1, 6)])
    with centre.engine.begin() as tx:
        tx.execute(delete(models.events).where(models.events.c.seq > 3))
    result = CliRunner().invoke(main, ["verify-events", "--data", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (1, "proven 3, not proven 0\n")
    assert f"610200-001, epoch {EPOCH}: 2 events that were stored are not there" in result.stderr


def test_what_was_changed_at_the_centre_is_found(centre, tmp_path):
    client = centre.client(centre.enrol(an_identity()))
    client.deliver(EPOCH, [event(seq) for seq in range(1, 6)])
    e = models.events.c
    with centre.engine.begin() as tx:
        changed = msgspec.json.encode(event(1, body={"n": 9}), order="deterministic").decode()
        tx.execute(update(models.events).where(e.id == "event-1").values(content=changed))
        tx.execute(update(models.events).where(e.id == "event-2").values(partition="another"))
        tx.execute(update(models.events).where(e.id == "event-3").values(seal=None))
    result = CliRunner().invoke(main, ["verify-events", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stdout == "proven 2, not proven 3\n"
    # The centre that runs beside it logs there too.
    told = [line for line in result.stderr.splitlines() if line.startswith("event-")]
    assert [line.split(":")[0] for line in sorted(told)] == ["event-1", "event-2", "event-3"]
    with pytest.raises(ProofError, match="not what was sealed"):
        prove(centre, "event-1")
    with centre.engine.begin() as tx:
        tx.execute(update(models.seals).values(digests=b"\0" * 160))
    with pytest.raises(ProofError):
        prove(centre, "event-4")


def test_a_command_prints_the_proof(centre, tmp_path):
    centre.client(centre.enrol(an_identity())).deliver(EPOCH, [event(1)])
    result = CliRunner().invoke(main, ["prove", "event-1", "--data", str(tmp_path)])
    assert json.loads(json.loads(result.stdout)["event"])["id"] == "event-1"
    assert CliRunner().invoke(main, ["prove", "event-9", "--data", str(tmp_path)]).exit_code == 1
