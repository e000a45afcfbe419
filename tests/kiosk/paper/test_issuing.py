"""The centre issues every kind from its records, or says plainly why not; and its public page shows each."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest
from starlette.applications import Starlette
from uuid_utils import uuid7

from central.access.lanes import Lanes
from central.certificates.content import UnitRequest
from central.certificates.issuing import issue
from central.certificates.records import FOR_PEOPLE, FOR_UNITS
from central.certificates.signing import Issuer
from central.people import people
from central.store.acts import Actor
from central.store.database import open_database
from central.store.refusals import RefusedError
from central.store.transactions import committed
from central.units import units
from central.verify.routes import routes
from kiosk.paper.certificates.kinds import LAYOUTS
from kiosk.paper.certificates.verification import verify
from sync.protocol.certificate_kinds import KINDS
from sync.protocol.certificates import IssueRequest
from tests import people as citizens
from tests.keys import OneKey
from tests.kiosk.paper.documents import TODAY

KEY = OneKey()
ISSUER = Issuer(KEY, "https://rs.example.gov.cn")
LAST_MONTH = "2026-10"
WANG = ("610200D15600000500000001A1B2C3D4", citizens.WANG.id_number)
LI = ("610200D15600000500000002B2C3D4E5", citizens.LI.id_number)
OUYANG = ("610200D15600000500000003C3D4E5F6", citizens.OUYANG.id_number)
UNIT = "91999999MA00000154"
ASKED = {
    "participation": (WANG, {"months": 12}),
    "contributions": (OUYANG, {"first": "2025-01", "last": "2026-10"}),
    "transfer-voucher": (OUYANG, {}),
    "annual-record": (WANG, {"year": 2025}),
    "pension-receipt": (LI, {}),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('centre') / 'central.db'}")
    with engine.begin() as tx:
        people.add(tx, people.demo_people(), LAST_MONTH)
        units.add(tx, units.demo_units(), LAST_MONTH)
    yield engine
    engine.dispose()


@pytest.fixture
def centre(engine):
    """Ask the centre; nothing stays of it."""
    at = datetime(2026, 11, 22, 2, 14, tzinfo=UTC)
    for region in ("610200", "370100"):
        committed(engine, lambda _, region=region: ISSUER.serials.number(region, at.year))
    with engine.connect() as tx:
        kiosk = Actor("610200-001", "kiosk", at)
        yield lambda request: issue(tx, kiosk, request, ISSUER)


def for_person(kind, citizen=None, **asked):
    usual, usually_asked = ASKED.get(kind, (WANG, {}))
    card, id_number = citizen or usual
    return IssueRequest(
        request_id=str(uuid7()),
        kind=kind,
        region="610200",
        card_identity=card,
        id_number=id_number,
        verified_by="card+pin",
        **(asked or usually_asked),
    )


def for_unit(kind, code=UNIT, **asked):
    return UnitRequest(request_id=str(uuid7()), kind=kind, region="610200", credit_code=code, **asked)


def refusal(centre, request):
    with pytest.raises(RefusedError) as refused:
        centre(request)
    assert refused.value.refusal.message.endswith("。")
    return refused.value.code


REQUESTS = [*map(for_person, FOR_PEOPLE), *map(for_unit, FOR_UNITS)]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.kind)
def test_every_kind_is_issued_under_its_own_number_in_the_code(centre, request_):
    document = centre(request_)
    assert document.kind == request_.kind
    assert document.title == KINDS[document.kind].title
    assert type(document) in LAYOUTS
    verdict = verify(document.qr, {KEY.number: KEY.known}, TODAY)
    assert (verdict.certificate.kind, verdict.certificate.number) == (document.kind, document.number)
    assert verdict.certificate.valid_until == document.valid_until


def test_the_last_twelve_months_are_twelve(centre):
    certificate = centre(for_person("participation"))
    assert [month.month for month in certificate.months][:: len(certificate.months) - 1] == [
        "2025-11",
        "2026-10",
    ]
    assert (certificate.span, certificate.months_with_employer) == (12, 142 + 22)


def test_months_with_the_employer_end_at_a_gap(centre):
    assert centre(for_person("participation", OUYANG, months=24)).months_with_employer == 13


def test_a_period_holds_its_months_and_no_others(centre):
    certificate = centre(for_person("contributions"))
    assert (certificate.first, certificate.last) == ("2025-01", "2026-10")
    assert len(certificate.months) == 6 + 13
    assert certificate.total_months == 48 + 13


def test_a_period_before_everything_begins_with_the_first_contribution(centre):
    certificate = centre(for_person("contributions", first="1951-01", last="2026-10"))
    assert certificate.first == "2021-07"
    assert len(certificate.months) == certificate.total_months


def test_a_period_without_contributions_is_refused(centre):
    assert (
        refusal(centre, for_person("contributions", LI, first="2026-01", last="2026-10"))
        == "no-record-in-period"
    )


def test_an_account_grows_by_what_was_credited_and_by_interest(centre):
    record = centre(for_person("annual-record"))
    assert record.credited == Decimal("4562.00") * 8 / 100 * 12
    assert record.opening + record.credited + record.interest == record.closing
    before = centre(for_person("annual-record", year=2024))
    assert before.closing == record.opening


def test_a_year_that_is_not_closed_or_has_no_account_is_refused(centre):
    assert refusal(centre, for_person("annual-record", year=2026)) == "no-record-of-year"
    assert refusal(centre, for_person("annual-record", LI, year=2025)) == "no-record-of-year"


def test_a_pension_shows_its_last_twelve_payments(centre):
    certificate = centre(for_person("pension-receipt"))
    assert certificate.since == "1998-10"
    assert [payment.amount for payment in certificate.payments] == [Decimal("2386.50")] * 2 + [
        Decimal("2451.20")
    ] * 10


def test_who_receives_no_pension_is_told_so(centre):
    assert refusal(centre, for_person("pension-receipt", WANG)) == "no-pension"


def test_who_receives_a_pension_needs_no_transfer(centre):
    assert refusal(centre, for_person("transfer-voucher", LI)) == "pension-already"


def test_an_employers_months_are_those_of_the_period(centre):
    certificate = centre(for_unit("unit-contributions", first="2025-05", last="2025-08"))
    assert [month.people for month in certificate.months] == [84, 84, 86, 86]


def test_an_unknown_employer_is_refused(centre):
    assert refusal(centre, for_unit("unit-participation", "91999999MA0000999X")) == "unit-unknown"


def test_a_kiosk_cannot_ask_for_an_employers_certificate(centre):
    assert refusal(centre, for_person("unit-participation")) == "kind-unknown"


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.kind)
def test_the_public_page_shows_every_kind_and_names_nobody(engine, request_):
    page = Actor("page", "kiosk", datetime.now(UTC))
    document = committed(engine, lambda tx: issue(tx, page, request_, ISSUER))
    page = asyncio.run(get(Starlette(routes=routes(Lanes.of(engine).services)), f"/verify/{document.code}"))
    assert page.status_code == 200
    assert document.title in page.text and document.number in page.text
    for name, id_number in (("王建国", WANG[1]), ("李秀英", LI[1]), ("欧阳晴", OUYANG[1])):
        assert name not in page.text and id_number not in page.text


async def get(app, path):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://centre") as client:
        return await client.get(path)
