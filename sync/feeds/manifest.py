"""Verify manifests: for this kiosk, signed by the centre's feed key, and not older than the last."""

import base64
import binascii

import msgspec
import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.answers import Answer
from sync.protocol.feeds import Manifest, SignedManifest, manifest_of
from sync.protocol.signature import SignatureError, key_id, verify_answer
from sync.store import Store
from sync.store.meta import get_meta, set_meta

KEY, NUMBER = "feed_key", "manifest_number"

log = structlog.get_logger(__name__)


class ManifestRefusedError(Exception):
    """The manifest is forged, another kiosk's, or a replay of an older one: nothing of it is used."""


class FeedKeyError(ValueError):
    """The feed key is not base64 of 32 bytes."""


class ManifestVerifier:
    """Lets manifests in; remembers in ``store`` the number of the last one and, where none is pinned, the key.

    :param pinned: the centre's feed key as its staff hand it out (base64), or '' to trust the first one seen.
    :raises FeedKeyError: it is no key.
    """

    def __init__(self, store: Store, pinned: str = "") -> None:
        self._store = store
        self._pinned = pinned and _told(feed_key(pinned))

    @property
    def key(self) -> str:
        """The key that is believed, base64; '' as long as there is none."""
        return self._pinned or get_meta(self._store, KEY) or ""

    def trust_first(self, key: str) -> None:
        """Believe ``key`` (base64) from now on, because none was pinned and this is the first.

        :raises FeedKeyError: it is no key.
        """
        log.warning(
            "feed_key_trusted_on_first_use", key=_told(feed_key(key)), advice="pin it: central.feed_key"
        )
        with self._store.transaction() as tx:
            set_meta(tx, KEY, key)

    def verify_manifest(self, signed: SignedManifest) -> Manifest:
        """Return the manifest inside.

        :raises ManifestRefusedError: it is not to be believed.
        """
        _require_signature(signed, feed_key(self.key))
        try:
            manifest = manifest_of(signed)
        except msgspec.DecodeError as error:
            raise ManifestRefusedError(f"signed, but no manifest: {error}") from error
        if manifest.kiosk_id != self._store.kiosk_id:
            raise ManifestRefusedError(f"it is for kiosk {manifest.kiosk_id}")
        if manifest.number < (last := int(get_meta(self._store, NUMBER) or 0)):
            raise ManifestRefusedError(f"number {manifest.number} after {last}: a replay")
        if manifest.number > last:
            with self._store.transaction() as tx:
                set_meta(tx, NUMBER, str(manifest.number))
        return manifest

    def verify_response(self, answer: Answer, tag: str) -> None:
        """Believe that ``answer``, whose entity tag is ``tag``, is the centre's to our question, and no replay.

        :raises ManifestRefusedError: it is not to be believed.
        """
        key, headers = feed_key(self.key), answer.headers
        try:
            verify_answer(key, answer.status_code, tag, answer.content, answer.asked, headers)
        except SignatureError as error:
            raise ManifestRefusedError(str(error)) from error


def feed_key(text: str) -> Ed25519PublicKey:
    """Return the key that base64 ``text`` writes.

    :raises FeedKeyError: it writes none.
    """
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error) as error:
        raise FeedKeyError(f"central.feed_key is not an Ed25519 public key in base64: {error}") from error


def _told(key: Ed25519PublicKey) -> str:
    return base64.b64encode(key.public_bytes_raw()).decode()


def _require_signature(signed: SignedManifest, key: Ed25519PublicKey) -> None:
    if signed.key_id != key_id(key):
        raise ManifestRefusedError(
            f"signed by key {signed.key_id}, which is not the one that is trusted here"
        )
    try:
        key.verify(base64.b64decode(signed.signature, validate=True), signed.manifest.encode())
    except (InvalidSignature, binascii.Error) as error:
        raise ManifestRefusedError("the signature is wrong") from error
