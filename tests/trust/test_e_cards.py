"""An electronic card is what the national platform says it is, once, and what our register says of the card behind."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from central.access.endpoint import RequestGuards
from central.access.visits import VisitLimits
from central.store import tables as models
from central.store.database import open_database
from sync.client import CentralRefusedError
from sync.protocol.cards import CARD_STATE, CardStateRequest
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.protocol.credentials import RESOLVE_E_CARD, ECardRequest
from tests.central.acts import CARD
from tests.central.centre import Centre, an_identity, running_centre, sqlite_url
from tests.central.certificate_requests import LI, OUYANG, WANG, asking
from tests.central.credentials.platforms import Telephones, patient, telephones
from tests.central.visiting import VisitingClient, answer_of


@pytest.fixture(scope="module")
def phones() -> Iterator[Telephones]:
    with telephones() as shown:
        yield shown


@pytest.fixture(scope="module")
def centre(phones, tmp_path_factory) -> Iterator[Centre]:
    url = sqlite_url(tmp_path_factory.mktemp("e-cards"))
    with running_centre(url, platform=patient(phones.url)) as centre:
        yield centre


@pytest.fixture(scope="module")
def kiosk(centre) -> VisitingClient:
    return centre.client(centre.enrol(an_identity()))


@pytest.fixture
def visit() -> str:
    return str(uuid4())


def shown(kiosk, visit_id: str, token: str):
    return kiosk.call(RESOLVE_E_CARD, ECardRequest(visit_id=visit_id, token=token))


def refused(do, *about) -> str:
    with pytest.raises(CentralRefusedError) as refusal:
        do(*about)
    return refusal.value.code


def by_e_card(visit_id: str, **changes):
    """A certificate that is asked for without any card in the machine."""
    return asking(
        request_id=str(uuid4()), visit_id=visit_id, verified_by="e-card", card_identity=None, **changes
    )


def test_an_electronic_card_opens_its_holders_record_for_ten_minutes(centre, kiosk, phones, visit):
    holder = shown(kiosk, visit, phones.code_of(WANG.id_number))
    assert (holder.id_number, holder.name, holder.card_status) == (WANG.id_number, "王建国", "normal")
    assert timedelta(minutes=9) < holder.until - datetime.now(UTC) <= timedelta(minutes=10)
    issued = kiosk.call(ISSUE_CERTIFICATE, by_e_card(visit))
    [kept] = [row for row in centre.rows(models.certificates) if row.number == issued.number]
    assert kept.verified_by == "e-card"
    reads = [(row.what, row.proof) for row in centre.rows(models.reads) if row.visit_id == visit]
    assert reads == [("/v1/credentials/e-card", "e-card"), ("/v1/certificates", "e-card")]


def test_a_code_is_good_once_and_for_a_minute(kiosk, phones, visit):
    code = phones.code_of(WANG.id_number)
    shown(kiosk, visit, code)
    assert refused(shown, kiosk, visit, code) == "token-used"
    assert refused(shown, kiosk, str(uuid4()), code) == "token-used"
    late = phones.code_of(WANG.id_number)
    phones.later += timedelta(seconds=60)
    assert refused(shown, kiosk, visit, late) == "token-expired"
    assert refused(shown, kiosk, visit, "of some other app") == "token-unknown"


def test_the_word_for_an_electronic_card_is_worth_nothing(kiosk, phones, visit):
    """The terminal says that it saw one; the centre resolved none in that visit."""
    assert refused(kiosk.call, ISSUE_CERTIFICATE, by_e_card(visit)) == "proof-missing"
    by_card = kiosk.visit_of(CARD)
    assert refused(kiosk.call, ISSUE_CERTIFICATE, by_e_card(by_card)) == "proof-missing"
    shown(kiosk, visit, phones.code_of(WANG.id_number))
    assert (
        refused(kiosk.call, ISSUE_CERTIFICATE, by_e_card(visit, id_number=LI["id_number"])) == "proof-missing"
    )
    assert refused(
        kiosk.call, CARD_STATE, CardStateRequest(region="610200", card_identity=CARD, visit_id=visit)
    ) == ("proof-missing"), "it is no card"


def test_nobody_is_believed_who_says_that_a_clerk_is_there(kiosk, phones, visit):
    shown(kiosk, visit, phones.code_of(WANG.id_number))
    by_staff = asking(request_id=str(uuid4()), visit_id=visit, verified_by="staff", card_identity=None)
    assert refused(kiosk.call, ISSUE_CERTIFICATE, by_staff) == "proof-missing"
    by_staff = asking(request_id=str(uuid4()), visit_id=kiosk.visit_of(CARD), verified_by="staff")
    assert refused(kiosk.call, ISSUE_CERTIFICATE, by_staff) == "proof-missing"


def test_after_ten_minutes_it_has_to_be_shown_again(centre, kiosk, phones, visit):
    shown(kiosk, visit, phones.code_of(WANG.id_number))
    with centre.engine.begin() as tx:
        tx.execute(update(models.visits).values(e_card_until=datetime.now(UTC)))
    assert refused(kiosk.call, ISSUE_CERTIFICATE, by_e_card(visit)) == "proof-expired"
    shown(kiosk, visit, phones.code_of(WANG.id_number))
    assert kiosk.call(ISSUE_CERTIFICATE, by_e_card(visit)).number


def test_a_visit_is_raised_by_the_same_person_only(kiosk, phones, visit):
    shown(kiosk, visit, phones.code_of(WANG.id_number))
    assert refused(shown, kiosk, visit, phones.code_of(LI["id_number"])) == "other-person"
    assert refused(kiosk.begin, LI["card_identity"], "610200", "services", visit) == "other-person"
    _, opened = kiosk.begin(CARD, visit_id=visit)
    assert kiosk.prove(visit, answer_of(CARD, opened)).proven
    assert kiosk.call(ISSUE_CERTIFICATE, asking(request_id=str(uuid4()), visit_id=visit)).number
    assert kiosk.call(ISSUE_CERTIFICATE, by_e_card(visit)).number, "what was shown before still counts"


def test_an_electronic_card_shown_beside_a_card_that_is_in_counts_too(kiosk, phones):
    by_card = kiosk.visit_of(CARD)
    shown(kiosk, by_card, phones.code_of(WANG.id_number))
    assert kiosk.call(ISSUE_CERTIFICATE, by_e_card(by_card)).number
    assert kiosk.call(ISSUE_CERTIFICATE, asking(request_id=str(uuid4()), visit_id=by_card)).number


@pytest.mark.parametrize(
    ("state", "answer"), [("cancelled", "e-card-unusable"), ("lost-formal", "lost-formal")]
)
def test_the_electronic_card_of_a_card_that_is_no_more_is_none(centre, kiosk, phones, visit, state, answer):
    """A lost card is still its holder's; one that was cancelled, also for another, is nobody's."""
    its = models.cards.c.id_number == OUYANG["id_number"]
    now = datetime.now(UTC)
    with centre.engine.begin() as tx:
        tx.execute(update(models.cards).where(its).values(status=state, lost_at=now, before_loss="normal"))
    code = phones.code_of(OUYANG["id_number"])
    if answer == "e-card-unusable":
        assert refused(shown, kiosk, visit, code) == answer
    else:
        assert shown(kiosk, visit, code).card_status == answer
    with centre.engine.begin() as tx:
        tx.execute(update(models.cards).where(its).values(status="normal", lost_at=None, before_loss=None))


def test_a_kiosk_of_shandong_gets_nobody_of_shaanxi_by_their_code(centre, phones, visit):
    shandong = centre.client(centre.enrol(an_identity("370100-001")))
    assert refused(shown, shandong, visit, phones.code_of(WANG.id_number)) == "other-region"
    assert visit not in [row.visit_id for row in centre.rows(models.visits)]


def test_who_comes_by_electronic_card_is_one_of_the_people_of_the_hour(phones, tmp_path):
    url = sqlite_url(tmp_path)
    door = RequestGuards(visit_limits=VisitLimits(people_per_hour=1))
    with running_centre(url, engine=open_database(url), door=door, platform=patient(phones.url)) as centre:
        kiosk = centre.client(centre.enrol(an_identity()))
        shown(kiosk, "v1", phones.code_of(WANG.id_number))
        assert refused(shown, kiosk, "v2", phones.code_of(LI["id_number"])) == "people-limit"
        assert "people-limit" in [row.alarm for row in centre.rows(models.alarms)]
        assert refused(kiosk.begin, LI["card_identity"]) == "people-limit"


def test_a_code_is_nowhere_but_on_its_way(centre, kiosk, phones, visit):
    code = phones.code_of(WANG.id_number)
    with capture_logs() as logs:
        shown(kiosk, visit, code)
        refused(shown, kiosk, visit, code)
    request = ECardRequest(visit_id=visit, token=code)
    kept = [str(row) for table in models.metadata.sorted_tables for row in centre.rows(table)]
    assert not [each for each in [repr(request), str(logs), *kept] if code in each]


def test_without_a_platform_electronic_cards_wait_and_cards_do_not(tmp_path):
    with running_centre(sqlite_url(tmp_path)) as centre:
        kiosk = centre.client(centre.enrol(an_identity()))
        assert refused(shown, kiosk, "v1", "some code") == "platform-away"
        assert kiosk.begin(CARD)[0]
