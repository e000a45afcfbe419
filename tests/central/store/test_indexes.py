"""Every statement of the centre finds its rows by an index, however many there are."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from central.access import enrolment, kiosks
from central.access.nonces import forget_old
from central.access.visits import forget_visits
from central.cards import cards
from central.credentials.face import forget_faces
from central.credentials.national_platform import ECard
from central.events import proof
from central.feeds.aging import age_out
from central.feeds.log import begin_epochs
from central.feeds.manifest import begin_feeds
from central.feeds.names import PUBLIC
from central.feeds.publishing import card_status_changed, publish
from central.feeds.sequencer import sequence
from central.feeds.snapshots import build, due
from central.store.database import open_database, reading
from central.store.reads import forget_reads
from sync.client import CentralClient, CentralRefusedError
from sync.protocol.algorithms import Ed25519Key
from sync.protocol.applications import APPLICATION_STATE, APPLY, ApplicationQuery
from sync.protocol.cards import (
    AUTHENTICATE_CARD,
    AUTHORISE_PIN_RESET,
    CARD_STATE,
    PIN_RESET_MESSAGE,
    RELEASE_LOSS,
    REPORT_LOSS,
    CardStateRequest,
    PinResetMessageRequest,
)
from sync.protocol.certificates import EVENT_RECEIPT, ISSUE_CERTIFICATE, ReceiptRequest
from sync.protocol.credentials import (
    FACE_TRIES,
    REPORT_FACE,
    RESOLVE_E_CARD,
    ECardRequest,
    FaceQuestion,
    FaceReport,
)
from sync.protocol.feeds import page_path
from sync.protocol.key_rotation import ROTATE_KEY, key_request
from sync.protocol.messages import card_partition
from sync.protocol.reads import READS_OF_ME, ReadsRequest
from sync.protocol.verification import VERIFY_CERTIFICATE, VerificationRequest
from tests.central.acts import CARD, CLAIM, LOSS, PROOF, RELEASE, RESET, WHOSE, changed, stands_for
from tests.central.centre import HTTP, Centre, an_identity, running_centre, sqlite_url
from tests.central.certificate_requests import OUYANG, WANG, asking
from tests.central.deliveries import EPOCH, event
from tests.central.feed_reader import head_of
from tests.central.postgres import empty
from tests.central.program.workers import until
from tests.central.statements import Recorder, Statement, fill, scans
from tests.central.visiting import VisitingClient
from tests.people import LI

READ_WHOLE = {
    "count(*) AS count_1 \nFROM": "`summary` and `feeds status` count",
    "FROM feeds ORDER BY": "`feeds status` tells of all feeds",
    "SELECT feeds.name": "after a restore every feed begins anew",
    "FROM feeds \nWHERE feeds.snapshot_sha256 IS NOT NULL": "every ten minutes; one row a kiosk that was commanded",
    "SELECT feeds.snapshot_sha256": "after a snapshot was built; the same few rows",
    "feed_rows.value IS NOT NULL ORDER BY": "a snapshot is a whole feed, which may be nearly all rows there are",
    "ORDER BY events.seal": "`verify-events` checks all",
    "DELETE FROM feed_rows WHERE feed_rows.value IS NULL": "after a restore every feed begins anew",
    "DELETE FROM feed_replaced": "after a restore every feed begins anew",
    "FROM feed_manifest": "is one row",
    "UPDATE feed_manifest": "is one row",
    "FROM units": "a first set-up looks which employers are there",
    "FROM cards \nWHERE cards.status IN": "a first set-up publishes the cards that are lost",
    "FROM feed_changes\n LIMIT": "any one row says that something waits",
    "DELETE FROM feed_changes": "takes what waits, at most 20,000 at once",
}
"""What may read a whole table, and why."""


class OneECard:
    """A platform that knows one code."""

    def resolve(self, _token: str) -> ECard:
        return ECard(WANG.id_number, "王建国", "A1024575X")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request, tmp_path_factory) -> Iterator[tuple[Centre, Recorder]]:
    postgres = request.param == "postgresql"
    folder = tmp_path_factory.mktemp("filled")
    url = empty(request.getfixturevalue("postgres_url")) if postgres else sqlite_url(folder)
    engine = open_database(url)
    fill(engine)
    recorder = Recorder(engine)
    with running_centre(url, engine=engine, platform=OneECard()) as centre:
        yield centre, recorder


def test_no_statement_of_a_route_or_a_job_reads_a_table_that_grows_from_end_to_end(filled):
    centre, recorder = filled
    with capture_logs() as logs:
        ask_for_everything(centre)
        until(lambda: any(each.get("route") == "/v1/ready" for each in logs))  # written after the answer
    asked = {each["route"] for each in logs if each["event"] == "request"}
    # These look at no table.
    rest = {"/v1/openapi.json", "/v1/feeds/keys", "/v1/snapshots/{sha256}"}
    rest |= {"/verify", "/verify/style.css", "/verify/offline.html"}
    assert asked == {route.path for route in centre.app.routes} - rest
    do_every_job(centre)
    found = {
        statement.sql: read
        for statement in recorder.found.values()
        if not any(part in statement.sql for part in READ_WHOLE) and (read := explained(centre, statement))
    }
    assert found == {}
    assert len(recorder.found) > 60


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM cards WHERE id_number = 'z1'",
        "SELECT * FROM certificates WHERE id_number = 'z1' ORDER BY issued_at",
        "SELECT * FROM events WHERE received_at >= '2099-01-01 00:00:00+00'",
        "SELECT * FROM events WHERE type = 'z1' ORDER BY received_at DESC LIMIT 10",
        "SELECT * FROM acts WHERE subject = 'z1' ORDER BY at DESC LIMIT 10",
        "SELECT * FROM acts WHERE \"by\" = 'z1' ORDER BY at DESC LIMIT 10",
        "SELECT * FROM acts WHERE at >= '2099-01-01 00:00:00+00'",
    ],
)
def test_what_people_look_up_is_found_by_an_index(filled, sql):
    centre, _ = filled
    assert explained(centre, Statement(sql, ())) == []


def test_a_table_that_is_read_whole_is_noticed(filled):
    centre, _ = filled
    assert explained(centre, Statement("SELECT * FROM events WHERE occurred_at IS NULL", ())) != []


def explained(centre: Centre, statement: Statement) -> list[str]:
    with centre.engine.connect() as connection:
        return scans(connection, statement)


def ask_for_everything(centre: Centre) -> None:
    stranger = an_identity("610200-009")
    with centre.engine.begin() as tx:
        code = enrolment.invite(tx, stranger.kiosk_id, datetime.now(UTC))
        begin_feeds(tx, PUBLIC, datetime.now(UTC))
    centre.client(stranger).enrol(code)
    with centre.engine.begin() as tx:
        enrolment.approve(tx, stranger.kiosk_id, datetime.now(UTC))
    successor = key_request(stranger.kiosk_id, stranger.fingerprint, Ed25519Key.generate())
    centre.client(stranger).call(ROTATE_KEY, successor)
    kiosk = centre.client(centre.enrol(an_identity()))
    deliver(kiosk, certificates(kiosk, centre))
    services(centre, kiosk)
    feeds(centre, kiosk)
    for path in ("/v1/health", "/v1/ready"):
        assert HTTP.get(f"{centre.url}{path}").status_code == 200


def deliver(kiosk: VisitingClient, number: str) -> None:
    printed = {"number": number, "result": "uncertain", "copy": 1}
    resolved = {"number": number, "copy": 1, "complete": True}
    kiosk.deliver(EPOCH, [])
    kiosk.deliver(EPOCH, [event(1), event(2, type="certificate.printed", body=printed)])
    kiosk.deliver(EPOCH, [event(1), event(3, type="certificate.print_resolved", body=resolved)])
    kiosk.deliver(EPOCH, [event(1)])
    kiosk.deliver(EPOCH, [event(1), event(2, type="certificate.printed", body=printed)])
    kiosk.deliver(EPOCH, [event(1, partition="other"), event(4, occurred_at=datetime.now(UTC))])
    kiosk.visit_of(CARD)
    kiosk.deliver(EPOCH, [event(7, type="certificate.printed", body=printed | {"number": "1"})])
    activated = event(5, type="card.activated", partition=card_partition(CARD), body={"act": "A1"})
    kiosk.deliver(EPOCH, [activated, event(6, type="card.pin_changed", partition=card_partition(CARD))])


def certificates(kiosk: VisitingClient, centre: Centre) -> str:
    """Have each kind issued; return the number of the last."""
    for kind, options in {
        "participation": {},
        "contributions": {"first": "2025-01", "last": "2026-10"},
        "annual-record": {"year": 2025},
        "transfer-voucher": OUYANG,
        "pension-receipt": {
            "card_identity": "610200D15600000500000002B2C3D4E5",
            "id_number": LI.id_number,
        },
    }.items():
        issued = kiosk.call(ISSUE_CERTIFICATE, asking(request_id=kind, kind=kind, **options))
        assert kiosk.call(ISSUE_CERTIFICATE, asking(request_id=kind, kind=kind, **options)) == issued
    assert HTTP.get(f"{centre.url}/verify/{issued.code}").status_code == 200
    assert kiosk.call(VERIFY_CERTIFICATE, VerificationRequest(issued.code)).number == issued.number
    return issued.number


def services(centre: Centre, kiosk: VisitingClient) -> None:
    stands_for(centre, "window")
    window = centre.client(centre.enrol(an_identity("610200-W01")))
    window.call(
        CARD_STATE, CardStateRequest(region="610200", card_identity=CARD, id_number=WHOSE["id_number"])
    )
    window.visit_of(CARD)
    visit_id, _ = window.begin(CARD)
    window.begin(CARD, visit_id=visit_id)
    with suppress(CentralRefusedError):
        window.prove(visit_id, "0" * 16)
    window.call(REPORT_LOSS, LOSS)
    window.call(RELEASE_LOSS, RELEASE)
    granted = window.call(AUTHORISE_PIN_RESET, RESET)
    window.call(AUTHENTICATE_CARD, changed(PROOF, authorisation=granted.authorisation))
    message = PinResetMessageRequest(authorisation=granted.authorisation, challenge="0102030405060708")
    window.call(PIN_RESET_MESSAGE, message)
    taken = kiosk.call(APPLY, CLAIM)
    about = {"number": taken.number, "id_number": WHOSE["id_number"], "verified_by": "card+pin"}
    kiosk.call(APPLICATION_STATE, ApplicationQuery(**about))
    me = ReadsRequest(region="610200", card_identity=CARD, id_number=WANG.id_number, verified_by="card+pin")
    kiosk.call(READS_OF_ME, me)
    kiosk.call(EVENT_RECEIPT, ReceiptRequest(event(6).id))
    credentials(window)


def credentials(window: VisitingClient) -> None:
    window.call(RESOLVE_E_CARD, ECardRequest(visit_id="e", token="one"))
    about = {**WHOSE, "visit_id": "f", "verified_by": "id-card"}
    window.call(FACE_TRIES, FaceQuestion(**about))
    window.call(REPORT_FACE, FaceReport(**about, request_id="face-1", score=0.9, live=True))
    window.call(ISSUE_CERTIFICATE, asking(request_id="by-face", visit_id="f", verified_by="id-card+face"))


def feeds(centre: Centre, kiosk: CentralClient) -> None:
    with centre.engine.begin() as tx:
        publish(tx, "guides", [(f"{number}", "1") for number in range(50)])
        card_status_changed(tx, CARD, "lost-formal")
    sequence(centre.engine, centre.publisher.card_key)
    head = head_of(centre.engine, "guides")
    for path in ("/v1/feeds", "/v1/feeds/key", page_path("guides", head.epoch, head.seq - 50, head.seq)):
        assert kiosk.read(path).status_code == 200


def do_every_job(centre: Centre) -> None:
    engine, now = centre.engine, datetime.now(UTC)
    with engine.begin() as tx:
        publish(tx, "guides", [("1", None), ("2", "2")])
    sequence(engine, centre.publisher.card_key)
    build(engine, centre.publisher)
    with reading(engine) as connection:
        due(connection)
    with engine.begin() as tx:
        cards.publish_expired_losses(tx, now)
        age_out(tx, now + timedelta(days=200))
        forget_visits(tx, now)
        forget_faces(tx, now)
        forget_reads(tx, now)
        forget_old(tx, now)
    with reading(engine) as connection:
        proof.prove(connection, event(1).id)
    with engine.begin() as tx:
        kiosks.revoke(tx, "610200-W01", now)
        begin_epochs(tx, now)
