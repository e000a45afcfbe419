"""The history of the centre cannot be changed, cut or put back unnoticed (docs/security.md)."""

import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from central.access.kiosks import enrol
from central.access.kiosks import revoke as shut_out
from central.audit.bodies import ACTS
from central.audit.chain import lock_if_free
from central.audit.export import lines
from central.certificates.issuing import revoke
from central.store.acts import clerk, record
from central.store.database import reading
from central.store.tables import certificates
from sync.protocol.audit import BEGINNING, Epoch, Link, Verifier, link, make_head
from sync.protocol.messages import Seal
from tests.central.postgres import running_postgres
from tests.trust.chains import (
    history_on_postgresql,
    history_on_sqlite,
    openssl_verifies,
    pem,
    recomputed,
)

EPOCHS = [Epoch("one", 0)]


@pytest.fixture(scope="module")
def postgres_url():
    with running_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def history(request, tmp_path):
    if request.param == "sqlite":
        with history_on_sqlite(tmp_path) as history:
            yield history
    else:
        with history_on_postgresql(request.getfixturevalue("postgres_url"), tmp_path) as history:
            yield history


@pytest.fixture
def history_in_a_file(tmp_path):
    with history_on_sqlite(tmp_path) as history:
        yield history


def chained(bodies: list[bytes]) -> list[Link]:
    rows, h = [], BEGINNING
    for n, body in enumerate(bodies, 1):
        h = link(h, n, body)
        rows.append(Link(n, body, h))
    return rows


def head_of(rows: list[Link], at):
    return make_head("c", "one", 0, rows[-1].n, rows[-1].h, at, lambda text: Seal("ed25519", "0" * 16, "A"))


def verified(rows, *heads):
    verifier = Verifier("c", epochs=EPOCHS, heads=heads)
    list(verifier.read(rows))
    return verifier.verified()


def change(rows, place, other):
    rows[place] = rows[place]._replace(body=rows[place].body + b"!")
    return rows


def swap(rows, place, other):
    a, b = rows[place], rows[other]
    rows[place], rows[other] = a._replace(body=b.body), b._replace(body=a.body)
    return rows


def remove(rows, place, other):
    return rows[:place] + rows[place + 1 :]


def cut(rows, place, other):
    return rows[:place]


def rehash(rows, place, other):
    bodies = [each.body for each in rows]
    return chained(bodies[:place] + bodies[place + 1 :] + [b"instead"])


def rewrite(rows, place, other):
    bodies = [each.body for each in rows]
    return chained([*bodies[:place], b"forged", *bodies[place + 1 :], b"and one more"])


def add(rows, place, other):
    return [*rows[:place], rows[place], *rows[place:]]


ATTACKS = [change, swap, remove, cut, rehash, rewrite, add]


@given(
    st.lists(st.binary(max_size=20), min_size=1, max_size=30, unique=True),
    st.lists(
        st.tuples(st.sampled_from(ATTACKS), st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=4
    ),
    st.datetimes(),
)
def test_whatever_is_done_to_the_rows_is_found_with_the_newest_head(bodies, attacks, at):
    rows = chained(bodies)
    head = head_of(rows, at.replace(tzinfo=UTC))
    assert not verified(rows, head).count
    tampered = list(rows)
    for attack, place, other in attacks:
        if tampered:
            tampered = attack(list(tampered), place % len(tampered), other % len(tampered))
    if tampered[: len(rows)] != rows:
        assert verified(tampered, head).count


@given(st.lists(st.binary(max_size=20), min_size=2, max_size=30), st.data())
def test_what_the_hashes_alone_see_and_what_only_a_head_kept_elsewhere_sees(bodies, data):
    rows = chained(bodies)
    head = head_of(rows, datetime(2026, 11, 27, tzinfo=UTC))
    place = data.draw(st.integers(0, len(rows) - 1))
    assert verified(change(list(rows), place, 0)).faults[0].n == place + 1
    for blind in (cut, rehash, rewrite):
        tampered = blind(list(rows), place, 0)
        assert not verified(tampered).count
        assert verified(tampered, head).count


def test_an_export_is_recomputed_without_us_and_its_head_verified_by_openssl(history, tmp_path):
    history.act(25)
    with reading(history.engine) as connection:
        exported = "\n".join(lines(connection, ACTS))
    head = json.loads(exported.splitlines()[-1])["head"]
    assert recomputed(exported) == (25, head["h"]) == (head["n"], head["h"])
    key = pem(Ed25519PublicKey.from_public_bytes(history.publisher.keys.listed()[0].octets))
    assert openssl_verifies(head, key, tmp_path)
    assert not openssl_verifies(head | {"n": 24}, key, tmp_path)


def test_what_is_as_it_was_written_is_whole(history):
    history.act(12)
    kept = history.head()
    history.act(3)
    found = history.verified(kept)
    assert (found.whole, found.rows, found.waiting, found.heads) == (True, 15, 0, 2)


def test_an_act_that_waits_for_its_place_is_seen(history):
    history.act()
    history.tamper(
        'INSERT INTO acts (at, act, subject, actor, "by", channel)'
        ' SELECT at, act, subject, actor, "by", channel FROM acts'
    )
    assert history.verified().waiting == 1
    history.sequencer.run()
    assert history.verified().waiting == 0
    assert history.verified().rows == 2


@pytest.mark.parametrize(
    ("attack", "found"),
    [
        ("UPDATE acts SET note = 'x' WHERE n = 5", [(5, "changed")]),
        ("UPDATE acts SET \"by\" = '李明' WHERE n = 10", [(10, "changed")]),
        ("UPDATE acts SET digest = 'ab' WHERE n = 1", [(1, "changed")]),
        ("UPDATE acts SET n = NULL, h = NULL WHERE n = 4", [(5, "removed")]),
        ("DELETE FROM acts WHERE n = 4", [(5, "removed")]),
        ("DELETE FROM acts WHERE n < 4", [(4, "removed")]),
        ("DELETE FROM acts WHERE n > 7", [(7, "end-removed")]),
        ("DELETE FROM acts", [(0, "end-removed")]),
    ],
)
def test_a_change_in_the_database_is_found_without_anything_from_elsewhere(history_in_a_file, attack, found):
    history_in_a_file.act(10)
    history_in_a_file.tamper(attack)
    assert history_in_a_file.faults() == found


def test_swapped_acts_are_found(history):
    history.act(6)
    history.tamper(
        "UPDATE acts SET subject = CASE n WHEN 2 THEN '3' ELSE '2' END, note = 'x' WHERE n IN (2, 3)"
    )
    assert history.faults() == [(2, "changed"), (3, "changed")]


@pytest.mark.parametrize("first", [1, 4, 10])
def test_a_suffix_that_was_chained_anew_is_found_by_a_head_from_elsewhere(history, first):
    history.act(10)
    kept = history.head()
    history.tamper(f"DELETE FROM acts WHERE n = {first}")
    history.rehash(first)
    assert history.faults() == [], "the database alone is blind"
    assert history.faults(kept) == [(9, "end-removed")]
    history.act(5)
    assert history.faults(kept) == [(10, "rewritten")]


def test_a_suffix_that_was_chained_anew_without_the_key_is_found_by_the_centre_alone(history_in_a_file):
    history_in_a_file.act(10)
    history_in_a_file.tamper("DELETE FROM acts WHERE n = 4")
    history_in_a_file.rehash(4, with_key=False)
    assert history_in_a_file.faults() == [(9, "not-signed")]


def test_acts_cut_off_at_the_end_are_found_by_a_head_from_elsewhere(history):
    history.act(10)
    kept = history.head()
    history.tamper("DELETE FROM acts WHERE n > 6")
    history.rehash(7)
    assert history.faults() == []
    assert history.faults(kept) == [(6, "end-removed")]


def test_a_backup_that_was_put_back_begins_an_epoch_and_says_what_is_lost(history_in_a_file, tmp_path):
    history_in_a_file.act(5)
    backup = shutil.copy(tmp_path / "central.db", tmp_path / "backup.db")
    history_in_a_file.act(4)
    kept = history_in_a_file.head()
    history_in_a_file.engine.dispose()
    shutil.copy(backup, tmp_path / "central.db")
    assert history_in_a_file.faults(kept) == [(5, "end-removed")], "not declared yet: it looks like tampering"

    history_in_a_file.sequencer.run()
    found = history_in_a_file.verified(kept)
    assert found.whole
    assert [(each.since, each.until) for each in found.lost] == [(5, 9)]
    head = history_in_a_file.head()
    assert (head.n, head.since) == (6, 5) and head.epoch != kept.epoch
    [act] = history_in_a_file.rows("history-put-back")
    assert act.note == f"rows 6 to 9 of epoch {kept.epoch} are gone"
    history_in_a_file.sequencer.run()
    assert len(history_in_a_file.rows("history-put-back")) == 1, "said once"


def test_acts_of_several_workers_get_each_a_place_and_none_two(history):
    def work(worker):
        for _ in range(20):
            history.act()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(4)))
    history.sequencer.run()
    found = history.verified()
    assert (found.whole, found.rows, found.waiting) == (True, 80, 0)


def test_a_sequencer_at_work_keeps_no_act_waiting(history):
    history.act(3)
    with history.engine.begin() as tx:
        lock_if_free(tx)
        if tx.dialect.name == "postgresql":
            history.act()
            assert history.verified().waiting == 1
    history.sequencer.run()
    assert history.verified().waiting == 0


def issued(history) -> str:
    """Issue a document, and revoke another; return the number of the first."""
    for number in ("610200202600000001", "610200202600000002"):
        digest = hashlib.sha256(b"{}").hexdigest()
        with history.engine.begin() as tx:
            row = {"number": number, "code": number[-12:], "kiosk_id": "K", "request_id": number}
            about = {"request_sha256": "", "id_number": "", "issued_at": datetime.now(UTC), "document": "{}"}
            tx.execute(insert(certificates).values(row | about))
            record(tx, clerk("赵敏", datetime.now(UTC)), "document-issued", number, digest=digest)
    with history.engine.begin() as tx:
        revoke(tx, number, "开错了", clerk("赵敏", datetime.now(UTC)))
        record(tx, clerk("赵敏", datetime.now(UTC)), "kiosk-enrolled", "K1")
        enrol(tx, "K1", "A" * 43 + "=", datetime.now(UTC))
        shut_out(tx, "K1", datetime.now(UTC))
        record(tx, clerk("赵敏", datetime.now(UTC)), "kiosk-revoked", "K1")
    history.sequencer.run()
    assert history.verified().whole
    return "610200202600000001"


@pytest.mark.parametrize(
    ("attack", "told"),
    [
        ("UPDATE certificates SET document = '{ }' WHERE number LIKE '%1'", "is not what was issued"),
        ("DELETE FROM certificates WHERE number LIKE '%1'", "was issued, and is not there"),
        ("UPDATE certificates SET revoked_at = NULL", "is shown as valid"),
        ("UPDATE certificates SET revoked_at = '2026-11-27 00:00:00'", "is shown as revoked, by nobody"),
        ("UPDATE kiosks SET revoked_at = NULL", "K1 was revoked, and may send requests"),
    ],
)
def test_what_was_changed_without_an_act_contradicts_the_acts(history_in_a_file, attack, told):
    issued(history_in_a_file)
    history_in_a_file.tamper(attack)
    [fault] = history_in_a_file.verified().faults
    assert fault.fault == "contradicted" and told in fault.detail
