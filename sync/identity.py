"""Who this kiosk is to the centre: its key, made on first use and never sent anywhere."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sync.keys import identity_key
from sync.keys.identity_key import CurrentKey
from sync.protocol import algorithms, seal, signature
from sync.protocol.algorithms import SigningKey
from sync.protocol.messages import Delivery, Event, Seal
from sync.protocol.seal import SealError
from sync.protocol.signature import Target


class Identity:
    """The kiosk's number and its key; it signs requests, and seals events."""

    def __init__(self, kiosk_id: str, key: SigningKey | CurrentKey) -> None:
        self.kiosk_id = kiosk_id
        self._kept = key

    @classmethod
    def of(cls, kiosk_id: str, folder: Path) -> "Identity":
        """Return the identity whose key belongs to ``folder``; make it on first use.

        :raises SecretFileError: others can read the key, or it is not whole. KeyMissingError: it is gone.
        """
        key = CurrentKey(folder)
        key()  # what is wrong with it is told now
        return cls(kiosk_id, key)

    @property
    def _key(self) -> SigningKey:
        return self._kept() if isinstance(self._kept, CurrentKey) else self._kept

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
        """Return whether the kiosk's key, or one that it had before, made this seal over ``text``."""
        former = identity_key.former(self._kept.folder) if isinstance(self._kept, CurrentKey) else []
        keys = [(self.algorithm, self._key.public_key), *((each.algorithm, each.octets) for each in former)]
        return any(_is_sealed(made, text, *key) for key in keys)

    def seal(self, install_epoch: str, events: Sequence[Event]) -> Delivery:
        """Return the delivery of events of this kiosk, under its seal."""
        return seal.seal(self._key, self.kiosk_id, install_epoch, events)


def _is_sealed(made: Seal, text: bytes, algorithm: str, public_key: bytes) -> bool:
    try:
        seal.verify(made, text, algorithm, public_key)
    except SealError:
        return False
    return True
