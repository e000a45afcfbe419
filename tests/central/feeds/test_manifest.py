"""The feeds over HTTP: the signed manifest, pages, and files to start from."""

import base64
import hashlib
import sqlite3
import time
from datetime import timedelta

import httpx
import msgspec
import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import delete, update

from central.feeds.snapshots import build
from central.feeds.tables import feed_rows
from central.store.tables import kiosks
from sync.protocol.algorithms import key_id
from sync.protocol.card_status_list import decode
from sync.protocol.feeds import (
    CARD_STATUS,
    REFERENCE_FEEDS,
    Page,
    SignedManifest,
    manifest_of,
    page_path,
)
from sync.protocol.refusals import Refusal
from tests.central.centre import HTTP, Centre, an_identity
from tests.central.feed_reader import head_of, published
from tests.deadline import DEADLINE_SECONDS

MINUTE = timedelta(minutes=1)
MOMENT_SECONDS = 0.3
CARDS = [f"610200D156000005000000{number:010X}" for number in range(300)]


class Kiosk:
    """Asks with signed requests, and with what the test adds to them."""

    def __init__(self, centre: Centre, kiosk_id: str = "610200-001") -> None:
        self.url, self.identity = centre.url, centre.enrol(an_identity(kiosk_id))

    def get(self, path: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        signed = self.identity.sign("GET", self.url + path, b"")
        return HTTP.get(self.url + path, headers=named | signed)

    def manifest(self):
        return manifest_of(msgspec.json.decode(self.get("/v1/feeds").content, type=SignedManifest))

    def heads(self):
        return {head.name: head for head in self.manifest().feeds}

    def refusal(self, path: str) -> tuple[int, str]:
        answer = self.get(path)
        return answer.status_code, msgspec.json.decode(answer.content, type=Refusal).code


@pytest.fixture
def kiosk(centre):
    published(centre.engine, "outlets", ("a", '"甲"'), ("b", '"乙"'))
    published(centre.engine, "guides", ("a", "1"))
    published(centre.engine, "outlets", ("a", None), ("c", '"丙"'))
    return Kiosk(centre)


def test_the_manifest_is_signed_for_this_kiosk_with_the_key_that_the_centre_shows(centre, kiosk):
    signed = msgspec.json.decode(kiosk.get("/v1/feeds").content, type=SignedManifest)
    octets = base64.b64decode(kiosk.get("/v1/feeds/key").json())
    key = Ed25519PublicKey.from_public_bytes(octets)
    key.verify(base64.b64decode(signed.signature), signed.manifest.encode())
    assert (signed.algorithm, signed.key_id) == ("ed25519", key_id("ed25519", octets))
    manifest = manifest_of(signed)
    assert manifest.kiosk_id == kiosk.identity.kiosk_id
    assert bytes.fromhex(manifest.card_key) == centre.publisher.card_key
    outlets = {head.name: head for head in manifest.feeds}["outlets"]
    row = head_of(centre.engine, "outlets")
    assert (outlets.epoch, outlets.seq, outlets.rows, outlets.checksum) == (row.epoch, 4, 2, row.checksum)


def test_nothing_new_is_said_in_304_and_a_new_head_has_a_higher_number(centre, kiosk):
    first = kiosk.get("/v1/feeds")
    again = kiosk.get("/v1/feeds", If_None_Match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    before = kiosk.manifest().number
    published(centre.engine, "commands/another", ("1", '{"verb":"x"}'))
    assert kiosk.get("/v1/feeds", If_None_Match=first.headers["etag"]).status_code == 304
    published(centre.engine, "outlets", ("d", "1"))
    assert kiosk.get("/v1/feeds", If_None_Match=first.headers["etag"]).status_code == 200
    assert kiosk.manifest().number > before


@pytest.mark.parametrize("status", [200, 304])
def test_an_answer_is_signed_as_rfc_9421_has_it_for_a_response_to_this_very_request(centre, kiosk, status):
    tag = kiosk.get("/v1/feeds").headers["etag"]
    answer = kiosk.get("/v1/feeds", If_None_Match=tag if status == 304 else "")
    asked = answer.request.headers["signature"].removeprefix("kiosk=")
    parameters = answer.headers["signature-input"].removeprefix("centre=")
    assert parameters.startswith('("@status" "etag" "content-digest" "signature";req;key="kiosk");')
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(answer.content).digest()).decode()}:"
    assert answer.headers["content-digest"] == digest
    base = (
        f'"@status": {status}\n"etag": {tag}\n"content-digest": {digest}\n'
        f'"signature";req;key="kiosk": {asked}\n"@signature-params": {parameters}'
    )
    signature = base64.b64decode(answer.headers["signature"].removeprefix("centre=").strip(":"))
    centre.publisher.keys.listed()[0].verify(signature, base.encode())


def test_a_kiosk_sees_its_own_commands_and_no_other_kiosk_does(centre, kiosk):
    published(centre.engine, "commands/610200-001", ("1", '{"verb":"mine"}'))
    head, other = kiosk.heads()["commands"], Kiosk(centre, "610200-002")
    path = page_path("commands", head.epoch, 0, 1)
    answer = kiosk.get(path)
    assert [change.value for change in page_in(answer).changes] == ['{"verb":"mine"}']
    assert "private" in answer.headers["cache-control"]
    assert "commands" not in other.heads()
    assert other.refusal(path) == (409, "must-refetch")
    assert other.get(path.replace("commands", "commands%2F610200-001")).status_code in (401, 404)


def page_in(answer: httpx.Response) -> Page:
    return msgspec.msgpack.decode(zstandard.ZstdDecompressor().decompress(answer.content), type=Page)


def test_a_page_is_the_same_for_ever(kiosk):
    head = kiosk.heads()["outlets"]
    answer = kiosk.get(page_path("outlets", head.epoch, 1, 4))
    assert [(each.key, each.seq, each.value) for each in page_in(answer).changes] == [
        ("a", 3, None),
        ("b", 2, '"乙"'),
        ("c", 4, '"丙"'),
    ]
    assert "immutable" in answer.headers["cache-control"]


def test_a_page_that_one_kiosk_has_read_costs_the_database_nothing_for_the_next(centre, kiosk):
    head = kiosk.heads()["outlets"]
    first = kiosk.get(page_path("outlets", head.epoch, 0, head.seq))
    with centre.engine.begin() as tx:
        tx.execute(delete(feed_rows))
    second = Kiosk(centre, "610200-002").get(page_path("outlets", head.epoch, 0, head.seq))
    assert (second.content, second.headers["etag"]) == (first.content, first.headers["etag"])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("outlets/{epoch}/0-5", (409, "must-refetch")),
        ("outlets/other/0-4", (409, "must-refetch")),
        ("nothing/{epoch}/0-4", (404, "feed-unknown")),
        ("outlets/{epoch}/4-4", (400, "bad-request")),
    ],
)
def test_a_page_that_is_not_to_be_had_is_refused(kiosk, path, expected):
    assert kiosk.refusal("/v1/feeds/" + path.format(epoch=kiosk.heads()["outlets"].epoch)) == expected


@pytest.mark.parametrize("path", ["/v1/feeds", "/v1/feeds/key", "/v1/feeds/outlets/e/0-1"])
def test_who_does_not_sign_gets_nothing(centre, path):
    assert HTTP.get(centre.url + path).status_code == 401
    stranger = an_identity("stranger")
    signed = stranger.sign("GET", centre.url + path, b"")
    assert HTTP.get(centre.url + path, headers=signed).status_code == 401


def test_the_reference_file_holds_all_reference_feeds_as_their_heads_say(any_centre, tmp_path):
    kiosk = Kiosk(any_centre)
    published(any_centre.engine, "outlets", ("乙", '"b"'), ("a", '"甲"'), ("B", "1"), ("gone", "1"))
    published(any_centre.engine, "outlets", ("gone", None))
    published(any_centre.engine, "guides", ("a", "1"))
    published(any_centre.engine, CARD_STATUS, ("C" * 32, "2"))
    build(any_centre.engine, any_centre.publisher)
    published(any_centre.engine, "outlets", ("later", "1"))

    head = kiosk.heads()["outlets"]
    assert (head.seq, head.snapshot_seq) == (6, 5)
    assert head.snapshot == kiosk.heads()["guides"].snapshot != kiosk.heads()[CARD_STATUS].snapshot
    packed = HTTP.get(f"{kiosk.url}/v1/snapshots/{head.snapshot.sha256}").content
    assert (hashlib.sha256(packed).hexdigest(), len(packed)) == (head.snapshot.sha256, head.snapshot.bytes)

    file = tmp_path / "reference.db"
    file.write_bytes(zstandard.ZstdDecompressor().decompress(packed))
    with sqlite3.connect(file) as reference:
        rows = reference.execute("SELECT feed, key, value FROM row ORDER BY feed, key").fetchall()
        found = dict(reference.execute("SELECT name, seq FROM feed"))
        assert reference.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    reference.close()
    assert rows == [
        ("guides", "a", "1"),
        ("outlets", "B", "1"),
        ("outlets", "a", '"甲"'),
        ("outlets", "乙", '"b"'),
    ]
    assert found == {"outlets": 5, "guides": 1}
    assert set(found) <= set(REFERENCE_FEEDS)


def test_the_card_status_list_says_what_the_rows_say(centre):
    kiosk = Kiosk(centre)
    published(centre.engine, CARD_STATUS, *((card, str(1 + number % 3)) for number, card in enumerate(CARDS)))
    published(centre.engine, CARD_STATUS, (CARDS[0], None))
    build(centre.engine, centre.publisher)
    head = kiosk.heads()[CARD_STATUS]
    packed = kiosk.get(f"/v1/snapshots/{head.snapshot.sha256}").content
    header, entries = decode(zstandard.ZstdDecompressor().decompress(packed))
    listed = {row.key: row.value for row in centre.rows(feed_rows) if row.value is not None}
    assert {f"{card:010x}": str(status) for card, status in entries} == listed
    assert len(listed) == header.rows == 299
    assert (header.epoch, header.seq, header.checksum) == (head.epoch, head.seq, head.checksum)


def test_a_file_can_be_fetched_in_pieces(centre, kiosk):
    build(centre.engine, centre.publisher)
    path = f"/v1/snapshots/{kiosk.heads()['outlets'].snapshot.sha256}"
    whole = kiosk.get(path)
    rest = kiosk.get(path, Range="bytes=100-", If_Range=whole.headers["etag"])
    assert (rest.status_code, rest.content) == (206, whole.content[100:])
    assert rest.headers["content-range"] == f"bytes 100-{len(whole.content) - 1}/{len(whole.content)}"
    assert "immutable" in whole.headers["cache-control"]


@pytest.mark.parametrize("name", ["0" * 64, "..", ".part", "%2e%2e%2fcard.key"])
def test_nothing_else_of_the_data_folder_can_be_fetched(centre, name):
    assert HTTP.get(f"{centre.url}/v1/snapshots/{name}").status_code == 404


@pytest.mark.parametrize("heard_before", [True, False])
def test_a_question_is_answered_while_somebody_writes(centre, kiosk, heard_before):
    if heard_before:
        kiosk.get("/v1/feeds")
    with centre.engine.begin() as tx:
        tx.execute(update(feed_rows).values(changed_at=0))
        assert kiosk.get("/v1/feeds").is_success


def test_that_a_kiosk_was_heard_is_written_down_once_a_minute_and_when_its_version_changes(centre, kiosk):
    def noted():
        (row,) = centre.rows(kiosks)
        return row.last_seen_at, row.version

    def heard(version: str, *, news: bool) -> bool:
        """Ask, and tell whether something is written down then: that is done after the answer."""
        kiosk.get("/v1/feeds", user_agent=version)
        end = time.monotonic() + (DEADLINE_SECONDS if news else MOMENT_SECONDS)
        while not (found := noted() != before) and time.monotonic() < end:
            time.sleep(0.01)
        return found

    before = noted()
    assert heard("branch-kiosk/1", news=True)
    before = noted()
    assert not heard("branch-kiosk/1", news=False)
    assert heard("branch-kiosk/2", news=True)
    assert noted()[1] == "branch-kiosk/2"
    with centre.engine.begin() as tx:
        tx.execute(update(kiosks).values(last_seen_at=before[0] - MINUTE))
    before = noted()
    assert heard("branch-kiosk/2", news=True)
