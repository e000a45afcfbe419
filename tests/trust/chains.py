"""Histories to tamper with: acts of a centre, chained, and what an attacker with the database can do to them."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Connection, Engine, select, text

from central.audit.bodies import ACTS
from central.audit.chain import Sequencer, open_sequencer, own_heads
from central.audit.verify import verify
from central.feeds.publisher import open_publisher
from central.store.acts import clerk, record
from central.store.database import open_database, reading
from central.store.tables import acts
from sync.protocol.audit import Verified, link, make_head
from sync.protocol.messages import Head
from tests.central.centre import migrated_file, sqlite_url
from tests.central.postgres import empty


class History:
    """The acts of a centre, and its sequencer."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self.publisher = open_publisher(folder)
        self.sequencer: Sequencer = open_sequencer(engine, self.publisher)

    def act(self, count: int = 1) -> None:
        """Record acts, and give them their places."""
        for number in range(count):
            with self.engine.begin() as tx:
                actor = clerk("赵敏", datetime.now(UTC))
                record(tx, actor, "document-revoked", f"{number}", note=f"更正 {number}")
        self.sequencer.run()

    def head(self) -> Head:
        """Return the newest head, as somebody elsewhere would keep it."""
        with reading(self.engine) as connection:
            [head] = own_heads(connection)
        return head

    def verified(self, *heads: Head) -> Verified:
        with reading(self.engine) as connection:
            return verify(connection, ACTS, self.publisher.sealed, heads)

    def faults(self, *heads: Head) -> list[tuple[int, str]]:
        return [(each.n, each.fault) for each in self.verified(*heads).faults]

    def rows(self, act: str) -> list:
        with reading(self.engine) as connection:
            return connection.execute(select(acts).where(acts.c.act == act)).all()

    def tamper(self, *statements: str) -> None:
        """Do what somebody with the database's password can do."""
        with self.engine.begin() as tx:
            for each in statements:
                tx.execute(text(each))

    def rehash(self, first: int, *, with_key: bool = True) -> None:
        """Chain again from row ``first`` on, close gaps, forge the centre's own head, and forget its witness.

        :param with_key: whether the attacker has the machine with its key, too, and not only the database.
        """
        (self.folder / "audit.json").unlink()
        self.sequencer = open_sequencer(self.engine, self.publisher)
        with self.engine.begin() as tx:
            n, h = _rehash(tx, first)
            now = own_heads(tx)[0]
            head = msgspec.structs.replace(now, n=n, h=h.hex())
            if with_key:
                seal = self.publisher.seal
                head = make_head(now.chain, now.epoch, now.since, n, h, datetime.now(UTC), seal)
            forged = {"n": n, "h": h, "head": msgspec.json.encode(head).decode()}
            tx.execute(text("UPDATE audit_chains SET n = :n, h = :h, head = :head"), forged)


def _rehash(tx: Connection, first: int) -> tuple[int, bytes]:
    before = tx.execute(select(acts.c.h).where(acts.c.n == first - 1)).scalar_one_or_none() or bytes(32)
    rows = tx.execute(select(acts.c.id, *ACTS.columns).where(acts.c.n >= first).order_by(acts.c.id)).all()
    tx.execute(acts.update().where(acts.c.n >= first).values(n=None, h=None))
    n, h = first - 1, before
    for row in rows:
        n, h = n + 1, link(h, n + 1, ACTS.body(row[1:]))
        tx.execute(acts.update().where(acts.c.id == row.id).values(n=n, h=h))
    return n, h


@contextmanager
def history_on_sqlite(folder: Path) -> Iterator[History]:
    shutil.copy(migrated_file(), folder / "central.db")
    yield from _history(sqlite_url(folder), folder)


@contextmanager
def history_on_postgresql(url: str, folder: Path) -> Iterator[History]:
    yield from _history(empty(url), folder)


def _history(url: str, folder: Path) -> Iterator[History]:
    engine = open_database(url)
    try:
        yield History(engine, folder)
    finally:
        engine.dispose()


def recomputed(exported: str) -> tuple[int, str]:
    """Return number and hash of the last row of an export, by nothing but hashlib and json."""
    first, *rows, _last = map(json.loads, exported.splitlines())
    n, h = first["start"]["n"], bytes.fromhex(first["start"]["h"])
    for row in rows:
        n += 1
        assert row["n"] == n
        h = hashlib.sha256(b"audit1\0" + h + n.to_bytes(8, "big") + row["body"].encode()).digest()
        assert row["h"] == h.hex()
    return n, h.hex()


def openssl_verifies(head: dict, public_key: bytes, folder: Path) -> bool:
    """Return whether OpenSSL's own command line finds the head signed: Ed25519 over seven lines."""
    lines = ("chain", "epoch", "since", "n", "h")
    at = datetime.fromisoformat(head["time"]).astimezone(UTC).isoformat(timespec="microseconds")
    (folder / "text").write_text("\n".join(["audit-head1", *(str(head[line]) for line in lines), at]))
    (folder / "pem").write_bytes(public_key)
    signature = subprocess.run(
        ["openssl", "base64", "-d", "-A"], input=head["seal"]["signature"].encode(), capture_output=True
    )
    (folder / "signature").write_bytes(signature.stdout)
    command = [
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "pem",
        "-rawin",
        "-in",
        "text",
        "-sigfile",
        "signature",
    ]
    return subprocess.run(["openssl", *command], cwd=folder, capture_output=True).returncode == 0


def pem(key) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
