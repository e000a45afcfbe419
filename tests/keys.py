"""Keys of a centre, without the files of one."""

import os
from collections.abc import Sequence
from datetime import datetime

from central.keys.ring import NumberedKey
from sync.protocol import algorithms
from sync.protocol.algorithms import ED25519, SigningKey
from sync.protocol.centre_keys import CentreKey, Role


def a_key(algorithm: str = ED25519) -> SigningKey:
    return algorithms.private_key(algorithm, os.urandom(32))


def known(key: SigningKey, role: Role = "certificate", number: int = 1, **validity) -> CentreKey:
    """Return what the centre publishes of a key."""
    public = algorithms.as_text(key.public_key)
    return CentreKey(role=role, number=number, algorithm=key.algorithm, public=public, **validity)


class OneKey:
    """The keys of one role: one, which always signs."""

    def __init__(
        self, private: SigningKey | None = None, role: Role = "certificate", number: int = 1
    ) -> None:
        self.private, self.number = private or a_key(), number
        self.known = known(self.private, role, number)

    def signing(self, at: datetime) -> NumberedKey:
        return NumberedKey(self.number, self.private)

    def listed(self) -> Sequence[CentreKey]:
        return (self.known,)
