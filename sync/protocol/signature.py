"""How a kiosk signs its requests: RFC 9421 HTTP message signatures, body by RFC 9530 digest.

And how the centre signs an answer: to this very request, so that it is no replay.

Always the same components and parameters in the same order: a signature has one form and a verifier nothing to choose.
"""

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from msgspec import Struct

from sync.protocol import algorithms
from sync.protocol.algorithms import SignatureInvalidError, SigningKey
from sync.protocol.centre_keys import CentreKey

COMPONENTS = ("@method", "@authority", "@path", "@query", "content-digest")
COVERED = '("{}")'.format('" "'.join(COMPONENTS))
NONCE_BYTES = 16
ANSWERED = '("@status" "etag" "content-digest" "signature";req;key="kiosk")'
INPUT = re.compile(
    rf"\Akiosk=(?P<parameters>{re.escape(COVERED)};created=(?P<created>\d{{1,11}})"
    r";keyid=\"(?P<kiosk>[A-Za-z0-9._-]{1,64})/(?P<key>[0-9a-f]{16})\";alg=\"(?P<algorithm>[a-z0-9-]{1,32})\""
    r";nonce=\"(?P<nonce>[A-Za-z0-9_-]{22,64})\";tag=\"kiosk\")\Z"
)
FORMER_INPUT = re.compile(r"\Akiosk=\(\"@method\" \"@path\" \"content-digest\"\);created=\d{1,11};keyid=")
DEFAULT_PORT = re.compile(r":(80|443)\Z")
SIGNATURE = re.compile(r"\Akiosk=:(?P<signature>[A-Za-z0-9+/=]{1,200}):\Z")
ANSWER_INPUT = re.compile(
    rf"\Acentre={re.escape(ANSWERED)};keyid=\"(?P<key>[0-9a-f]{{16}})\";alg=\"[a-z0-9-]{{1,32}}\"\Z"
)
ANSWER = re.compile(r"\Acentre=:(?P<signature>[A-Za-z0-9+/=]{1,200}):\Z")


class SignatureError(Exception):
    """The request is not signed by the key it names; the message says what is wrong with it."""


class FormerSignatureError(SignatureError):
    """The request is signed as it was before authority, query and nonce had to be: that software is too old."""


class Target(NamedTuple):
    """What a request does to which address, as it travels: nothing is unescaped."""

    method: str
    authority: str
    path: str
    query: str

    @classmethod
    def of(cls, method: str, url: str) -> Self:
        """Return the target of a request to ``url``."""
        parts = urlsplit(url)
        return cls(method, authority(parts.netloc), parts.path or "/", f"?{parts.query}")


class Signed(Struct, frozen=True):
    """What the headers of a signed request claim: which kiosk, which of its keys, when by its clock.

    ``nonce`` is in no other request of that kiosk.
    """

    kiosk_id: str
    key_id: str
    algorithm: str
    created: datetime
    nonce: str
    base: bytes
    signature: bytes


def authority(host: str) -> str:
    """Return a header ``Host`` as it is signed (RFC 9421 §2.2.3): lower case, and no port that goes without saying.

    Who stands behind a proxy does not know whether 80 or 443 does, so neither is told from none.
    """
    return DEFAULT_PORT.sub("", host.lower())


def sign(key: SigningKey, kiosk_id: str, target: Target, body: bytes, created: datetime) -> dict[str, str]:
    """Return the headers that sign a request, this once: the next has another nonce."""
    parameters = (
        f'{COVERED};created={int(created.timestamp())};keyid="{kiosk_id}/{key.key_id}";alg="{key.algorithm}"'
        f';nonce="{secrets.token_urlsafe(NONCE_BYTES)}";tag="kiosk"'
    )
    digest = content_digest(body)
    signature = key.sign(_base(target, digest, parameters))
    return {
        "Content-Digest": digest,
        "Signature-Input": f"kiosk={parameters}",
        "Signature": f"kiosk=:{base64.b64encode(signature).decode()}:",
    }


def read(headers: Mapping[str, str], target: Target, body: bytes) -> Signed:
    """Return what the (case-insensitive) headers claim; believe it only after ``verify``.

    :raises SignatureError: the headers are missing or of another form, or the digest is not this body's.
    """
    given = headers.get("signature-input", "")
    stated, signature = INPUT.match(given), SIGNATURE.match(headers.get("signature", ""))
    if FORMER_INPUT.match(given):
        raise FormerSignatureError("the request is signed as it was before")
    if stated is None or signature is None:
        raise SignatureError("the request is not signed")
    digest = content_digest(body)
    if headers.get("content-digest", "") != digest:
        raise SignatureError("the body is not the one that was signed")
    return Signed(
        kiosk_id=stated["kiosk"],
        key_id=stated["key"],
        algorithm=stated["algorithm"],
        created=datetime.fromtimestamp(int(stated["created"]), UTC),
        nonce=stated["nonce"],
        base=_base(target, digest, stated["parameters"]),
        signature=_decoded(signature["signature"]),
    )


def verify(signed: Signed, algorithm: str, public_key: bytes) -> None:
    """Check that the key made the signature.

    :raises SignatureError: it did not, or there is no such key.
    """
    try:
        algorithms.verify(algorithm, public_key, signed.signature, signed.base)
    except (algorithms.SignatureInvalidError, ValueError) as error:
        raise SignatureError(str(error)) from error
    if signed.algorithm != algorithm:
        raise SignatureError(f"algorithm {signed.algorithm} is not that of this key")


def sign_answer(key: SigningKey, status: int, tag: str, body: bytes, asked: str) -> dict[str, str]:
    """Return the headers that sign an answer (RFC 9421 §2.4).

    :param tag: its header ``ETag``.
    :param asked: the header ``Signature`` of the request that is answered.
    """
    parameters = _answer_parameters(key.key_id, key.algorithm)
    signature = key.sign(_answer_base(status, tag, body, asked, parameters))
    return {
        "Content-Digest": content_digest(body),
        "Signature-Input": f"centre={parameters}",
        "Signature": f"centre=:{base64.b64encode(signature).decode()}:",
    }


def answering_key(headers: Mapping[str, str]) -> str:
    """Return which of the centre's keys an answer claims to be signed with, by its id; '' without any."""
    stated = ANSWER_INPUT.match(headers.get("signature-input", ""))
    return stated["key"] if stated else ""


def verify_answer(
    key: CentreKey, status: int, tag: str, body: bytes, asked: str, headers: Mapping[str, str]
) -> None:
    """Check that ``headers`` are those of ``sign_answer``.

    :raises SignatureError: they are not.
    """
    parameters = _answer_parameters(key.key_id, key.algorithm)
    given = ANSWER.match(headers.get("signature", ""))
    if given is None or headers.get("signature-input") != f"centre={parameters}":
        raise SignatureError("the answer is not signed, or by another key than the one that is trusted here")
    try:
        key.verify(_decoded(given["signature"]), _answer_base(status, tag, body, asked, parameters))
    except (SignatureInvalidError, ValueError) as error:
        raise SignatureError("the answer's signature is wrong, or it answers another question") from error


def signature_base(components: Mapping[str, str], parameters: str) -> bytes:
    """Return the bytes to sign (RFC 9421 §2.5).

    :raises SignatureError: they are not all ASCII; who signs escapes the others.
    """
    lines = [f'"{name}": {value}' for name, value in components.items()]
    try:
        return "\n".join([*lines, f'"@signature-params": {parameters}']).encode("ascii")
    except UnicodeEncodeError as error:
        raise SignatureError("only ASCII can be signed") from error


def content_digest(body: bytes) -> str:
    """Return the Content-Digest header of a body (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def _base(target: Target, digest: str, parameters: str) -> bytes:
    return signature_base(dict(zip(COMPONENTS, (*target, digest), strict=True)), parameters)


def _answer_parameters(name: str, algorithm: str) -> str:
    return f'{ANSWERED};keyid="{name}";alg="{algorithm}"'


def _answer_base(status: int, tag: str, body: bytes, asked: str, parameters: str) -> bytes:
    lines = [
        f'"@status": {status}',
        f'"etag": {tag}',
        f'"content-digest": {content_digest(body)}',
        f'"signature";req;key="kiosk": {asked.removeprefix("kiosk=")}',
        f'"@signature-params": {parameters}',
    ]
    return "\n".join(lines).encode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise SignatureError("the signature is not base64") from error
