"""No citizen in a log, an address or an exception of the centre, also not when things go wrong."""

import json
import sqlite3
from datetime import UTC, datetime

import msgspec
import pytest
from sqlalchemy import insert

from central.store import tables as models
from central.store.database import open_database
from sync.client import CentralRefusedError, CentralUnreachableError
from sync.protocol.cards import AUTHORISE_PIN_RESET, REPORT_LOSS
from sync.protocol.certificates import ISSUE_CERTIFICATE
from tests.central.acts import CLAIM, LOSS, PROOF, RESET, changed
from tests.central.centre import HTTP, an_identity, sqlite_url
from tests.central.certificate_requests import LI, WANG, asking
from tests.central.process import CentralProcess, central
from tests.central.visiting import VisitingClient

PERSONAL = (WANG.id_number, "王建国", WANG.card_identity, LI["id_number"])


@pytest.fixture
def process(tmp_path):
    central(tmp_path, "seed")
    process = CentralProcess(tmp_path)
    yield process
    process.stop()


def test_nothing_that_is_asked_or_goes_wrong_puts_a_citizen_into_the_log(process, tmp_path):
    identity = an_identity()
    acts = [word for act in ("certificates", "loss", "pin-reset", "id-card") for word in ("--act", act)]
    central(tmp_path, "enrol", identity.kiosk_id, identity.public_key, *acts)
    client = VisitingClient(process.url, identity)
    troubles = []
    certificate = client.call(ISSUE_CERTIFICATE, WANG)
    HTTP.get(certificate.verify_url)
    with pytest.raises(CentralRefusedError) as refused:
        client.call(ISSUE_CERTIFICATE, asking(request_id="other", id_number=LI["id_number"]))
    troubles.append(refused.value)
    receipt = client.call(REPORT_LOSS, changed(LOSS, id_number=LI["id_number"]))
    with pytest.raises(CentralRefusedError) as refused:
        client.call(AUTHORISE_PIN_RESET, RESET)
    troubles += [refused.value, LOSS, RESET, CLAIM, PROOF, receipt]
    body = json.dumps({"id_number": WANG.id_number, "kind": WANG.id_number}).encode()
    broken = HTTP.post(
        f"{process.url}/v1/certificates",
        content=body,
        headers=identity.sign("POST", f"{process.url}/v1/certificates", body),
    )
    assert broken.status_code == 400
    for damage in ("UPDATE contributions SET base = 'x'", "DROP TABLE contributions"):
        with sqlite3.connect(tmp_path / "central.db") as database:
            database.execute(damage)
        with pytest.raises(CentralUnreachableError) as failed:
            client.call(ISSUE_CERTIFICATE, asking(request_id="third"))
        troubles.append(failed.value)
    process.stop()
    log = process.log.read_text()
    assert "request_failed" in log and "InvalidOperation" in log
    assert "database_away" in log and "OperationalError" in log
    seen = log + broken.text + "".join(f"{each} {each!r}" for each in troubles) + f"{WANG!r} {certificate!r}"
    for personal in (*PERSONAL, certificate.code):
        assert personal not in seen


def test_an_exception_of_the_database_does_not_quote_what_it_was_about(tmp_path):
    engine = open_database(sqlite_url(tmp_path))
    row = {"identity": WANG.card_identity, "number": "A1", "id_number": WANG.id_number, "status": "normal"}
    row["partition"] = "p"
    with pytest.raises(Exception, match="FOREIGN KEY") as broken, engine.begin() as tx:
        tx.execute(insert(models.cards).values(row))
    engine.dispose()
    assert WANG.id_number not in str(broken.value)


def test_the_skew_of_a_kiosks_clock_is_recorded_and_its_events_are_taken(centre):
    identity = centre.enrol(an_identity())
    url, body = f"{centre.url}/v1/events", msgspec.json.encode(identity.seal("e", []))
    signed = identity.sign("POST", url, body, at=datetime(2001, 1, 1, tzinfo=UTC))
    assert HTTP.post(url, content=body, headers=signed).json()["held"] == 0
    (row,) = centre.rows(models.kiosks)
    assert row.clock_skew < -20 * 365 * 24 * 3600
    assert row.last_seen_at.year >= 2026
