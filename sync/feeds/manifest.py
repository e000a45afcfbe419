"""Verify manifests: for this kiosk, signed by the centre's feed key, and not older than the last."""

from collections.abc import Collection, Sequence

import msgspec
import structlog

from sync.answers import Answer
from sync.centre_keys import known_keys, learn_keys
from sync.protocol import algorithms
from sync.protocol.algorithms import KeyUnusableError, SignatureInvalidError
from sync.protocol.centre_keys import CentreKey, handed_on, vouched_for
from sync.protocol.feeds import Manifest, SignedManifest, manifest_of
from sync.protocol.signature import SignatureError, answering_key, verify_answer
from sync.store import Store
from sync.store.meta import get_meta, set_meta

KEY, FOLLOWING, NUMBER = "feed_key", "feed_key_following", "manifest_number"
"""What is kept: the key trusted first, the key of today that follows from it, the number of the last manifest."""

log = structlog.get_logger(__name__)


class ManifestRefusedError(Exception):
    """The manifest is forged, another kiosk's, or a replay of an older one: nothing of it is used."""


class FeedKeyError(ValueError):
    """The feed key is not as `kiosk-central feeds key` prints it."""


class ManifestVerifier:
    """Lets manifests in; remembers in ``store`` the number of the last one, and which key has followed on which.

    It goes from one key of the centre to the next, which the one before has vouched for, and never back.

    :param pinned: the centre's feed key as its staff hand it out, or '' to trust the first one seen.
    :raises FeedKeyError: it is no key.
    """

    def __init__(self, store: Store, pinned: str = "") -> None:
        self._store = store
        self._pinned = pinned and feed_key(pinned).written
        self._heard: Sequence[CentreKey] = ()

    @property
    def key(self) -> str:
        """The key that was trusted first, as it was handed on; '' as long as there is none."""
        return self._pinned or get_meta(self._store, KEY) or ""

    def trust_first(self, key: str) -> None:
        """Believe ``key`` from now on, because none was pinned and this is the first.

        :raises FeedKeyError: it is no key.
        """
        written = feed_key(key).written
        log.warning("feed_key_trusted_on_first_use", key=written, advice="pin it: central.feed_key")
        with self._store.transaction() as tx:
            set_meta(tx, KEY, written)

    def is_of_unknown_key(self, answer: Answer) -> bool:
        """Return whether an answer claims to be signed with a key that is not trusted here."""
        name = answering_key(answer.headers)
        return bool(name) and name not in self._trusted()

    def hear(self, keys: Sequence[CentreKey]) -> None:
        """Consider keys that the centre lists; they are trusted if they follow from the one of today."""
        self._heard = keys

    def believed_keys(self) -> Collection[CentreKey]:
        """Return the feed keys that are trusted, those of former days among them; none as long as there are none."""
        if not self.key:
            return ()
        former = (key for key in known_keys(self._store) if key.role == "feed" and not key.withdrawn)
        return {key.key_id: key for key in (*former, *self._trusted().values())}.values()

    def verify_manifest(self, signed: SignedManifest) -> Manifest:
        """Return the manifest inside.

        :raises ManifestRefusedError: it is not to be believed.
        """
        key = self._require_signature(signed)
        try:
            manifest = manifest_of(signed)
        except msgspec.DecodeError as error:
            raise ManifestRefusedError(f"signed, but no manifest: {error}") from error
        if manifest.kiosk_id != self._store.kiosk_id:
            raise ManifestRefusedError(f"it is for kiosk {manifest.kiosk_id}")
        if manifest.number < (last := int(get_meta(self._store, NUMBER) or 0)):
            raise ManifestRefusedError(f"number {manifest.number} after {last}: a replay")
        self._keep(manifest, last, key)
        return manifest

    def verify_response(self, answer: Answer, tag: str) -> None:
        """Believe that ``answer``, whose entity tag is ``tag``, is the centre's to our question, and no replay.

        :raises ManifestRefusedError: it is not to be believed.
        """
        key = self._trusted().get(answering_key(answer.headers), self._today())
        try:
            verify_answer(key, answer.status_code, tag, answer.content, answer.asked, answer.headers)
        except SignatureError as error:
            raise ManifestRefusedError(str(error)) from error

    def _today(self) -> CentreKey:
        """Return the key that signed the last manifest; before the first, the one that was trusted first."""
        kept = get_meta(self._store, FOLLOWING)
        first, key = msgspec.json.decode(kept, type=tuple[str, CentreKey]) if kept else ("", None)
        return key if key and first == self.key else feed_key(self.key)

    def _trusted(self) -> dict[str, CentreKey]:
        """Return the key of today and those that follow from it, by their ids."""
        today = self._today()
        listed = {key.written: key for key in (*self._heard, *known_keys(self._store))}.values()
        return {key.key_id: key for key in (today, *vouched_for(today, listed))}

    def _require_signature(self, signed: SignedManifest) -> CentreKey:
        key = self._trusted().get(signed.key_id)
        if key is None:
            raise ManifestRefusedError(
                f"signed by key {signed.key_id}, which is not the one that is trusted here"
            )
        try:
            key.verify(algorithms.from_text(signed.signature), signed.manifest.encode())
        except (SignatureInvalidError, KeyUnusableError) as error:
            raise ManifestRefusedError("the signature is wrong") from error
        return key

    def _keep(self, manifest: Manifest, last: int, key: CentreKey) -> None:
        """Remember a manifest's number, the keys that it lists and the one that signed it, as far as they are new."""
        goes_on = key.written != self._today().written
        if goes_on:
            log.warning("feed_key_followed", key=key.written, number=key.number)
        if goes_on or manifest.number > last or tuple(manifest.keys) != known_keys(self._store):
            with self._store.transaction() as tx:
                set_meta(tx, NUMBER, str(manifest.number))
                set_meta(tx, FOLLOWING, msgspec.json.encode((self.key, key)).decode())
                learn_keys(tx, manifest.keys)


def feed_key(text: str) -> CentreKey:
    """Return the key that staff were told.

    :raises FeedKeyError: it is none.
    """
    try:
        return handed_on(text, "feed")
    except ValueError as error:
        raise FeedKeyError(
            f"central.feed_key is no key as `kiosk-central feeds key` prints it: {error}"
        ) from error
