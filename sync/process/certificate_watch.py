"""Watches how long this kiosk's TLS certificate is still good: without one the centre no longer hears from it."""

from datetime import datetime, timedelta

import structlog

from sync.protocol.events import TlsCertificateExpiring
from sync.store import Store
from sync.store.alarms import raise_alarm
from sync.store.meta import get_meta, set_meta
from sync.store.transaction import format_time
from sync.tls import Tls, TlsError

WARNED_BEFORE = timedelta(days=30)
WARNED = "tls_certificate_warned"
"""Of which certificate staff were warned, by its fingerprint."""

log = structlog.get_logger(__name__)


def watch(store: Store, tls: Tls, at: datetime) -> None:
    """Raise an alarm, once for each certificate, when it ends within ``WARNED_BEFORE`` of ``at``."""
    try:
        found = tls.certificate()
    except TlsError as error:
        log.error("tls_certificate_unreadable", reason=str(error))
        return
    if found is None or found.not_after - at > WARNED_BEFORE or get_meta(store, WARNED) == found.fingerprint:
        return
    log.warning("tls_certificate_expiring", not_after=format_time(found.not_after))
    with store.transaction() as tx:
        set_meta(tx, WARNED, found.fingerprint)
        raise_alarm(tx, TlsCertificateExpiring(not_after=format_time(found.not_after)))
