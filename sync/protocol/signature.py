"""How a kiosk signs its requests: RFC 9421 HTTP message signatures with Ed25519, body by RFC 9530 digest.

And how the centre signs an answer: to this very request, so that it is no replay.

Always the same components in the same order: a signature has one form and a verifier nothing to choose.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from sync.protocol.algorithms import SignatureInvalidError, SigningKey
from sync.protocol.centre_keys import CentreKey

ALGORITHM = "ed25519"
COMPONENTS = ("@method", "@path", "content-digest")
ANSWERED = '("@status" "etag" "content-digest" "signature";req;key="kiosk")'
INPUT = re.compile(
    r"\Akiosk=(?P<parameters>\(\"@method\" \"@path\" \"content-digest\"\);created=(?P<created>\d{1,11})"
    r";keyid=\"(?P<kiosk>[A-Za-z0-9._-]{1,64})/(?P<key>[0-9a-f]{16})\";alg=\"(?P<algorithm>[a-z0-9-]{1,32})\")\Z"
)
SIGNATURE = re.compile(r"\Akiosk=:(?P<signature>[A-Za-z0-9+/=]{1,200}):\Z")
ANSWER_INPUT = re.compile(
    rf"\Acentre={re.escape(ANSWERED)};keyid=\"(?P<key>[0-9a-f]{{16}})\";alg=\"[a-z0-9-]{{1,32}}\"\Z"
)
ANSWER = re.compile(r"\Acentre=:(?P<signature>[A-Za-z0-9+/=]{1,200}):\Z")


class SignatureError(Exception):
    """The request is not signed by the key it names; the message says what is wrong with it."""


class Signed(Struct, frozen=True):
    """What the headers of a signed request claim: which kiosk, which of its keys, when by its clock."""

    kiosk_id: str
    key_id: str
    created: datetime
    base: bytes
    signature: bytes


def key_id(key: Ed25519PublicKey) -> str:
    """Name a public key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def sign(
    key: Ed25519PrivateKey, kiosk_id: str, method: str, path: str, body: bytes, created: datetime
) -> dict[str, str]:
    """Return the headers that sign a request. ``path`` is without a query: ours have none."""
    parameters = (
        '("@method" "@path" "content-digest")'
        f';created={int(created.timestamp())};keyid="{kiosk_id}/{key_id(key.public_key())}";alg="{ALGORITHM}"'
    )
    digest = content_digest(body)
    signature = key.sign(_base(method, path, digest, parameters))
    return {
        "Content-Digest": digest,
        "Signature-Input": f"kiosk={parameters}",
        "Signature": f"kiosk=:{base64.b64encode(signature).decode()}:",
    }


def read(headers: Mapping[str, str], method: str, path: str, body: bytes) -> Signed:
    """Return what the (case-insensitive) headers claim; believe it only after ``verify``.

    :raises SignatureError: the headers are missing or of another form, or the digest is not this body's.
    """
    stated = INPUT.match(headers.get("signature-input", ""))
    signature = SIGNATURE.match(headers.get("signature", ""))
    if stated is None or signature is None:
        raise SignatureError("the request is not signed")
    if stated["algorithm"] != ALGORITHM:
        raise SignatureError(f"algorithm {stated['algorithm']} is not known")
    digest = content_digest(body)
    if headers.get("content-digest", "") != digest:
        raise SignatureError("the body is not the one that was signed")
    return Signed(
        kiosk_id=stated["kiosk"],
        key_id=stated["key"],
        created=datetime.fromtimestamp(int(stated["created"]), UTC),
        base=_base(method, path, digest, stated["parameters"]),
        signature=_decoded(signature["signature"]),
    )


def verify(signed: Signed, key: Ed25519PublicKey) -> None:
    """Check that ``key`` made the signature.

    :raises SignatureError: it did not.
    """
    try:
        key.verify(signed.signature, signed.base)
    except InvalidSignature as error:
        raise SignatureError("the signature is wrong") from error


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
    """Return the bytes to sign (RFC 9421 §2.5)."""
    lines = [f'"{name}": {value}' for name, value in components.items()]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode("ascii")


def content_digest(body: bytes) -> str:
    """Return the Content-Digest header of a body (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def _base(method: str, path: str, digest: str, parameters: str) -> bytes:
    return signature_base(dict(zip(COMPONENTS, (method, path, digest), strict=True)), parameters)


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
