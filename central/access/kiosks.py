"""Kiosk authentication: which kiosks are enrolled, and the check of their signatures."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, union_all, update

from central.access import client_certificates
from central.access.terminals import Terminal, terminal
from central.access.visits import Visit
from central.store.acts import Actor
from central.store.refusals import RefusedError
from central.store.tables import invitations, kiosk_keys, kiosks, terminals
from sync.protocol import algorithms, signature
from sync.protocol.algorithms import ED25519, Ed25519Key, P256Key
from sync.protocol.messages import Identifier
from sync.protocol.signature import FormerSignatureError, SignatureError, Signed, Target

VERSION_LENGTH = 80
NOTED_EVERY = timedelta(minutes=1)
"""How often a kiosk's contact is recorded: on SQLite, a request that writes nothing blocks no other."""
CLOCK_MOVED = 1.0  # seconds
LARGEST_CLOCK_ERROR = timedelta(minutes=5)
"""How far a request's date may be from the centre's time, where it has to be of now."""
NOBODY = {key.algorithm: key.public_key for key in (Ed25519Key.generate(), P256Key.generate())}
"""Keys whose secrets are gone: checked for a kiosk that there is not, so that nobody can tell it from one that is."""
# Put together once: every request needs them.
KNOWN = select(kiosks, terminals.c.channel, terminals.c.regions, terminals.c.acts).join_from(
    kiosks, terminals, kiosks.c.id == terminals.c.kiosk_id, isouter=True
)
ENROLLED = KNOWN.add_columns(client_certificates.accepted_of(kiosks.c.id).label("certificates"))
FIND = ENROLLED.where(kiosks.c.id == bindparam("kiosk"))
FIND_ALL = ENROLLED.where(kiosks.c.id.in_(bindparam("kiosks", expanding=True)))
# The lock makes a kiosk's own repeats wait for each other, so that they are seen as repeats. It is not the row's: what
# a kiosk asks for in one lane must not hold up what it says in another.
TURN = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("turn"), 0)))
SEEN = (
    update(kiosks)
    .where(
        # The transaction that holds the row records it, or the next request does.
        kiosks.c.id.in_(
            select(kiosks.c.id).where(kiosks.c.id == bindparam("kiosk")).with_for_update(skip_locked=True)
        )
    )
    .values(last_seen_at=bindparam("at"), clock_skew=bindparam("skew"), version=bindparam("by"))
)


class EnrolmentError(Exception):
    """The kiosk cannot be invited, enrolled or revoked; the message says why."""


class Caller(Struct, frozen=True):
    """The kiosk that signed a request, with which key, and how many seconds its clock is ahead of ours, if known.

    ``nonce`` was signed at ``created``, this once. ``needs_update`` says that the recorded contact is outdated, or a
    minute old. ``terminal`` is what it was approved for, ``visit`` what a request about a person rests on.
    """

    kiosk_id: str
    clock_skew: float | None
    algorithm: str
    public_key: bytes
    nonce: str = ""
    created: datetime | None = None
    version: str = ""
    needs_update: bool = False
    terminal: Terminal = Terminal()
    visit: Visit | None = None

    @property
    def proven(self) -> Visit:
        """The visit of a call with a proof: without one, nothing gets as far as this."""
        assert self.visit is not None
        return self.visit

    def actor(self, at: datetime, proof: str = "") -> Actor:
        """Return the terminal as the one who does something, for a citizen who has shown ``proof``."""
        return Actor(self.kiosk_id, self.terminal.channel, at, "terminal", proof)

    @property
    def key_id(self) -> str:
        """The fingerprint of the key."""
        return algorithms.key_id(self.algorithm, self.public_key)


class KioskStatus(Struct, frozen=True):
    """Status of a kiosk at the centre; ``waiting`` is the fingerprint of a key that nobody approved yet.

    ``told_region`` is where it says that it stands; the rest is what it was approved for.
    """

    id: str
    state: str
    fingerprint: str | None = None
    waiting: str | None = None
    last_seen_at: datetime | None = None
    clock_skew: float | None = None
    version: str = ""
    told_region: str | None = None
    channel: str | None = None
    regions: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()


def enrol(
    tx: Connection,
    kiosk_id: str,
    public_key: str,
    at: datetime,
    certificate: str | None = None,
    algorithm: str = ED25519,
) -> None:
    """Enrol a kiosk; a reinstalled one is enrolled again, with its new key.

    :param public_key: base64 of its octets.
    :param certificate: the SHA-256 of a TLS client certificate that it may come with, where a proxy checks those.
    :raises ClientCertificateError: that is another kiosk's.
    :raises EnrolmentError: that is no key of this algorithm, or not a kiosk's number.
    """
    try:
        msgspec.convert(kiosk_id, Identifier)
        name = fingerprint(algorithm, public_key)
    except ValueError as error:
        raise EnrolmentError(f"not a kiosk's number and its public key: {kiosk_id} {public_key}") from error
    about = {"algorithm": algorithm, "public_key": public_key, "enrolled_at": at}
    _keep_key(tx, kiosk_id, name, about)
    tx.execute(delete(kiosks).where(kiosks.c.id == kiosk_id))
    tx.execute(insert(kiosks).values(id=kiosk_id, **about))
    if certificate:
        client_certificates.accept(tx, kiosk_id, certificate, at)


def replace_key(tx: Connection, kiosk_id: str, algorithm: str, public_key: str, at: datetime) -> None:
    """Let another key sign for a kiosk that stays enrolled as it was; seals of the one before stay proven.

    :param public_key: base64 of its octets, which are a key of this algorithm.
    """
    about = {"algorithm": algorithm, "public_key": public_key}
    _keep_key(tx, kiosk_id, fingerprint(algorithm, public_key), about | {"enrolled_at": at})
    tx.execute(update(kiosks).where(kiosks.c.id == kiosk_id).values(about))


def _keep_key(tx: Connection, kiosk_id: str, name: str, about: Mapping[str, Any]) -> None:
    known = (kiosk_keys.c.kiosk_id == kiosk_id) & (kiosk_keys.c.key_id == name)
    tx.execute(delete(kiosk_keys).where(known))
    tx.execute(insert(kiosk_keys).values(kiosk_id=kiosk_id, key_id=name, **about))


def revoke(tx: Connection, kiosk_id: str, at: datetime) -> None:
    """Block a kiosk, and invalidate its open invitation and its certificates.

    :raises EnrolmentError: there is no such kiosk.
    """
    invited = tx.execute(delete(invitations).where(invitations.c.kiosk_id == kiosk_id)).rowcount
    revoked = tx.execute(update(kiosks).where(kiosks.c.id == kiosk_id).values(revoked_at=at)).rowcount
    if not invited + revoked:
        raise _unknown(kiosk_id)
    client_certificates.revoke_all(tx, kiosk_id)


def require_known(connection: Connection, kiosk_id: str) -> None:
    """Continue only for a kiosk that was ever invited or enrolled: a mistyped number must not become one.

    :raises EnrolmentError: there is none of this number.
    """
    either = union_all(
        select(kiosks.c.id).where(kiosks.c.id == kiosk_id),
        select(invitations.c.kiosk_id).where(invitations.c.kiosk_id == kiosk_id),
    )
    if connection.execute(either).first() is None:
        raise _unknown(kiosk_id)


def statuses(connection: Connection) -> list[KioskStatus]:
    """Return every kiosk that was ever invited or enrolled."""
    found = {row.id: _status(row) for row in connection.execute(KNOWN)}
    for row in connection.execute(select(invitations).where(invitations.c.approved_at.is_(None))):
        waiting = row.public_key and fingerprint(row.algorithm, row.public_key)
        known = found.get(row.kiosk_id, KioskStatus(row.kiosk_id, "pending" if waiting else "invited"))
        found[row.kiosk_id] = msgspec.structs.replace(known, waiting=waiting, told_region=row.region)
    return [found[kiosk_id] for kiosk_id in sorted(found)]


def fingerprint(algorithm: str, public_key: str) -> str:
    """Name a public key (base64) as the kiosk shows it.

    :raises ValueError: it is no key of this algorithm.
    """
    octets = algorithms.from_text(public_key)
    algorithms.require_key(algorithm, octets)
    return algorithms.key_id(algorithm, octets)


def authenticate(
    connection: Connection,
    headers: Mapping[str, str],
    target: Target,
    body: bytes,
    at: datetime,
    certificate: str | None = None,
    *,
    timeless: bool = False,
    turn: str | None = None,
) -> Caller:
    """Return the kiosk that signed the request.

    :param certificate: the TLS client certificate that the proxy before us has checked, as it says it ('' if none);
        None where no proxy checks them.
    :param timeless: it counts whatever its date, which then tells how the kiosk's own clock goes.
    :param turn: until the transaction ends, the kiosk's other requests with the same word wait.
    :raises Refused: it was revoked, or did not sign this, or not now; one that is not enrolled cannot.
    """
    signed = signed_by(headers, target, body)
    row = connection.execute(FIND, {"kiosk": signed.kiosk_id}).one_or_none()
    caller = checked(row, signed, headers, at, certificate, timeless=timeless)
    if turn:
        _wait_for_turn(connection, f"{turn} {caller.kiosk_id}")
    return caller


def checked(
    row: Row[Any] | None,
    signed: Signed,
    headers: Mapping[str, str],
    at: datetime,
    certificate: str | None = None,
    *,
    timeless: bool = False,
) -> Caller:
    """Return the kiosk that signed the request, if it is the enrolled one of ``row``.

    :raises Refused: as ``authenticate`` does.
    """
    key = _key_of(row, signed.algorithm)
    _require_signature(signed, signed.algorithm, key)
    assert row is not None  # nobody signs for NOBODY
    if row.revoked_at is not None:
        raise RefusedError("kiosk-revoked")
    if certificate is not None:
        client_certificates.require(row.certificates, certificate)
    if not timeless and abs(signed.created - at) > LARGEST_CLOCK_ERROR:
        raise RefusedError("clock-off")
    skew = (signed.created - at).total_seconds() if timeless else row.clock_skew
    version = headers.get("user-agent", "")[:VERSION_LENGTH]
    return Caller(
        kiosk_id=row.id,
        clock_skew=skew,
        algorithm=row.algorithm,
        public_key=key,
        nonce=signed.nonce,
        created=signed.created,
        version=version,
        needs_update=_is_news(row, at, skew, version),
        terminal=terminal(row.id, row),
    )


def signed_by(headers: Mapping[str, str], target: Target, body: bytes) -> Signed:
    """Return what a request claims of who signed it.

    :raises Refused: nothing that could be true.
    """
    try:
        return signature.read(headers, target, body)
    except FormerSignatureError as error:
        raise RefusedError("upgrade-required") from error
    except SignatureError as error:
        raise RefusedError("signature-wrong") from error


def _key_of(row: Row[Any] | None, algorithm: str) -> bytes:
    """Return the key to check: for a kiosk that there is not, one that takes as long."""
    if row is not None and row.algorithm == algorithm:
        return algorithms.from_text(row.public_key)
    return NOBODY.get(algorithm, b"")


def _require_signature(signed: Signed, algorithm: str, public_key: bytes) -> None:
    try:
        signature.verify(signed, algorithm, public_key)
    except SignatureError as error:
        raise RefusedError("signature-wrong") from error


def find_all(connection: Connection, kiosk_ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Return those of the kiosks that are enrolled, or were."""
    rows = connection.execute(FIND_ALL, {"kiosks": list(set(kiosk_ids))})
    return {row.id: row for row in rows}


def _wait_for_turn(connection: Connection, turn: str) -> None:
    """Wait for the kiosk's own requests before this one; a stranger, who signs nothing, holds up nobody."""
    if connection.dialect.name == "postgresql":  # SQLite allows only one writer
        connection.execute(TURN, {"turn": turn})


def record_contacts(tx: Connection, callers: Iterable[Caller], at: datetime) -> None:
    """Record that kiosks were heard, how their clocks go and what they run; of one heard twice the last."""
    last = {caller.kiosk_id: caller for caller in callers}
    tx.execute(
        SEEN,
        [
            {"kiosk": kiosk_id, "at": at, "skew": caller.clock_skew, "by": caller.version}
            for kiosk_id, caller in last.items()
        ],
    )


def _unknown(kiosk_id: str) -> EnrolmentError:
    return EnrolmentError(
        f"there is no kiosk {kiosk_id}, and nothing was done; `kiosk-central kiosks` lists them"
    )


def _is_news(row: Any, at: datetime, skew: float | None, version: str) -> bool:
    return (
        row.last_seen_at is None
        or abs(at - row.last_seen_at) >= NOTED_EVERY
        or abs((skew or 0.0) - (row.clock_skew or 0.0)) >= CLOCK_MOVED
        or version != row.version
    )


def applicant(
    headers: Mapping[str, str], target: Target, body: bytes, algorithm: str, public_key: str
) -> str:
    """Return the number of the kiosk that signed a request with a key that it brings itself.

    :raises Refused: that is not a key, or not the one that signed this.
    """
    signed = signed_by(headers, target, body)
    if algorithm not in algorithms.VERIFIERS:
        raise RefusedError("algorithm-unknown")
    _require_signature(signed, algorithm, _octets(public_key))
    return signed.kiosk_id


def _octets(public_key: str) -> bytes:
    try:
        return algorithms.from_text(public_key)
    except ValueError as error:
        raise RefusedError("signature-wrong") from error


def _status(row: Any) -> KioskStatus:
    return KioskStatus(
        id=row.id,
        state="revoked" if row.revoked_at else "enrolled",
        fingerprint=fingerprint(row.algorithm, row.public_key),
        last_seen_at=row.last_seen_at,
        clock_skew=row.clock_skew,
        version=row.version,
        **msgspec.to_builtins(terminal(row.id, row)),
    )
