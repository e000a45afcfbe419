"""A terminal sees so many people an hour; what looks odd is told; and everybody can ask who looked at their record."""

import json
from datetime import UTC, datetime, time, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from central.access.endpoint import RequestGuards
from central.access.visits import VisitLimits
from central.program.main import main
from central.store import tables as models
from central.store.database import open_database
from central.store.reads import KEPT, forget_reads, record_read
from sync.client import CentralRefusedError
from sync.protocol.applications import APPLY
from sync.protocol.cards import REPORT_LOSS
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.protocol.reads import READS_OF_ME, ReadsRequest
from tests.central.acts import CARD, CLAIM, LOSS, changed, stands_for
from tests.central.centre import an_identity, running_centre, sqlite_url
from tests.central.certificate_requests import LI, OUYANG, WANG, asking
from tests.central.program.command import run

WINDOW = "610200-W01"
AT_ANY_HOUR = {"opens": time(0), "closes": time.max}


@pytest.fixture
def strict_centre(tmp_path):
    """A centre where a terminal may have two people an hour."""
    limits = VisitLimits(people_per_hour=2, **AT_ANY_HOUR)
    url = sqlite_url(tmp_path)
    with running_centre(url, engine=open_database(url), door=RequestGuards(visit_limits=limits)) as centre:
        yield centre


def refused(do, *about) -> str:
    with pytest.raises(CentralRefusedError) as refusal:
        do(*about)
    return refusal.value.code


def alarms(centre) -> set[tuple[str, str]]:
    return {(row.alarm, row.subject) for row in centre.rows(models.alarms)}


def test_the_person_after_the_last_one_is_refused_and_somebody_is_told(strict_centre):
    kiosk = strict_centre.client(strict_centre.enrol(an_identity()))
    for card in (CARD, LI["card_identity"]):
        kiosk.visit_of(card)
    assert refused(kiosk.begin, OUYANG["card_identity"]) == "people-limit"
    assert ("people-limit", "610200-001") in alarms(strict_centre)
    assert kiosk.begin(CARD)[0], "who was there in this hour may come again"
    other = strict_centre.client(strict_centre.enrol(an_identity("610200-002")))
    assert other.begin(OUYANG["card_identity"])[0], "it is this terminal's limit"


def test_after_an_hour_there_is_room_again(strict_centre):
    kiosk = strict_centre.client(strict_centre.enrol(an_identity()))
    for card in (CARD, LI["card_identity"]):
        kiosk.begin(card)
    with strict_centre.engine.begin() as tx:
        tx.execute(update(models.visits).values(opened_at=datetime.now(UTC) - timedelta(minutes=61)))
    assert kiosk.begin(OUYANG["card_identity"])[0]


def test_who_tries_out_id_numbers_at_a_window_is_stopped_too(strict_centre):
    stands_for(strict_centre, "window", WINDOW)
    window = strict_centre.client(strict_centre.enrol(an_identity(WINDOW)))
    tried = [
        changed(CLAIM, verified_by="id-card", card_identity=None, id_number=f"99999920000714037{n}")
        for n in range(3)
    ]
    assert [refused(window.call, APPLY, each) for each in tried] == [
        "person-unknown",
        "person-unknown",
        "people-limit",
    ]
    assert ("people-limit", WINDOW) in alarms(strict_centre)


def test_one_person_at_two_terminals_and_work_at_night_are_told(centre, monkeypatch):
    first, second = (centre.client(centre.enrol(an_identity(f"610200-00{n}"))) for n in (1, 2))
    first.begin(CARD)
    second.begin(CARD)
    assert ("two-terminals", "610200-002") in alarms(centre)


def test_a_visit_outside_the_hours_is_told_and_not_refused(tmp_path):
    limits = VisitLimits(opens=time(0), closes=time(0))
    url = sqlite_url(tmp_path)
    with running_centre(url, engine=open_database(url), door=RequestGuards(visit_limits=limits)) as centre:
        assert centre.client(centre.enrol(an_identity())).begin(CARD)[0]
        assert alarms(centre) == {("outside-hours", "610200-001")}


def test_every_answer_about_a_person_is_on_their_record_of_reads(centre):
    stands_for(centre, "window", WINDOW)
    kiosk, window = (centre.client(centre.enrol(an_identity(each))) for each in ("610200-001", WINDOW))
    kiosk.call(ISSUE_CERTIFICATE, WANG)
    window.call(REPORT_LOSS, LOSS)
    read = [
        (row.what, row.kind, row.by, row.channel, row.purpose, row.proof) for row in centre.rows(models.reads)
    ]
    assert read == [
        ("/v1/visits", "", "610200-001", "kiosk", "services", ""),
        ("/v1/certificates", "participation", "610200-001", "kiosk", "services", "card+pin"),
        ("/v1/cards/loss", "oral", WINDOW, "window", "services", "id-card"),
    ]
    assert {row.id_number for row in centre.rows(models.reads)} == {WANG.id_number}


def test_what_was_refused_was_not_read(centre):
    kiosk = centre.client(centre.enrol(an_identity()))
    assert refused(kiosk.call, ISSUE_CERTIFICATE, asking(visit_id="unheard-of")) == "proof-missing"
    assert centre.count(models.reads) == 0


def test_a_person_is_told_who_looked(centre):
    kiosk = centre.client(centre.enrol(an_identity()))
    kiosk.call(ISSUE_CERTIFICATE, WANG)
    mine = ReadsRequest(region="610200", card_identity=CARD, id_number=WANG.id_number, verified_by="card+pin")
    told = kiosk.call(READS_OF_ME, mine)
    assert [(each.by, each.what) for each in told.reads][:3] == [
        ("610200-001", "/v1/reads"),
        ("610200-001", "/v1/certificates"),
        ("610200-001", "/v1/visits"),
    ]
    assert refused(kiosk.call, READS_OF_ME, changed(mine, id_number=LI["id_number"])) == "card-not-holders"


def test_staff_ask_with_the_number_on_stdin_which_is_a_read_too(tmp_path):
    run(tmp_path, "seed", "--people", "0")
    asked = [*("reads", "--json", "--operator", "陈静", "--data", str(tmp_path))]
    for _ in range(2):
        said = CliRunner().invoke(main, asked, input=f"{WANG.id_number}\n")
        assert said.exit_code == 0, said.output
    [read] = [json.loads(line) for line in said.stdout.splitlines()]
    assert (read["by"], read["actor"], read["what"]) == ("陈静", "clerk", "reads")
    assert WANG.id_number not in said.output
    wrong = CliRunner().invoke(main, asked, input="1234\n")
    assert (wrong.exit_code, "no number of a person" in wrong.output) == (2, True)


def test_reads_are_kept_as_long_as_the_law_wants(card_records):
    at = datetime(2026, 3, 2, tzinfo=UTC)
    record_read(card_records.tx, at, "1", "610200-001", "/v1/certificates")
    for after, kept in ((KEPT - timedelta(days=1), 1), (KEPT + timedelta(days=1), 0)):
        forget_reads(card_records.tx, at + after)
        assert len(card_records.tx.execute(models.reads.select()).all()) == kept
    assert timedelta(days=3 * 365) <= KEPT
