"""A kiosk's client, and a request for it."""

from sync.client import (
    TIMEOUT,
    CentralClient,
    Timeout,
)
from sync.identity import Identity
from sync.protocol.algorithms import Ed25519Key
from sync.protocol.certificates import IssueRequest
from tests.people import WANG

REQUEST = IssueRequest(
    request_id="r1",
    kind="participation",
    region="610200",
    card_identity="0" * 32,
    id_number=WANG.id_number,
    verified_by="card+pin",
)


def client_of(port: int, timeout: Timeout = TIMEOUT) -> CentralClient:
    identity = Identity("K1", Ed25519Key.generate())
    return CentralClient(f"http://127.0.0.1:{port}", identity, timeout=timeout)
