"""SM2 signatures over SM3 (GB/T 32918.2, GM/T 0009) by OpenSSL's libcrypto: ``cryptography`` has none.

Signatures are DER here, as OpenSSL has them.
"""

import ctypes
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import c_int, c_size_t, c_void_p
from functools import cache
from typing import Any, Self

LIBRARY = "libcrypto.so.3"
IDENTITY = b"1234567812345678"
"""The distinguishing identifier that everybody uses. Without one OpenSSL takes an empty one, which others refuse."""
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
"""Of the curve's base point."""
SCALAR, POINT = 32, 65
"""Bytes of a private key, and of a public key: an uncompressed point."""
LONGEST_SIGNATURE = 72
PRIVATE_HEAD, PRIVATE_TAIL = bytes.fromhex("30310201010420"), bytes.fromhex("a00a06082a811ccf5501822d")
"""What is around the scalar in a private key of SEC 1."""
PUBLIC_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
"""What is before the point in a public key of X.509."""

FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "d2i_AutoPrivateKey": (c_void_p, [c_void_p, c_void_p, ctypes.c_long]),
    "d2i_PUBKEY": (c_void_p, [c_void_p, c_void_p, ctypes.c_long]),
    "EVP_PKEY_get_octet_string_param": (
        c_int,
        [c_void_p, ctypes.c_char_p, c_void_p, c_size_t, c_void_p],
    ),
    "EVP_PKEY_free": (None, [c_void_p]),
    "EVP_PKEY_CTX_new": (c_void_p, [c_void_p, c_void_p]),
    "EVP_PKEY_CTX_free": (None, [c_void_p]),
    "EVP_PKEY_CTX_set1_id": (c_int, [c_void_p, c_void_p, c_int]),
    "EVP_MD_CTX_new": (c_void_p, []),
    "EVP_MD_CTX_free": (None, [c_void_p]),
    "EVP_MD_CTX_set_pkey_ctx": (None, [c_void_p, c_void_p]),
    "EVP_sm3": (c_void_p, []),
    "EVP_DigestSignInit": (c_int, [c_void_p] * 5),
    "EVP_DigestSign": (c_int, [c_void_p, c_void_p, c_void_p, c_void_p, c_size_t]),
    "EVP_DigestVerifyInit": (c_int, [c_void_p] * 5),
    "EVP_DigestVerify": (c_int, [c_void_p, c_void_p, c_size_t, c_void_p, c_size_t]),
    "ERR_clear_error": (None, []),
}


class Sm2Error(ValueError):
    """OpenSSL refuses a key, or to sign with it."""


class Sm2UnavailableError(Sm2Error):
    """This machine's OpenSSL is none that knows SM2; the message says what to install."""


class Key:
    """A key as OpenSSL holds it; any thread may use it."""

    def __init__(self, handle: int | None) -> None:
        if not handle:
            _clear_errors()
            raise Sm2Error("this is no key of SM2")
        self._handle = handle
        weakref.finalize(self, _openssl().EVP_PKEY_free, handle)

    @classmethod
    def private(cls, scalar: int) -> Self:
        """Return a private key.

        :raises Sm2Error: the scalar is not between 1 and the curve's order less 2.
        """
        if not 1 <= scalar <= ORDER - 2:
            raise Sm2Error("this is no private key of SM2")
        return cls(_read("d2i_AutoPrivateKey", PRIVATE_HEAD + scalar.to_bytes(SCALAR) + PRIVATE_TAIL))

    @classmethod
    def public(cls, point: bytes) -> Self:
        """Return a public key, an uncompressed point of the curve.

        :raises Sm2Error: it is none.
        """
        if len(point) != POINT or point[0] != 4:
            raise Sm2Error("not an uncompressed point")
        return cls(_read("d2i_PUBKEY", PUBLIC_HEAD + point))

    @property
    def point(self) -> bytes:
        """The public key."""
        point, size = ctypes.create_string_buffer(POINT), c_size_t()
        get = _openssl().EVP_PKEY_get_octet_string_param
        _require(get(self._handle, b"pub", point, POINT, ctypes.byref(size)))
        return point.raw[: size.value]

    def sign(self, data: bytes) -> bytes:
        """Return the signature of ``data``, DER."""
        signature, size = ctypes.create_string_buffer(LONGEST_SIGNATURE), c_size_t(LONGEST_SIGNATURE)
        with _context(self._handle) as context:
            _require(_openssl().EVP_DigestSignInit(context, None, _openssl().EVP_sm3(), None, self._handle))
            made = _openssl().EVP_DigestSign(context, signature, ctypes.byref(size), data, len(data))
            _require(made)
        return signature.raw[: size.value]

    def has_signed(self, signature: bytes, data: bytes) -> bool:
        """Return whether this key made a signature, DER, of ``data``."""
        with _context(self._handle) as context:
            _require(_openssl().EVP_DigestVerifyInit(context, None, _openssl().EVP_sm3(), None, self._handle))
            result = _openssl().EVP_DigestVerify(context, signature, len(signature), data, len(data))
            _clear_errors()
        return bool(result == 1)


@contextmanager
def _context(key: int) -> Iterator[int]:
    """Yield what OpenSSL signs or verifies with, once."""
    openssl = _openssl()
    about_key, context = openssl.EVP_PKEY_CTX_new(key, None), openssl.EVP_MD_CTX_new()
    try:
        _require(openssl.EVP_PKEY_CTX_set1_id(about_key, IDENTITY, len(IDENTITY)))
        openssl.EVP_MD_CTX_set_pkey_ctx(context, about_key)
        yield context
    finally:
        openssl.EVP_MD_CTX_free(context)
        openssl.EVP_PKEY_CTX_free(about_key)


def _read(form: str, der: bytes) -> int | None:
    start = ctypes.cast(ctypes.c_char_p(der), c_void_p)
    handle: int | None = getattr(_openssl(), form)(None, ctypes.byref(start), len(der))
    return handle


def _require(result: int) -> None:
    if result != 1:
        _clear_errors()
        raise Sm2Error("OpenSSL refuses the key")


def _clear_errors() -> None:
    # Python's ssl reads the same queue, and would take an old error for its connection's.
    _openssl().ERR_clear_error()


@cache
def _openssl() -> Any:
    try:
        library = ctypes.CDLL(LIBRARY)
        for name, (result, arguments) in FUNCTIONS.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise Sm2UnavailableError(f"{LIBRARY}, OpenSSL 3 with SM2, is needed: {error}") from error
    return library
