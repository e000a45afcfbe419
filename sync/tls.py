"""TLS to the centre: whom this kiosk trusts there, and the certificate by which it is known; renewed while it runs."""

import ssl
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
import structlog

from sync.tls_files import TlsFiles
from text.files import read_file, require_file

if TYPE_CHECKING:
    from sync.protocol.client_certificate import ClientCertificate

LONGEST = 100_000
"""Bytes of a file of certificates or of a key."""
Written = tuple[tuple[int, int, int], ...]
"""What tells of each file that it was replaced: its number, its size, and when it was written."""

log = structlog.get_logger(__name__)


class TlsError(Exception):
    """A certificate or a key for the way to the centre cannot be used; the message names the file and what to do."""


class Tls:
    """The TLS of every connection to the centre. Any thread may use it.

    :raises TlsError: a file is missing, is not what it should be, or others can read the key.
    """

    def __init__(self, files: TlsFiles = TlsFiles()) -> None:  # noqa: B008 it never changes
        self._files = files
        self._renewing = threading.Lock()
        self._taken: Written = ()
        self._refused: Written = ()
        if files.ca:
            _trust(_bare_context(), files.ca)
        if self._pair:
            _prove(_bare_context(), *self._pair)

    @cached_property
    def context(self) -> ssl.SSLContext:
        """The one context of all connections; without a private CA, it trusts the public ones."""
        context = _bare_context()
        _trust(context, self._files.ca or Path(certifi.where()))
        if self._pair:
            self._taken = _written(*self._pair)
            _prove(context, *self._pair)
        return context

    def renew(self) -> None:
        """Take a certificate and key that were replaced for the next connection; keep the old while they do not fit."""
        if not self._pair:
            return
        with self._renewing:
            context, now = self.context, _written(*self._pair)
            if now in (self._taken, self._refused):
                return
            try:
                # A context that refused a pair has lost the one before: it is tried on another.
                _prove(_bare_context(), *self._pair)
                _prove(context, *self._pair)
            except TlsError as error:
                self._refused = now
                log.warning("tls_certificate_not_renewed", reason=str(error))
            else:
                self._taken = now
                log.info("tls_certificate_renewed", certificate=str(self._pair[0]))

    def certificate(self) -> "ClientCertificate | None":
        """Return what the certificate that would be used next says of itself; None where there is none.

        :raises TlsError: the file is not a certificate.
        """
        # It loads more than a window needs.
        from sync.protocol.client_certificate import CertificateError, read

        if not self._files.certificate:
            return None
        try:
            return read(_content(self._files.certificate))
        except CertificateError as error:
            raise TlsError(f"{self._files.certificate}: {error}") from error

    @property
    def _pair(self) -> tuple[Path, Path] | None:
        files = self._files
        return (files.certificate, files.key) if files.certificate and files.key else None


def _bare_context() -> ssl.SSLContext:
    """Return a context that trusts nobody yet, and wants a certificate of that host name."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _trust(context: ssl.SSLContext, ca: Path) -> None:
    try:
        require_file(ca, 10 * LONGEST)
        context.load_verify_locations(ca)
    except ssl.SSLError as error:
        raise TlsError(f"{ca}: there is no CA certificate in it, in PEM") from error
    except OSError as error:
        raise TlsError(f"{ca}: {error.strerror}") from error


def _prove(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    """Let ``context`` prove itself with a certificate and its key."""
    _require_secret(key)
    _content(certificate)
    try:
        context.load_cert_chain(certificate, key, password=lambda: "")  # nobody is there to be asked for one
    except ssl.SSLError as error:
        raise TlsError(
            f"{certificate} and {key} are not a certificate and its own key, in PEM and without a password;"
            " put the pair there that belongs together"
        ) from error
    except OSError as error:
        raise TlsError(f"{certificate}, {key}: {error.strerror}") from error


def _require_secret(key: Path) -> None:
    _content(key)
    if key.stat().st_mode & 0o077:
        raise TlsError(f"{key}: others can read this key; chmod 600 it, or better replace it")


def _content(path: Path) -> bytes:
    try:
        return read_file(path, LONGEST)
    except OSError as error:
        raise TlsError(f"{path}: {error.strerror}") from error


def _written(*paths: Path) -> Written:
    try:
        found = [path.stat() for path in paths]
    except OSError:
        return ()
    return tuple((each.st_ino, each.st_size, each.st_mtime_ns) for each in found)
