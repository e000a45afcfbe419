"""Whether the tables of today agree with the acts: a document that was changed, or revoked by nobody.

The chain shows that no act was changed; this shows that nothing was changed without an act.
"""

import hashlib
from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, exists, select

from central.store.tables import acts, certificates, kiosks

ROWS_AT_ONCE = 1_000


def contradictions(connection: Connection) -> Iterator[tuple[str, str]]:
    """Yield what contradicts the acts: a document's or a kiosk's number, and how."""
    yield from _documents(connection)
    d, k = certificates.c, kiosks.c
    revoked = exists().where(acts.c.act == "document-revoked", acts.c.subject == d.number)
    for wanted, fault in (
        (select(d.number).where(d.revoked_at.is_(None), revoked), "was revoked, and is shown as valid"),
        (select(d.number).where(d.revoked_at.is_not(None), ~revoked), "is shown as revoked, by nobody"),
        (select(k.id).where(k.revoked_at.is_(None), _is_shut_out()), "was revoked, and may send requests"),
    ):
        for number in connection.execute(wanted).scalars():
            yield str(number), fault


def _is_shut_out() -> ColumnElement[bool]:
    """Return whether a kiosk was revoked, and nobody has let it in since."""
    revoked, let_in = acts.alias(), acts.alias()
    since = exists().where(
        let_in.c.subject == kiosks.c.id,
        let_in.c.act.in_(("kiosk-approved", "kiosk-enrolled")),
        let_in.c.id > revoked.c.id,
    )
    return exists().where(revoked.c.subject == kiosks.c.id, revoked.c.act == "kiosk-revoked", ~since)


def _documents(connection: Connection) -> Iterator[tuple[str, str]]:
    """Compare each document with the hash that was recorded when it was issued."""
    joined = acts.outerjoin(certificates, certificates.c.number == acts.c.subject)
    wanted = select(acts.c.subject, acts.c.digest, certificates.c.document).select_from(joined)
    issued = wanted.where(acts.c.act == "document-issued", acts.c.digest != "")
    for number, digest, document in connection.execute(issued.execution_options(yield_per=ROWS_AT_ONCE)):
        if document is None:
            yield number, "was issued, and is not there"
        elif hashlib.sha256(document.encode()).hexdigest() != digest:
            yield number, "is not what was issued"
