"""The keys of cards in a security module: the roots never leave it, and what is derived of them dies in it.

PKCS#11 has no SM4 that modules agree on, and SoftHSM has none: a 3.0 card cannot be checked with this provider.
"""

import ctypes
import struct
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from central.cards.card_keys import (
    RESET_HEADER,
    RESET_MAC,
    CardKey,
    CardKeyMissingError,
    Factors,
    Session,
    complement,
    padded,
    pin_reset_plain,
)
from central.keys.token import Token

Job = Callable[[Any], bytes]

BLOCK = 8
BITS = 192
"""Of a key of two halves with the first of them again, as a module takes them all."""


class TokenCardKeys(Struct, frozen=True):
    """Computes with roots in a token, 3DES keys that are labelled IRK-1, RKSSSE-1 and PUK-1."""

    token: Token
    session: Session = "A"

    def internal(self, key: CardKey, factors: Factors, process: bytes, source: bytes) -> bytes:
        """Return the 8 bytes that the card must answer to INTERNAL AUTHENTICATE."""
        return self._with_session_key(key, factors, process, lambda session: _encrypt(session, source))

    def external(self, key: CardKey, factors: Factors, process: bytes, source: bytes) -> bytes:
        """Return the 16 bytes for EXTERNAL AUTHENTICATE: result and source."""
        return self.internal(key, factors, process, source) + source

    def pin_reset(self, key: CardKey, factors: Factors, process: bytes, pin: str) -> bytes:
        """Return the enciphered new PIN and its MAC."""
        plain = pin_reset_plain(pin, BLOCK)
        return self._with_session_key(key, factors, process, lambda session: _reset_message(session, plain))

    def _with_session_key(self, key: CardKey, factors: Factors, process: bytes, job: Job) -> bytes:
        if key.algorithm != "3des":
            raise CardKeyMissingError(f"{key.root} for {key.algorithm}")
        return self.token.use(
            lambda opened: job(self._session_key(_root(opened, key.root), factors, process))
        )

    def _session_key(self, root: Any, factors: Factors, process: bytes) -> Any:
        key = root
        for factor in factors:
            key = _derive(key, factor + complement(factor) + factor)
        second = process if self.session == "A" else complement(process)
        return _derive(key, process + second + process)


def _root(opened: Any, label: str) -> Any:
    from pkcs11 import NoSuchKey, ObjectClass

    try:
        return opened.get_key(object_class=ObjectClass.SECRET_KEY, label=label)
    except NoSuchKey as error:
        raise CardKeyMissingError(label) from error


def _derive(key: Any, data: bytes) -> Any:
    """Return a key of this session of the module, which nobody can read: ``data``, enciphered."""
    from pkcs11 import Attribute, KeyType, Mechanism
    from pkcs11.constants import DEFAULT

    held = ctypes.create_string_buffer(data, len(data))
    # python-pkcs11 knows no parameter of this mechanism: CK_KEY_DERIVATION_STRING_DATA, a pointer and a length.
    parameter = struct.pack("@PL", ctypes.addressof(held), len(data))
    unreadable = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
    usable = {Attribute.DERIVE: True, Attribute.ENCRYPT: True}
    return key.derive_key(
        KeyType.DES3,
        BITS,
        mechanism=Mechanism.DES3_ECB_ENCRYPT_DATA,
        mechanism_param=parameter,
        template={Attribute.VALUE_LEN: DEFAULT, **unreadable, **usable},
    )


def _encrypt(key: Any, data: bytes) -> bytes:
    from pkcs11 import Mechanism

    return bytes(key.encrypt(data, mechanism=Mechanism.DES3_ECB))


def _reset_message(key: Any, plain: bytes) -> bytes:
    from pkcs11 import Mechanism

    enciphered = _encrypt(key, plain)
    chained = key.encrypt(
        padded(RESET_HEADER + enciphered, BLOCK), mechanism=Mechanism.DES3_CBC, mechanism_param=bytes(BLOCK)
    )
    return enciphered + bytes(chained[-BLOCK:][:RESET_MAC])
