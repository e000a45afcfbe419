"""Who did it: every act at the centre has an actor and a channel, also those of before they were recorded."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import get_args

import click
import msgspec
import pytest
from sqlalchemy import inspect, text

from central.cards.card_acts import with_proof
from central.cases import applications
from central.certificates import issuing as certificates
from central.program.main import main
from central.store.acts import find_acts
from central.store.database import open_database
from central.store.refusals import RefusedError
from central.store.tables import acts
from sync.protocol.applications import APPLY
from sync.protocol.cards import (
    AUTHORISE_PIN_RESET,
    PIN_RESET_MESSAGE,
    RELEASE_LOSS,
    REPORT_LOSS,
    LossReport,
    PinResetMessageRequest,
)
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.protocol.events import CardActivated
from sync.protocol.messages import card_partition
from sync.protocol.words import IdentityDetail, Paper
from tests.central.acts import CARD, CLAIM, LOSS, RELEASE, RESET, actor, stands_for
from tests.central.centre import an_identity, sqlite_url
from tests.central.certificate_requests import WANG, asking
from tests.central.postgres import empty
from tests.central.records import ISSUER
from tests.central.store.past import as_of
from tests.events import sent

KIOSK, WINDOW = "610200-001", "610200-W01"
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
CARD_NAME = card_partition(CARD)


@pytest.fixture
def done(any_centre) -> Iterator[list]:
    """Everything that can be done to one citizen's card, documents and application, in its order."""
    kiosk = any_centre.client(any_centre.enrol(an_identity(KIOSK)))
    stands_for(any_centre, "window", WINDOW)
    window = any_centre.client(any_centre.enrol(an_identity(WINDOW)))
    with any_centre.engine.begin() as tx:
        tx.execute(
            text("UPDATE cards SET status = 'not-activated' WHERE partition = :card"), {"card": CARD_NAME}
        )
    kiosk.visit_of(CARD)
    kiosk.deliver("a" * 32, [sent(CardActivated(act="A-1"), partition=CARD_NAME)])
    certificate = kiosk.call(ISSUE_CERTIFICATE, WANG)
    claim = kiosk.call(APPLY, CLAIM)
    granted = window.call(AUTHORISE_PIN_RESET, RESET)
    message = PinResetMessageRequest(authorisation=granted.authorisation, challenge="0102030405060708")
    assert window.call(PIN_RESET_MESSAGE, message) == window.call(PIN_RESET_MESSAGE, message)
    window.call(REPORT_LOSS, LOSS)
    window.call(RELEASE_LOSS, RELEASE)
    with any_centre.engine.begin() as tx:
        applications.decide(tx, claim.number, "granted", "符合条件", actor("web"))
        certificates.revoke(tx, certificate.number, "缴费记录已更正", actor())
    yield sorted(any_centre.rows(acts), key=lambda row: row.id)


def test_every_act_at_the_centre_has_its_actor_and_its_channel(done):
    assert [(row.act, row.actor, row.by, row.channel, row.proof) for row in done] == [
        ("activate", "terminal", KIOSK, "kiosk", "event event-1"),
        ("document-issued", "terminal", KIOSK, "kiosk", "card+pin"),
        ("document-issued", "terminal", KIOSK, "kiosk", "card+pin"),
        ("application-accepted", "terminal", KIOSK, "kiosk", "card+pin"),
        ("pin-reset-authorised", "terminal", WINDOW, "window", "id-card"),
        ("pin-reset-used", "terminal", WINDOW, "window", ""),
        ("report-loss", "terminal", WINDOW, "window", ""),
        ("document-issued", "terminal", WINDOW, "window", ""),
        ("release-loss", "terminal", WINDOW, "window", ""),
        ("document-issued", "terminal", WINDOW, "window", ""),
        ("application-granted", "clerk", "赵敏", "web", ""),
        ("document-revoked", "clerk", "赵敏", "window", ""),
    ]


def test_a_repeated_request_is_one_act(any_centre):
    kiosk = any_centre.client(any_centre.enrol(an_identity(KIOSK)))
    for _ in range(2):
        kiosk.call(ISSUE_CERTIFICATE, asking())
        kiosk.call(APPLY, CLAIM)
    assert [row.act for row in any_centre.rows(acts)].count("application-accepted") == 1
    assert any_centre.count(acts) == 3


def test_what_is_refused_is_no_act(card_records):
    receipt = applications.apply(card_records.tx, actor(), CLAIM, ISSUER)
    applications.decide(card_records.tx, receipt.number, "granted", "", actor())
    before = len(find_acts(card_records.tx))
    with pytest.raises(RefusedError):
        applications.decide(card_records.tx, receipt.number, "refused", "", actor())
    assert len(find_acts(card_records.tx)) == before


def test_what_was_shown_for_an_act_is_its_proof(card_records):
    details = ("phone", "name", "workplace", "id-number")
    card_records.insured_in("420100").do(LossReport, "hotline", AT, kind="phone", given=details)
    [loss] = card_records.acts()
    assert loss.proof == "id-number name phone workplace"
    assert (loss.kind, loss.before, loss.after) == ("phone", "normal", "lost-phone")


def test_all_that_can_be_shown_for_an_act_fits_into_the_record():
    everything = msgspec.structs.replace(
        RESET,
        papers=get_args(Paper) * 2,
        given=get_args(IdentityDetail),
        agent=True,
        principal_present=True,
        face_matched=True,
    )
    assert len(with_proof(actor(), everything).proof) <= acts.c.proof.type.length  # type: ignore[attr-defined]


NO_ACT = {
    *("serve", "migrate", "seed", "keys", "summary", "openapi", "kiosks", "prove", "verify-events", "acts"),
    *("applications", "card show", "card keys", "card publish-expired", "feeds status", "feeds key"),
    *("feeds sequence", "feeds snapshot", "audit verify", "audit head", "audit chain"),
    *(
        "keys list",
        "verify-page",
        "audit kept",
        "alarms list",
        "operators list",
        "pending",
        "quarantine list",
    ),
    *("ca init", "ca issue", "ca issue-server", "ca list"),
    "simulate national-platform",
}
"""Commands that do nothing in anybody's name: they show, set up, or do what a job does."""


def commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def test_every_command_that_acts_asks_who_does_it():
    found = dict(commands(main))
    named = {
        name for name, command in found.items() if any("--operator" in each.opts for each in command.params)
    }
    assert named & NO_ACT == set()
    assert found.keys() - named - NO_ACT == set(), (
        "give them --operator, or say here that they act for nobody"
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def before_acts(request, tmp_path) -> str:
    """A database of version 0009 with acts of every kind in it; its URL."""
    is_sqlite = request.param == "sqlite"
    url = sqlite_url(tmp_path) if is_sqlite else empty(request.getfixturevalue("postgres_url"))
    with as_of("0009", url) as connection:
        for statement in OF_BEFORE:
            connection.execute(text(statement))
    return url


OF_BEFORE = (
    "INSERT INTO people (id_number, name, sex, region, agency) VALUES ('P1', '王建国', '男', '610200', 'A')",
    "INSERT INTO cards (identity, number, id_number, status, partition) VALUES ('C1', 'N1', 'P1', 'normal', 'part1')",
    "INSERT INTO terminals (kiosk_id, channel) VALUES ('W1', 'window')",
    'INSERT INTO card_events (identity, operation, kind, at, until, before, status, channel, "by") VALUES'
    " ('C1', 'report-loss', 'oral', '2026-01-01 00:00:00', '2026-01-08 00:00:00', 'normal', 'lost-oral',"
    " 'hotline', 'counter'),"
    " ('C1', 'expire', NULL, '2026-01-08 00:00:00', NULL, 'lost-oral', 'normal', 'window', 'centre'),"
    " ('C1', 'activate', NULL, '2026-01-09 00:00:00', NULL, 'not-activated', 'normal', 'kiosk', 'K1')",
    *(
        "INSERT INTO certificates (number, code, kiosk_id, request_id, request_sha256, id_number, issued_at,"
        " revoked_at, revoked_for)"
        f" VALUES ({number}, '{code}', '{by}', '{code}', '', 'P1', '2026-02-01 00:00:00', {revoked})"
        for number, code, by, revoked in (
            ("'D1'", "c1", "K1", "NULL, NULL"),
            ("'D2'", "c2", "W1", "'2026-02-02 00:00:00', '已更正'"),
            ("'D3'", "c3", "counter", "'2026-02-03 00:00:00', NULL"),
            ("NULL", "c4", "K1", "NULL, NULL"),
        )
    ),
    "INSERT INTO applications (number, item, id_number, channel, received_at, status, decided_at, note) VALUES"
    " ('D1', 'pension-claim', 'P1', 'kiosk', '2026-02-01 00:00:00', 'granted', '2026-03-01 00:00:00', '符合条件'),"
    " ('D9', 'registration', 'P1', 'kiosk', '2026-02-01 00:00:00', 'accepted', NULL, '')",
    "INSERT INTO pin_resets (authorisation, kiosk_id, request_id, request_sha256, identity, until) VALUES"
    " ('a1', 'W1', 'r1', '', 'C1', '2026-04-01 00:05:00')",
)


def test_what_was_done_before_is_on_record_with_all_that_is_known_of_it(before_acts):
    engine = open_database(before_acts)
    with engine.connect() as connection:
        rows = [
            row
            for subject in ("part1", "D1", "D2", "D3", "D9")
            for row in find_acts(connection, subject=subject)
        ]
        assert not inspect(connection).has_table("card_events")
        assert len(find_acts(connection)) == len(rows)
    engine.dispose()
    assert [(row.subject, row.act, row.actor, row.by, row.channel, row.after, row.note) for row in rows] == [
        ("part1", "report-loss", "clerk", "counter", "hotline", "lost-oral", ""),
        ("part1", "expire", "job", "publish-expired", "job", "normal", ""),
        ("part1", "activate", "terminal", "K1", "kiosk", "normal", ""),
        ("part1", "pin-reset-authorised", "terminal", "W1", "window", None, ""),
        ("D1", "document-issued", "terminal", "K1", "kiosk", None, ""),
        ("D1", "application-accepted", "terminal", "K1", "kiosk", "accepted", ""),
        ("D1", "application-granted", "clerk", "unknown", "window", "granted", "符合条件"),
        ("D2", "document-issued", "terminal", "W1", "window", None, ""),
        ("D2", "document-revoked", "clerk", "unknown", "window", None, "已更正"),
        ("D3", "document-issued", "clerk", "counter", "window", None, ""),
        ("D3", "document-revoked", "clerk", "unknown", "window", None, ""),
        ("D9", "application-accepted", "terminal", "unknown", "kiosk", "accepted", ""),
    ]
    loss = rows[0]
    assert (loss.kind, loss.before, loss.until) == ("oral", "normal", datetime(2026, 1, 8, tzinfo=UTC))
    assert rows[3].at == datetime(2026, 4, 1, tzinfo=UTC)
