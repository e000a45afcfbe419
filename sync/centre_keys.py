"""The centre's public keys as this kiosk has learnt them from the last manifest that it believed."""

from collections.abc import Sequence

import msgspec

from sync.protocol.centre_keys import CentreKey
from sync.store.meta import Rows, get_meta, set_meta
from sync.store.transaction import Transaction

KEYS = "centre_keys"


def learn_keys(tx: Transaction, keys: Sequence[CentreKey]) -> None:
    """Know these keys from now on, and no others."""
    set_meta(tx, KEYS, msgspec.json.encode(keys).decode())


def known_keys(store: Rows) -> Sequence[CentreKey]:
    """Return the keys of both roles; none before the first manifest."""
    text = get_meta(store, KEYS)
    return msgspec.json.decode(text, type=tuple[CentreKey, ...]) if text else ()
