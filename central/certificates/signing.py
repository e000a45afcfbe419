"""Who signs documents: the key stays at the centre, a kiosk only prints what was signed here."""

from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct, field

from central.certificates.serials import Serials
from central.keys.providers import IN_FILES, KeyProviders, KeySettings
from central.keys.ring import NumberedKey, SigningKeys, open_ring
from central.store.witness import Witness
from sync.protocol import algorithms, certificate_code
from sync.protocol.certificate_code import CertificateCode
from sync.protocol.documents import Certificate, SignedText


class Issuer(Struct, frozen=True):
    """Who issues certificates: its keys, the public site where anybody can verify one, and what numbers them."""

    keys: SigningKeys
    public_url: str
    serials: Serials = field(default_factory=Serials)

    @property
    def host(self) -> str:
        """The site's name, as printed for people to type."""
        return urlsplit(self.public_url).netloc

    def verify_url(self, code: str) -> str:
        """Return the page of the certificate with this 校验码."""
        return f"{self.public_url.rstrip('/')}/verify/{code}"

    def qr(self, code: str, content: CertificateCode, key: NumberedKey) -> str:
        """Return the text of the QR code: the page's address, and the signed content as its fragment."""
        return f"{self.verify_url(code)}#{certificate_code.sign(content, key.private)}"

    def signed(self, document: str, at: datetime) -> Any:
        """Return a document, JSON, as it is answered: signed as a whole with the key of this moment."""
        key = self.keys.signing(at)
        signature = algorithms.as_text(key.private.sign(document.encode()))
        told = SignedText(document, key.number, signature)
        return msgspec.structs.replace(msgspec.json.decode(document, type=Certificate), signed=told)


def open_issuer(
    data: Path, public_url: str, settings: KeySettings = IN_FILES, *, create: bool = True
) -> Issuer:
    """Return the issuer whose keys belong to the centre in ``data``; with ``create`` make the first on first use.

    :raises SecretFileError, KeyListError: there is no key, others can read it, or it is not whole.
    """
    keys = open_ring("certificate", KeyProviders(data, settings), create=create)
    return Issuer(keys, public_url, Serials(Witness(data / "serials.json")))
