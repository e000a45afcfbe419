"""A face is judged by the centre, counts in the visit it was shown in, and may fail three times a day, wherever."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, update

from central.access.kiosks import Caller
from central.access.visits import Visit
from central.credentials.face import ALIKE, forget_faces, judge, tries
from central.store import tables as models
from central.store.refusals import RefusedError
from kiosk.rules.periods import BEIJING
from sync.client import CentralRefusedError
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.protocol.credentials import FACE_TRIES, REPORT_FACE, FaceQuestion, FaceReport, FaceResult
from tests.central.acts import CARD, WHOSE, approved_for, changed
from tests.central.centre import Centre, an_identity, running_centre, sqlite_url
from tests.central.certificate_requests import LI, asking
from tests.central.visiting import VisitingClient

EYES = ("certificates", "id-card", "face")
NOON = datetime(2026, 11, 27, 12, tzinfo=BEIJING)


@pytest.fixture(scope="module")
def centre(tmp_path_factory) -> Iterator[Centre]:
    with running_centre(sqlite_url(tmp_path_factory.mktemp("faces"))) as centre:
        yield centre


@pytest.fixture(autouse=True)
def nobody_has_tried_today(centre) -> None:
    with centre.engine.begin() as tx:
        tx.execute(delete(models.face_tries))


@pytest.fixture(scope="module")
def kiosk(centre) -> VisitingClient:
    return seeing(centre, "610200-001")


def seeing(centre, number: str, acts=EYES) -> VisitingClient:
    approved_for(centre, number, acts=acts)
    return centre.client(centre.enrol(an_identity(number)))


def face(visit_id: str, score: float, **changes) -> FaceReport:
    said = {"request_id": str(uuid4()), "visit_id": visit_id, "verified_by": "id-card", "score": score}
    return FaceReport(**{**WHOSE, **said, "live": True, **changes})


def question(visit_id: str, **changes) -> FaceQuestion:
    return FaceQuestion(**{**WHOSE, "visit_id": visit_id, "verified_by": "id-card", **changes})


def certificate(visit_id: str, **changes):
    said = {"visit_id": visit_id, "verified_by": "id-card+face", "card_identity": None}
    return asking(request_id=str(uuid4()), **{**said, **changes})


def refused(kiosk, call, request) -> str:
    with pytest.raises(CentralRefusedError) as refusal:
        kiosk.call(call, request)
    return refusal.value.code


def test_an_id_card_and_its_holders_face_open_the_record_in_that_visit(centre, kiosk):
    assert refused(kiosk, ISSUE_CERTIFICATE, certificate("v1")) == "proof-missing", "no face was shown"
    assert kiosk.call(REPORT_FACE, face("v1", 0.93)).matched
    issued = kiosk.call(ISSUE_CERTIFICATE, certificate("v1"))
    [kept] = [row for row in centre.rows(models.certificates) if row.number == issued.number]
    assert kept.verified_by == "id-card+face"
    assert refused(kiosk, ISSUE_CERTIFICATE, certificate("v2")) == "proof-missing", "another visit"
    theirs = certificate("v1", id_number=LI["id_number"])
    assert refused(kiosk, ISSUE_CERTIFICATE, theirs) == "proof-missing", "another person"


def test_a_face_counts_for_ten_minutes(centre, kiosk):
    kiosk.call(REPORT_FACE, face("v3", 0.93))
    with centre.engine.begin() as tx:
        tx.execute(update(models.face_tries).values(at=datetime.now(UTC) - timedelta(minutes=10)))
    assert refused(kiosk, ISSUE_CERTIFICATE, certificate("v3")) == "proof-missing"


def test_after_ten_minutes_the_id_card_and_the_face_count_once_they_were_shown_again(centre, kiosk):
    kiosk.call(REPORT_FACE, face("v9", 0.93))
    long_ago = datetime.now(UTC) - timedelta(minutes=10)
    with centre.engine.begin() as tx:
        tx.execute(update(models.face_tries).values(at=long_ago))
        tx.execute(update(models.visits).where(models.visits.c.visit_id == "v9").values(until=long_ago))
    assert refused(kiosk, ISSUE_CERTIFICATE, certificate("v9")) == "proof-expired"
    theirs = face("v9", 0.93, id_number=LI["id_number"])
    assert refused(kiosk, REPORT_FACE, theirs) == "proof-missing", "another person"
    assert refused(kiosk, ISSUE_CERTIFICATE, certificate("v9")) == "proof-missing", (
        "the face was not shown again"
    )
    kiosk.call(REPORT_FACE, face("v9", 0.93))
    assert kiosk.call(ISSUE_CERTIFICATE, certificate("v9")).number


def test_a_face_that_was_compared_for_something_else_opens_no_record(kiosk):
    assert kiosk.call(REPORT_FACE, face("v4", 0.93, purpose="certification")).matched
    assert refused(kiosk, ISSUE_CERTIFICATE, certificate("v4")) == "proof-missing"


@pytest.mark.parametrize(
    ("score", "live", "matched"), [(ALIKE, True, True), (0.79, True, False), (1.0, False, False)]
)
def test_the_centre_judges_and_a_picture_of_a_face_is_none(kiosk, score, live, matched):
    assert kiosk.call(REPORT_FACE, face("v5", score, live=live)).matched is matched


def judged(centre, report: FaceReport, at: datetime, terminal: str = "610200-001") -> FaceResult:
    """What the centre says at a time of the test's own: a day must not end in the middle of it."""
    visit = Visit(report.visit_id, report.id_number, None, report.region, "services", "id-card")
    with centre.engine.begin() as tx:
        return judge(tx, Caller(terminal, 0.0, "", b"", visit=visit), report, at)


def left(centre, at: datetime, **changes) -> int:
    with centre.engine.begin() as tx:
        return tries(tx, Caller("610200-001", 0.0, "", b""), question("v6", **changes), at).left


def test_after_three_failures_on_any_machines_it_is_tomorrow(centre):
    machines = ("610200-001", "610200-002", "610200-001")
    failed = [judged(centre, face("v6", 0.3), NOON, each) for each in machines]
    assert [each.left for each in failed] == [2, 1, 0]
    assert failed[-1].blocked_until == datetime(2026, 11, 28, tzinfo=BEIJING)
    with pytest.raises(RefusedError, match="face-blocked"):
        judged(centre, face("v7", 0.99), NOON, "610200-002")
    assert left(centre, NOON, purpose="retirement") == 3, "each purpose by itself"
    assert left(centre, NOON, id_number=LI["id_number"]) == 3, "each person too"


def test_the_day_ends_at_midnight_in_beijing(centre):
    midnight = datetime(2026, 11, 28, tzinfo=BEIJING)
    for _ in range(3):
        judged(centre, face("v9", 0.3), midnight - timedelta(hours=24))
    assert left(centre, midnight - timedelta(seconds=1)) == 0
    assert left(centre, midnight) == 3
    assert judged(centre, face("v9", 0.93), midnight).matched


def test_a_report_whose_answer_was_lost_counts_once(centre):
    report = face("v10", 0.3)
    assert judged(centre, report, NOON) == judged(centre, report, NOON)
    assert left(centre, NOON) == 2
    with pytest.raises(RefusedError, match="request-reused"):
        judged(centre, changed(report, score=0.99), NOON)


def test_the_kiosk_is_told_before_anybody_looks_into_the_camera(centre, kiosk):
    assert kiosk.call(FACE_TRIES, question("v13")).left == 3
    nobody = question("v14", id_number="999999200007140377")
    assert refused(kiosk, FACE_TRIES, nobody) == "person-unknown"


def test_a_face_is_believed_only_of_who_was_approved_to_compare_it(centre):
    blind = seeing(centre, "610200-003", acts=("certificates", "id-card"))
    assert refused(blind, REPORT_FACE, face("v11", 0.99)) == "not-approved"
    assert refused(blind, ISSUE_CERTIFICATE, certificate("v11")) == "not-approved"
    by_card = asking(request_id=str(uuid4()), visit_id=blind.visit_of(CARD), verified_by="id-card+face")
    assert refused(blind, ISSUE_CERTIFICATE, by_card) == "not-approved"


def test_how_like_a_face_was_is_not_kept_and_the_rest_not_for_ever(centre, kiosk):
    kiosk.call(REPORT_FACE, face("v12", 0.4321))
    assert not [row for row in centre.rows(models.face_tries) if "0.4321" in str(row)]
    with centre.engine.begin() as tx:
        forget_faces(tx, datetime.now(UTC) + timedelta(days=179))
    assert centre.count(models.face_tries) == 1
    with centre.engine.begin() as tx:
        forget_faces(tx, datetime.now(UTC) + timedelta(days=181))
    assert centre.count(models.face_tries) == 0
