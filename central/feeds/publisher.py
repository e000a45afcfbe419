"""What the centre publishes with: its keys for manifests, the key of the cards' hashes, the folder of snapshots.

All workers of a centre need the same: they share the data folder.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from central.keys.providers import IN_FILES, KeyProviders, KeySettings
from central.keys.ring import KeyRing, SigningKeys, open_ring
from sync.protocol import seal
from sync.protocol.centre_keys import CentreKey
from sync.protocol.messages import Seal
from sync.protocol.seal import SealError


class Publisher(Struct, frozen=True):
    """The keys and the folder.

    :param documents: the keys that documents are signed with, of which kiosks are told.
    :param card_key: 32 bytes; who has it and a card's identity can look the card up in the list.
    """

    keys: SigningKeys
    documents: SigningKeys
    card_key: bytes
    snapshots: Path

    @property
    def public_key(self) -> str:
        """What kiosks verify manifests with now, as it is handed on to them."""
        number = self.keys.signing(datetime.now(UTC)).number
        return next(key.written for key in self.keys.listed() if key.number == number)

    def listed_keys(self) -> Sequence[CentreKey]:
        """Return every key that kiosks are told of."""
        return (*self.keys.listed(), *self.documents.listed())

    def seal(self, statement: bytes) -> Seal:
        """Return the seal of the key for manifests over ``statement``."""
        return seal.seal_of(self.keys.signing(datetime.now(UTC)).private, statement)

    def sealed(self, made: Seal, statement: bytes) -> bool:
        """Return whether a key for manifests, of today or before, made this seal over ``statement``."""
        return any(_made(key, made, statement) for key in self.keys.listed())

    def __repr__(self) -> str:
        return f"Publisher({self.snapshots})"


def _made(key: CentreKey, made: Seal, statement: bytes) -> bool:
    try:
        seal.verify(made, statement, key.algorithm, key.octets)
    except SealError:
        return False
    return True


def open_publisher(data: Path, settings: KeySettings = IN_FILES, *, create: bool = True) -> Publisher:
    """Return the publisher whose keys belong to the centre in ``data``; with ``create`` make them on first use.

    :raises SecretFileError, KeyListError: a key is missing, others can read it, or it is not whole.
    """
    providers = KeyProviders(data, settings)
    feed = open_ring("feed", providers, create=create)
    documents = KeyRing("certificate", providers)
    return Publisher(feed, documents, providers.secret("card", create=create), data / "snapshots")
