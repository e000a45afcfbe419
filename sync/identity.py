"""Who this kiosk is to the centre: its Ed25519 key, made on first use and never sent anywhere."""

import base64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.protocol import seal, secret_file, signature
from sync.protocol.messages import Delivery, Event


class Identity:
    """The kiosk's number and its key; it signs requests, and seals events."""

    def __init__(
        self, kiosk_id: str, key: Ed25519PrivateKey, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.kiosk_id = kiosk_id
        self._key = key
        self.now = now

    @classmethod
    def of(cls, kiosk_id: str, folder: Path) -> "Identity":
        """Return the identity kept in ``folder``; make it on first use.

        :raises SecretFileError: others can read the key, or the file is not whole.
        """
        secret = secret_file.read_or_create(folder / "identity.key")
        return cls(kiosk_id, Ed25519PrivateKey.from_private_bytes(secret))

    @property
    def public_key(self) -> str:
        """The public key as ``kiosk-central enrol`` takes it: base64 of 32 bytes."""
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    @property
    def fingerprint(self) -> str:
        """What people at the kiosk and at the centre compare before it is enrolled."""
        return signature.key_id(self._key.public_key())

    def sign(self, method: str, path: str, body: bytes) -> dict[str, str]:
        """Return the headers that sign a request of this kiosk."""
        return signature.sign(self._key, self.kiosk_id, method, path, body, self.now())

    def seal(self, install_epoch: str, events: Sequence[Event]) -> Delivery:
        """Return the delivery of events of this kiosk, under its seal."""
        return seal.seal(self._key, self.kiosk_id, install_epoch, events)
