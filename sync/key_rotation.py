"""A new key takes the place of the kiosk's own, here and at the centre, whatever is cut off in between."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sync.answers import CentralRefusedError
from sync.client import CentralClient
from sync.identity import Identity
from sync.keys import identity_key
from sync.keys.identity_key import KeptKey
from sync.protocol.algorithms import SigningKey
from sync.protocol.key_rotation import ROTATE_KEY, key_request


def rotate(kiosk_id: str, folder: Path, client: Callable[[Identity], CentralClient]) -> KeptKey:
    """Return the key that signs from now on. The one before signs until the centre knows the new one.

    :raises CentralRefusedError, CentralUnreachableError: the same again goes on from where this was, as it does after
        a power cut. KeyUnusableHereError, KeyMissingError: there can be no other key.
    """
    old = identity_key.opened(folder)
    new = identity_key.successor(folder, old)
    request = key_request(kiosk_id, old.key.key_id, new.key)

    def ask(key: SigningKey) -> None:
        with closing(client(Identity(kiosk_id, key))) as centre:
            centre.call(ROTATE_KEY, request)

    try:
        ask(old.key)
    except CentralRefusedError as refusal:
        if refusal.code != "signature-wrong":
            raise
        # Perhaps the centre's answer was lost before: then it knows the new key only.
        ask(new.key)
    identity_key.replace(folder, old, new)
    return new
