"""A kiosk's own key is where nobody can take it along, and can be replaced without enrolling again."""

import pytest

from sync.identity import Identity
from sync.keys import identity_key, tpm
from sync.keys.identity_key import IN_FILE, IN_TPM
from sync.keys.places import NEXT, KeyUnusableHereError, Place
from sync.protocol import algorithms
from sync.protocol.algorithms import ECDSA_P256
from tests.trust.tpm import Tpm, needs_tpm, running_tpm


@pytest.fixture(scope="module")
def module_tpm(tmp_path_factory):
    with running_tpm(tmp_path_factory.mktemp("tpm")) as running:
        yield running


@pytest.fixture
def in_tpm(module_tpm: Tpm, monkeypatch) -> Tpm:
    monkeypatch.setenv(tpm.CONNECTION, module_tpm.connection)
    return module_tpm


@needs_tpm
def test_where_there_is_a_tpm_the_key_is_made_in_it_and_no_file_holds_it(in_tpm, tmp_path):
    kept = identity_key.opened(tmp_path)
    assert (kept.place, kept.key.algorithm) == (Place.TPM, ECDSA_P256)
    signature = kept.key.sign(b"data")
    algorithms.verify(ECDSA_P256, kept.key.public_key, signature, b"data")
    assert {path.name for path in tmp_path.iterdir()} == {IN_TPM, "identity.lock"}
    assert identity_key.opened(tmp_path).key.key_id == kept.key.key_id
    told = in_tpm.asks("tpm2_readpublic", "-c", kept.where)
    attributes = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|sign"
    assert attributes in told


@needs_tpm
def test_power_cuts_after_signatures_never_lock_the_key(tmp_path, monkeypatch):
    with running_tpm(tmp_path) as running:
        monkeypatch.setenv(tpm.CONNECTION, running.connection)
        kept = identity_key.opened(tmp_path / "kiosk")
        for _ in range(3):
            kept.key.sign(b"data")
            running.cut_power()
            running.power_on()
        kept.key.sign(b"data")
        counted = running.asks("tpm2_getcap", "properties-variable")
    assert "TPM2_PT_LOCKOUT_COUNTER: 0x0" in counted


@needs_tpm
def test_a_tpm_that_is_away_is_said_and_no_other_key_is_made(tmp_path, monkeypatch):
    with running_tpm(tmp_path) as running:
        monkeypatch.setenv(tpm.CONNECTION, running.connection)
        kiosk = Identity.of("K1", tmp_path / "kiosk")
    with pytest.raises(KeyUnusableHereError, match="tpm2_sign"):
        kiosk.sign("GET", "https://rs.example/v1/feeds", b"")
    assert not (tmp_path / "kiosk" / IN_FILE).exists()


@needs_tpm
def test_a_key_from_before_moves_into_the_tpm_and_leaves_no_file(tmp_path, in_tpm, monkeypatch):
    monkeypatch.setenv(tpm.CONNECTION, "")
    old = identity_key.opened(tmp_path)
    monkeypatch.setenv(tpm.CONNECTION, in_tpm.connection)
    assert identity_key.opened(tmp_path).key.key_id == old.key.key_id
    new = identity_key.make(tmp_path, NEXT)
    identity_key.replace(tmp_path, old, new)
    assert identity_key.opened(tmp_path).place is Place.TPM
    assert not list(tmp_path.glob(f"{IN_FILE}*"))


@needs_tpm
def test_a_key_that_was_replaced_is_no_longer_in_the_tpm(in_tpm, tmp_path):
    old = identity_key.opened(tmp_path)
    identity_key.replace(tmp_path, old, identity_key.make(tmp_path, NEXT))
    assert old.where not in in_tpm.asks("tpm2_getcap", "handles-persistent").split()
    assert identity_key.opened(tmp_path).key.sign(b"data")
