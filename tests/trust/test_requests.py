"""A request is answered once, here, and now: what is replayed, changed, aimed elsewhere or dated otherwise is not."""

import threading
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx
import msgspec
import pytest
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    InvalidSignature,
    MappingKeyResolver,
    algorithms,
)
from sqlalchemy.dialects import postgresql, sqlite

from central.access import nonces
from central.access.endpoint import RequestGuards
from central.access.kiosks import LARGEST_CLOCK_ERROR
from central.store import tables
from central.store.refusals import RefusedError
from sync.centre_clock import CentreClock
from sync.client import CentralRefusedError
from sync.identity import Identity
from sync.protocol import signature
from sync.protocol.algorithms import Ed25519Key, P256Key
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.protocol.deliveries import DELIVER_EVENTS
from sync.protocol.refusals import REFUSALS, Refusal
from tests.central.centre import HTTP, Centre, a_caller, an_identity
from tests.central.certificate_requests import WANG
from tests.central.deliveries import EPOCH, event
from tests.stub_centre import stub_centre

BODY = msgspec.json.encode(msgspec.structs.replace(WANG, visit_id="visit-1"))
PERSONAL = ISSUE_CERTIFICATE.path
FEEDS = "/v1/feeds"
IN_2031 = datetime(2031, 1, 1, tzinfo=UTC)
FORMER = {
    "Content-Digest": signature.content_digest(BODY),
    "Signature-Input": 'kiosk=("@method" "@path" "content-digest");created=1795750369'
    ';keyid="610200-001/0123456789abcdef";alg="ed25519"',
    "Signature": f"kiosk=:{'A' * 86}==:",
}
KEYS = {"ed25519": Ed25519Key.generate, "ecdsa-p256": P256Key.generate}


def in_a_visit(centre: Centre) -> None:
    """Let the holder of the card have been identified at the kiosk a moment ago."""
    now = datetime.now(UTC)
    shown = {"proof": "card", "until": now + timedelta(minutes=10), "purpose": "services", "opened_at": now}
    whose = {"id_number": WANG.id_number, "card_identity": WANG.card_identity, "region": WANG.region}
    row = {"kiosk_id": "610200-001", "visit_id": "visit-1"} | shown | whose
    inserting: Any = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}[centre.engine.dialect.name]
    with centre.engine.begin() as tx:
        tx.execute(inserting(tables.visits).values(row).on_conflict_do_nothing())


def post(centre: Centre, headers: dict[str, str], path: str = PERSONAL, body: bytes = BODY) -> httpx.Response:
    in_a_visit(centre)
    return HTTP.post(centre.url + path, content=body, headers=headers)


def code(answer: httpx.Response) -> str:
    return "" if answer.is_success else msgspec.json.decode(answer.content, type=Refusal).code


def signed(centre: Centre, identity: Identity, at: datetime | None = None) -> dict[str, str]:
    return identity.sign("POST", centre.url + PERSONAL, BODY, at)


# Once.


def test_a_personal_request_that_is_replayed_tells_nothing_and_does_nothing(any_centre):
    headers = signed(any_centre, any_centre.enrol(an_identity()))
    first, again = post(any_centre, headers), post(any_centre, headers)
    assert (first.status_code, code(again)) == (200, "request-replayed")
    assert first.json()["number"] not in again.text and WANG.id_number not in again.text
    assert any_centre.count(tables.certificates) == 1


def test_of_two_that_come_at_once_one_is_answered(any_centre):
    headers = signed(any_centre, any_centre.enrol(an_identity()))
    answers: list[httpx.Response] = []
    together = [threading.Thread(target=lambda: answers.append(post(any_centre, headers))) for _ in range(4)]
    for each in together:
        each.start()
    for each in together:
        each.join()
    assert sorted(map(code, answers)) == ["", *["request-replayed"] * 3]


def test_the_honest_retry_of_an_answer_that_was_lost_is_signed_anew_and_brings_the_same(any_centre):
    client = any_centre.client(any_centre.enrol(an_identity()))
    assert client.call(ISSUE_CERTIFICATE, WANG) == client.call(ISSUE_CERTIFICATE, WANG)
    assert any_centre.count(tables.certificates) == 1


def test_a_delivery_may_come_again_and_whenever_it_likes_for_its_events_are_sealed(centre):
    identity = centre.enrol(an_identity())
    body, url = msgspec.json.encode(identity.seal(EPOCH, [event(1)])), centre.url + DELIVER_EVENTS.path
    headers = identity.sign("POST", url, body, at=IN_2031)
    answers = [post(centre, headers, DELIVER_EVENTS.path, body).json()["answers"] for _ in range(2)]
    assert [each[0]["result"] for each in answers] == ["ok", "duplicate"]
    assert centre.count(tables.nonces) == 0


def test_polling_the_feeds_leaves_nothing_behind(centre):
    client = centre.client(centre.enrol(an_identity()))
    client.read(FEEDS)
    assert centre.count(tables.nonces) == 0


def test_a_nonce_is_kept_as_long_as_its_date_could_pass_and_then_removed(on_sqlite):
    now = datetime.now(UTC)
    _, caller = a_caller("610200-001")
    latest = msgspec.structs.replace(caller, nonce="x" * 22, created=now + LARGEST_CLOCK_ERROR)
    with on_sqlite.begin() as tx:
        nonces.spend(tx, latest)
        nonces.forget_old(tx, latest.created + LARGEST_CLOCK_ERROR)
        with pytest.raises(RefusedError, match="request-replayed"):
            nonces.spend(tx, latest)
        nonces.forget_old(tx, latest.created + nonces.KEPT + timedelta(seconds=1))
        nonces.spend(tx, latest)


# Here.


def test_a_request_to_another_host_is_no_request_to_this_one(centre):
    identity = centre.enrol(an_identity())
    elsewhere = identity.sign("POST", f"https://other.example{PERSONAL}", BODY)
    assert code(post(centre, elsewhere)) == "signature-wrong"


def test_the_centre_may_say_which_hosts_it_is(centre):
    identity = centre.enrol(an_identity())
    centre.app.state.door = RequestGuards(authorities=frozenset({"rs.example"}))
    asked = {"Host": "other.example"} | identity.sign("POST", f"http://other.example{PERSONAL}", BODY)
    assert code(post(centre, asked)) == "signature-wrong"
    asked = {"Host": "RS.example:80"} | identity.sign("POST", f"http://rs.example{PERSONAL}", BODY)
    assert post(centre, asked).is_success


@pytest.mark.parametrize("query", ["?", "?a=1", "?a=%E4%B8%AD"])
def test_a_request_with_another_query_is_refused(centre, query):
    headers = signed(centre, centre.enrol(an_identity()))
    answer = post(centre, headers, f"{PERSONAL}{query}")
    # A bare question mark asks for nothing, and is signed like none (RFC 9421 §2.2.7).
    assert code(answer) == ("" if query == "?" else "signature-wrong")


def test_a_request_to_an_address_that_cannot_be_signed_is_refused_and_breaks_nothing(centre):
    headers = centre.enrol(an_identity()).sign("GET", f"{centre.url}/v1/feeds/x/e/1-2", b"")
    answer = HTTP.get(f"{centre.url}/v1/feeds/中/e/1-2", headers=headers)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED


# Now.


@pytest.mark.parametrize(
    "at", [IN_2031, datetime(2021, 1, 1, tzinfo=UTC)], ids=["years ahead", "years behind"]
)
def test_a_request_dated_otherwise_is_refused_read_or_act(centre, at):
    identity = centre.enrol(an_identity())
    poll = identity.sign("GET", centre.url + FEEDS, b"", at)
    assert code(post(centre, signed(centre, identity, at))) == "clock-off"
    assert code(HTTP.get(centre.url + FEEDS, headers=poll)) == "clock-off"
    assert centre.count(tables.certificates) == centre.count(tables.nonces) == 0


@pytest.mark.parametrize(("minutes", "said"), [(4, ""), (-4, ""), (6, "clock-off"), (-6, "clock-off")])
def test_five_minutes_are_let_pass(centre, minutes, said):
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    assert code(post(centre, signed(centre, centre.enrol(an_identity()), at))) == said


def test_a_kiosk_whose_clock_is_wrong_learns_the_centres_and_is_served(centre):
    client = centre.client(centre.enrol(an_identity()))
    client._clock = CentreClock(centre.url, machine=lambda: IN_2031)
    assert client.call(ISSUE_CERTIFICATE, WANG).number
    assert client.read(FEEDS).is_success
    assert client.clock_offset < -3 * 365 * 24 * 3600


def test_a_kiosk_that_is_always_told_that_its_clock_is_wrong_asks_once_more_and_no_further():
    with stub_centre() as centre:
        centre.gives(ISSUE_CERTIFICATE, Refusal("clock-off", ""))
        with pytest.raises(CentralRefusedError, match="clock-off"):
            centre.client().call(ISSUE_CERTIFICATE, WANG)
        assert len(centre.asked(ISSUE_CERTIFICATE)) == 2


class Clocks:
    """The machine's clock, and one that only goes on."""

    def __init__(self) -> None:
        self.machine, self.monotonic = datetime(2026, 11, 27, 9, tzinfo=UTC), 1000.0

    def at(self, url: str) -> CentreClock:
        return CentreClock(url, lambda: self.machine, lambda: self.monotonic)


NINE_AND_A_HALF = {"date": "Fri, 27 Nov 2026 09:30:00 GMT"}


@pytest.mark.parametrize("url", ["https://rs.example", "http://127.0.0.1:8700", "http://[::1]:8700"])
def test_the_centres_time_is_carried_on_whatever_is_done_to_the_machines_clock(url):
    clocks = Clocks()
    clock = clocks.at(url)
    clocks.monotonic += 4
    clock.learn(NINE_AND_A_HALF, sent=1000.0)
    clocks.machine = IN_2031
    clocks.monotonic += 60
    # Half of the four seconds, and half of the one that a date leaves out, were gone when the answer came.
    assert clock.now() == datetime(2026, 11, 27, 9, 31, 2, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("http://rs.example", NINE_AND_A_HALF),
        ("https://rs.example", NINE_AND_A_HALF | {"age": "30"}),
        ("https://rs.example", {"date": "Fri, 27 Nov 9999 09:30:00 GMT"}),
        ("https://rs.example", {}),
    ],
    ids=["anybody could say so", "kept on its way", "no time of people's", "none"],
)
def test_what_need_not_be_the_centres_time_is_not_believed(url, headers):
    clocks = Clocks()
    clock = clocks.at(url)
    clock.learn(headers, sent=1000.0)
    assert (clock.now(), clock.offset) == (clocks.machine, None)


# As it has to be signed now.


@pytest.mark.parametrize("path", [PERSONAL, DELIVER_EVENTS.path, "/v1/enrol", FEEDS])
def test_software_that_signs_as_before_is_told_that_it_is_too_old(centre, path):
    centre.enrol(an_identity())
    answer = HTTP.request("GET" if path == FEEDS else "POST", centre.url + path, headers=FORMER)
    if path == "/v1/enrol":
        assert code(answer) == "bad-request"
        answer = post(centre, FORMER, path, b'{"code": "A", "public_key": "%s="}' % (b"A" * 43))
    assert (answer.status_code, code(answer)) == (426, "upgrade-required")


def test_a_kiosk_that_is_too_old_says_so():
    with stub_centre() as centre:
        centre.gives(ISSUE_CERTIFICATE, Refusal("upgrade-required", "太旧"))
        with pytest.raises(CentralRefusedError) as refused:
            centre.client().call(ISSUE_CERTIFICATE, WANG)
    assert (refused.value.code, REFUSALS["upgrade-required"].status) == ("upgrade-required", 426)


# As everybody signs.


@pytest.mark.parametrize("make", KEYS.values(), ids=KEYS)
def test_the_library_verifies_what_we_sign(make):
    key = make()
    url = "https://RS.example:443/v1/feeds?after=%E4%B8%AD"
    request = httpx.Request("POST", url, content=BODY)
    request.headers.update(Identity("610200-001", key).sign("POST", str(request.url), BODY))
    verifier = HTTPMessageVerifier(
        signature_algorithm=ALGORITHMS[key.algorithm], key_resolver=resolver(key, "610200-001")
    )
    [verified] = verifier.verify(
        request, expect_tag="kiosk", require_components=signature.COMPONENTS, body=BODY
    )
    assert verified.parameters["alg"] == key.algorithm
    changed = httpx.Request("POST", f"{url}1", headers=request.headers, content=BODY)
    with pytest.raises(InvalidSignature):
        verifier.verify(changed, expect_tag="kiosk", body=BODY)


@pytest.mark.parametrize("make", KEYS.values(), ids=KEYS)
def test_we_verify_what_the_library_signs(centre, make):
    key = make()
    identity = centre.enrol(Identity("610200-001", key))
    request = httpx.Request("POST", centre.url + PERSONAL, content=BODY)
    HTTPMessageSigner(
        signature_algorithm=ALGORITHMS[key.algorithm], key_resolver=resolver(key, "610200-001")
    ).sign(
        request,
        key_id=f"610200-001/{identity.fingerprint}",
        created=datetime.now(UTC),
        nonce="n" * 22,
        label="kiosk",
        tag="kiosk",
        covered_component_ids=signature.COMPONENTS,
        body=BODY,
    )
    in_a_visit(centre)
    assert HTTP.send(request).is_success


ALGORITHMS = {"ed25519": algorithms.ED25519, "ecdsa-p256-sha256": algorithms.ECDSA_P256_SHA256}


def resolver(key, kiosk_id: str) -> MappingKeyResolver:
    private = key._private
    name = f"{kiosk_id}/{key.key_id}"
    return MappingKeyResolver(public_keys={name: private.public_key()}, private_keys={name: private})
