"""What the centre publishes with: its key for manifests, the key of the cards' hashes, the folder of snapshots.

All workers of a centre need the same: they share the data folder.
"""

import base64
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from sync.protocol import seal, secret_file
from sync.protocol.algorithms import Ed25519Key
from sync.protocol.messages import Seal
from sync.protocol.seal import SealError


class Publisher(Struct, frozen=True):
    """The keys and the folder.

    :param card_key: 32 bytes; who has it and a card's identity can look the card up in the list.
    """

    key: Ed25519PrivateKey
    card_key: bytes
    snapshots: Path

    @property
    def public_key(self) -> str:
        """What kiosks verify manifests with: base64 of 32 bytes."""
        return base64.b64encode(self.key.public_key().public_bytes_raw()).decode()

    def seal(self, statement: bytes) -> Seal:
        """Return the seal of the key for manifests over ``statement``."""
        return seal.seal_of(Ed25519Key(self.key), statement)

    def sealed(self, made: Seal, statement: bytes) -> bool:
        """Return whether the key for manifests made this seal over ``statement``."""
        key = Ed25519Key(self.key)
        try:
            seal.verify(made, statement, key.algorithm, key.public_key)
        except SealError:
            return False
        return True

    def __repr__(self) -> str:
        return f"Publisher({self.snapshots})"


def open_publisher(data: Path, *, create: bool = True) -> Publisher:
    """Return the publisher whose keys are kept in ``data``; with ``create`` make them on first use.

    :raises SecretFileError: a key is missing, others can read it, or its file is not whole.
    """
    key = Ed25519PrivateKey.from_private_bytes(secret_file.opened(data / "feed.key", create=create))
    return Publisher(key, secret_file.opened(data / "card.key", create=create), data / "snapshots")
