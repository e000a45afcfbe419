"""Applications at a centre that commands are tried on."""

from datetime import UTC, datetime
from pathlib import Path

from central.cases import applications
from central.certificates.signing import open_issuer
from central.store.acts import Actor
from central.store.database import open_database
from central.store.transactions import committed
from tests.central.acts import CLAIM

PUBLIC = ("--public-url", "https://rs.example.gov.cn")


def applied(folder: Path, url: str) -> str:
    """Apply at a kiosk of the centre in ``folder``; return the number, which is one of the centre's own."""
    engine, issuer = open_database(url), open_issuer(folder, PUBLIC[1])
    kiosk = Actor("610200-001", "kiosk", datetime.now(UTC), "terminal", "card+pin")
    receipt = committed(engine, lambda tx: applications.apply(tx, kiosk, CLAIM, issuer))
    engine.dispose()
    return receipt.number
