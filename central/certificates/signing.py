"""The key that signs certificates. It stays at the centre: a kiosk only prints what was signed here."""

import base64
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct, field

from central.certificates.serials import Serials
from central.store.witness import Witness
from sync.protocol import certificate_code, secret_file
from sync.protocol.certificate_code import CertificateCode

KEY_ID = 1
log = structlog.get_logger(__name__)


class Issuer(Struct, frozen=True):
    """Who issues certificates: its key, the public site where anybody can verify one, and what numbers them."""

    key: Ed25519PrivateKey
    public_url: str
    serials: Serials = field(default_factory=Serials)

    @property
    def host(self) -> str:
        """The site's name, as printed for people to type."""
        return urlsplit(self.public_url).netloc

    def verify_url(self, code: str) -> str:
        """Return the page of the certificate with this 校验码."""
        return f"{self.public_url.rstrip('/')}/verify/{code}"

    def qr(self, code: str, content: CertificateCode) -> str:
        """Return the text of the QR code: the page's address, and the signed content as its fragment."""
        return f"{self.verify_url(code)}#{certificate_code.sign(content, self.key)}"


def open_issuer(data: Path, public_url: str, *, create: bool = True) -> Issuer:
    """Return the issuer whose key is kept in ``data``; with ``create`` make the key on first use.

    :raises SecretFileError: there is no key, others can read it, or its file is not whole.
    """
    return Issuer(_key(data, create=create), public_url, Serials(Witness(data / "serials.json")))


def public_keys(data: Path) -> dict[str, str]:
    """Return the keys to verify certificates with: base64 of 32 bytes, by their number in the QR code.

    :raises SecretFileError: there is no key, others can read it, or its file is not whole.
    """
    return {str(KEY_ID): base64.b64encode(_key(data, create=False).public_key().public_bytes_raw()).decode()}


def _key(data: Path, *, create: bool) -> Ed25519PrivateKey:
    path = data / "certificate.key"
    log.warning("certificate_key_in_file", path=str(path), advice="for demonstrations; use a crypto module")
    return Ed25519PrivateKey.from_private_bytes(secret_file.opened(path, create=create))
