"""Signing with keys that never leave a security module, through its PKCS#11 library."""

import hashlib
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from sync.protocol.algorithms import ECDSA_P256, ED25519, key_id
from text.files import read_file

T = TypeVar("T")

LONGEST_PIN = 1_000
"""Bytes of the file of a PIN."""
CURVES = {ED25519: bytes.fromhex("06032b6570"), ECDSA_P256: bytes.fromhex("06082a8648ce3d030107")}
"""Their names, as EC_PARAMS has them."""
POINT_SIZES = {ED25519: 32, ECDSA_P256: 65}


class TokenError(Exception):
    """The security module does not do what it is asked; the message says what, and never a PIN."""


class TokenSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A token of a PKCS#11 module; its PIN is in a file, or in the systemd credential ``kiosk-central-pin``."""

    module: str
    token: str
    pin_file: str = ""


class TokenKey:
    """A private key in a token."""

    def __init__(self, token: "Token", label: str, algorithm: str, point: bytes) -> None:
        self._token, self._label = token, label
        self.algorithm, self.public_key = algorithm, point
        self.key_id = key_id(algorithm, point)

    def sign(self, data: bytes) -> bytes:
        """Return the signature of ``data``.

        :raises TokenError: the token does not sign.
        """
        from pkcs11 import Mechanism

        if self.algorithm == ED25519:
            return self._token.sign(self._label, data, Mechanism.EDDSA)
        return self._token.sign(self._label, hashlib.sha256(data).digest(), Mechanism.ECDSA)


class Token:
    """One token; any thread and any forked process may use it."""

    def __init__(self, settings: TokenSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._session: Any = None
        self._process = 0
        self._refused = b""

    def find(self, label: str) -> TokenKey | None:
        """Return the key of this label; None when there is none.

        :raises TokenError: the token cannot be used.
        """
        from pkcs11 import Attribute, KeyType, NoSuchKey, ObjectClass

        with self._lock:
            try:
                public = self._opened().get_key(object_class=ObjectClass.PUBLIC_KEY, label=label)
            except NoSuchKey:
                return None
            algorithm = ED25519 if public.key_type == KeyType.EC_EDWARDS else ECDSA_P256
            return TokenKey(self, label, algorithm, _point(public[Attribute.EC_POINT], algorithm))

    def make(self, label: str, algorithm: str) -> TokenKey:
        """Make a key that cannot leave the token.

        :raises TokenError: the token cannot be used, or makes no such keys.
        """
        from pkcs11 import Attribute, KeyType, Mechanism, PKCS11Error

        if algorithm not in CURVES:
            raise TokenError(
                f"no keys of {algorithm} are made through PKCS#11 here; see docs/dependencies.md"
            )
        kinds = {
            ED25519: (KeyType.EC_EDWARDS, Mechanism.EC_EDWARDS_KEY_PAIR_GEN),
            ECDSA_P256: (KeyType.EC, Mechanism.EC_KEY_PAIR_GEN),
        }
        kind, how = kinds[algorithm]
        with self._lock:
            try:
                curve = {Attribute.EC_PARAMS: CURVES[algorithm]}
                parameters = self._opened().create_domain_parameters(kind, curve, local=True)
                parameters.generate_keypair(mechanism=how, store=True, label=label, id=label.encode())
            except PKCS11Error as error:
                self._close()
                raise self._trouble(error) from error
        made = self.find(label)
        assert made
        return made

    def sign(self, label: str, data: bytes, mechanism: Any) -> bytes:
        """Return the signature of the private key of this label; a session that was lost is opened once more.

        :raises TokenError: the token does not sign.
        """
        from pkcs11 import ObjectClass

        def signature(session: Any) -> bytes:
            key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=label)
            return bytes(key.sign(data, mechanism=mechanism))

        return self.use(signature)

    def use(self, job: Callable[[Any], T]) -> T:
        """Return what ``job`` makes of this token's session; one that was lost is opened once more.

        :raises TokenError: the token does not do it.
        """
        from pkcs11 import PKCS11Error

        with self._lock:
            for is_last in (False, True):
                try:
                    return job(self._opened())
                except PKCS11Error as error:
                    self._close()
                    if is_last:
                        raise self._trouble(error) from error
        raise AssertionError("unreachable")

    def _close(self) -> None:
        """End a session that failed: as long as it is open, nobody logs in again."""
        from pkcs11 import PKCS11Error

        session, self._session = self._session, None
        if session is not None:
            with suppress(PKCS11Error):
                session.close()

    def _opened(self) -> Any:
        """Return this process's own session: a forked one must not use its parent's."""
        import pkcs11

        if self._session is None or self._process != os.getpid():
            pin = self._pin()
            try:
                module = pkcs11.lib(self._settings.module)
                if self._process not in (0, os.getpid()):
                    module.reinitialize()  # the parent's log-in is none of ours
                token = module.get_token(token_label=self._settings.token)
                self._session = token.open(user_pin=pin, rw=True)
            except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange) as error:
                self._refused = _digest(pin)
                raise self._trouble(error) from error
            except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
                raise self._trouble(error) from error
            self._process = os.getpid()
        return self._session

    def _pin(self) -> str:
        """Return the PIN. One that the token has refused is not tried again: a few wrong ones lock it for good."""
        credential = Path(os.environ.get("CREDENTIALS_DIRECTORY", "/nonexistent"), "kiosk-central-pin")
        path = Path(self._settings.pin_file) if self._settings.pin_file else credential
        try:
            pin = read_file(path, LONGEST_PIN).decode().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise self._trouble(error) from error
        if _digest(pin) == self._refused:
            raise TokenError(
                f"token {self._settings.token!r} refused the PIN in {path}: correct it, it is not tried again"
            )
        return pin

    def _trouble(self, error: Exception) -> TokenError:
        reason = getattr(error, "strerror", None) or type(error).__name__
        return TokenError(f"token {self._settings.token!r} of {self._settings.module}: {reason}")


@cache
def token_of(settings: TokenSettings) -> Token:
    """Return the token of these settings; always the same, for its one session."""
    return Token(settings)


def _digest(pin: str) -> bytes:
    return hashlib.sha256(pin.encode()).digest()


def _point(value: bytes, algorithm: str) -> bytes:
    """Return a public key's octets; most modules wrap them as an OCTET STRING, as the standard says."""
    return bytes(value)[-POINT_SIZES[algorithm] :]
