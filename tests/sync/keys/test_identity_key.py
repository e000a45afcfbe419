"""Where the kiosk's own key comes from: the first of TPM, credential and file that there is."""

import msgspec
import pytest
from structlog.testing import capture_logs

from sync.identity import Identity
from sync.keys import identity_key
from sync.keys.identity_key import CREDENTIAL, IN_FILE, IN_TPM
from sync.keys.places import NEXT, KeyMissingError, Place
from sync.protocol import secret_file
from sync.protocol.algorithms import ED25519


def test_without_anything_better_it_is_made_in_a_file_and_that_is_said_once(tmp_path):
    with capture_logs() as logs:
        first, again = identity_key.opened(tmp_path), identity_key.opened(tmp_path)
    assert (first.place, first.key.algorithm) == (Place.FILE, ED25519)
    assert first.key.key_id == again.key.key_id
    assert [each["event"] for each in logs] == ["identity_key_in_file"]


def test_a_key_that_was_there_goes_on_working(tmp_path):
    before = Identity.of("K1", tmp_path).fingerprint
    assert Identity.of("K1", tmp_path).fingerprint == before


def test_the_same_key_sealed_as_a_credential_needs_no_file(tmp_path, monkeypatch):
    before = Identity.of("K1", tmp_path).fingerprint
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (tmp_path / IN_FILE).rename(credentials / CREDENTIAL)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    assert Identity.of("K1", tmp_path).fingerprint == before
    assert identity_key.opened(tmp_path).place is Place.CREDENTIAL
    assert not (tmp_path / IN_FILE).exists()


def test_a_process_that_runs_takes_the_key_that_another_has_put_in_its_place(tmp_path):
    running = Identity.of("K1", tmp_path)
    old = identity_key.opened(tmp_path)
    new = identity_key.make(tmp_path, NEXT)
    assert running.fingerprint == old.key.key_id
    identity_key.replace(tmp_path, old, new)
    assert running.fingerprint == new.key.key_id


def test_what_a_key_of_before_has_sealed_is_still_the_kiosks_own(tmp_path):
    kiosk = Identity.of("K1", tmp_path)
    seal = kiosk.seal_text(b"text")
    for _ in range(2):
        old = identity_key.opened(tmp_path)
        identity_key.replace(tmp_path, old, identity_key.successor(tmp_path, old))
    assert kiosk.sealed(seal, b"text") and not kiosk.sealed(seal, b"other")
    assert len(identity_key.former(tmp_path)) == 2


def test_a_note_that_does_not_say_where_in_the_tpm_the_key_is_makes_no_new_key(tmp_path):
    secret_file.write(tmp_path / IN_TPM, msgspec.json.encode({"handle": 1}))
    with pytest.raises(KeyMissingError, match="enrol"):
        identity_key.opened(tmp_path)
    assert not (tmp_path / IN_FILE).exists()


def test_what_is_destroyed_is_overwritten_before(tmp_path):
    secret_file.read_or_create(tmp_path / "secret")
    (tmp_path / "witness").hardlink_to(tmp_path / "secret")
    secret_file.destroy(tmp_path / "secret")
    assert not (tmp_path / "secret").exists()
    assert (tmp_path / "witness").read_bytes() == bytes(64)
