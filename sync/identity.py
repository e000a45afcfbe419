"""Who this kiosk is to the centre: its key, made on first use and never sent anywhere."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.protocol import algorithms, seal, secret_file, signature
from sync.protocol.algorithms import Ed25519Key, SigningKey
from sync.protocol.messages import Delivery, Event, Seal
from sync.protocol.seal import SealError
from sync.protocol.signature import Target


class Identity:
    """The kiosk's number and its key; it signs requests, and seals events."""

    def __init__(self, kiosk_id: str, key: SigningKey) -> None:
        self.kiosk_id = kiosk_id
        self._key = key

    @classmethod
    def of(cls, kiosk_id: str, folder: Path) -> "Identity":
        """Return the identity kept in ``folder``; make it on first use.

        :raises SecretFileError: others can read the key, or the file is not whole.
        """
        secret = secret_file.read_or_create(folder / "identity.key")
        return cls(kiosk_id, Ed25519Key(Ed25519PrivateKey.from_private_bytes(secret)))

    @property
    def algorithm(self) -> str:
        """What its key signs with."""
        return self._key.algorithm

    @property
    def public_key(self) -> str:
        """The public key as ``kiosk-central enrol`` takes it: base64."""
        return algorithms.as_text(self._key.public_key)

    @property
    def fingerprint(self) -> str:
        """What people at the kiosk and at the centre compare before it is enrolled."""
        return self._key.key_id

    def sign(self, method: str, url: str, body: bytes, at: datetime | None = None) -> dict[str, str]:
        """Return the headers that sign a request of this kiosk to a whole ``url``, this once.

        :param at: the date that it bears; without one, the machine's.
        """
        return signature.sign(self._key, self.kiosk_id, Target.of(method, url), body, at or datetime.now(UTC))

    def seal_text(self, text: bytes) -> Seal:
        """Return the seal of the kiosk's key over ``text``."""
        return seal.seal_of(self._key, text)

    def sealed(self, made: Seal, text: bytes) -> bool:
        """Return whether the kiosk's key made this seal over ``text``."""
        try:
            seal.verify(made, text, self.algorithm, self._key.public_key)
        except SealError:
            return False
        return True

    def seal(self, install_epoch: str, events: Sequence[Event]) -> Delivery:
        """Return the delivery of events of this kiosk, under its seal."""
        return seal.seal(self._key, self.kiosk_id, install_epoch, events)
