"""A kiosk's own key is where nobody can take it along, and can be replaced without enrolling again."""

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

import central.program.main
import kiosk.cli
from central.access import kiosks
from central.events import proof
from central.store.acts import find_acts
from central.store.database import reading
from central.store.tables import kiosk_keys
from sync import key_rotation
from sync.client import CentralRefusedError
from sync.identity import Identity
from sync.keys import identity_key, tpm
from sync.keys.identity_key import IN_FILE, IN_TPM, KeptKey
from sync.keys.places import NEXT, KeyUnusableHereError, Place
from sync.protocol import algorithms
from sync.protocol.algorithms import ECDSA_P256, Ed25519Key, P256Key
from sync.protocol.key_rotation import ROTATE_KEY, key_request
from sync.store import Store
from tests.central.centre import Centre
from tests.central.deliveries import EPOCH, event
from tests.trust.tpm import Tpm, needs_tpm, running_tpm

KIOSK = "610200-001"


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


# The drill: another key, and nobody enrols the kiosk again.


def rotated(centre: Centre, folder: Path) -> KeptKey:
    return key_rotation.rotate(KIOSK, folder, centre.client)


def test_the_centre_takes_the_successor_from_who_has_both_keys_and_records_it(any_centre, tmp_path):
    running = Identity.of(KIOSK, tmp_path)
    before = any_centre.enrol(running).fingerprint
    client = any_centre.client(running)
    client.deliver(EPOCH, [event(1)])

    new = rotated(any_centre, tmp_path)

    assert running.fingerprint == new.key.key_id != before
    client.deliver(EPOCH, [event(2)])
    with reading(any_centre.engine) as connection:
        assert dict(proof.prove_all(connection)) == {"event-1": "", "event-2": ""}
        assert proof.prove(connection, "event-1").key_id == before
        [act] = [row for row in find_acts(connection, subject=KIOSK) if row.act == "kiosk-key-replaced"]
        [status] = kiosks.statuses(connection)
    assert (act.actor, act.by, act.note) == ("terminal", KIOSK, f"{before} {new.key.key_id}")
    assert (status.state, status.fingerprint) == ("enrolled", new.key.key_id)


def test_the_key_that_was_replaced_signs_nothing_any_longer(centre, tmp_path):
    old = Identity(KIOSK, identity_key.opened(tmp_path).key)
    centre.enrol(old)
    rotated(centre, tmp_path)
    with pytest.raises(CentralRefusedError, match="signature-wrong"):
        centre.client(old).read("/v1/feeds")


def test_after_an_answer_that_was_lost_the_same_again_ends_it(centre, tmp_path, monkeypatch):
    running = centre.enrol(Identity.of(KIOSK, tmp_path))
    with monkeypatch.context() as cut:
        cut.setattr(identity_key, "replace", lambda *_: pytest.fail("the power went"))
        with pytest.raises(pytest.fail.Exception):
            rotated(centre, tmp_path)
    with pytest.raises(CentralRefusedError, match="signature-wrong"):
        centre.client(running).read("/v1/feeds")
    rotated(centre, tmp_path)
    assert centre.client(running).read("/v1/feeds").is_success


@pytest.mark.parametrize("wrong", ["proof", "replaces", "kiosk"])
def test_a_key_is_not_taken_from_who_has_only_one_of_them(centre, tmp_path, wrong):
    mine, new, stranger = Ed25519Key.generate(), P256Key.generate(), Ed25519Key.generate()
    client = centre.client(centre.enrol(Identity(KIOSK, mine)))
    request = {
        "proof": msgspec.structs.replace(
            key_request(KIOSK, mine.key_id, new), proof=key_request(KIOSK, mine.key_id, stranger).proof
        ),
        "replaces": key_request(KIOSK, stranger.key_id, new),
        "kiosk": key_request("610200-002", mine.key_id, new),
    }[wrong]
    with pytest.raises(CentralRefusedError, match="signature-wrong"):
        client.call(ROTATE_KEY, request)
    with pytest.raises(CentralRefusedError, match="signature-wrong"):
        centre.client(Identity(KIOSK, new)).call(ROTATE_KEY, key_request(KIOSK, mine.key_id, new))
    assert client.read("/v1/feeds").is_success


def test_a_stolen_kiosk_that_is_revoked_cannot_make_itself_another_key(centre, tmp_path):
    centre.enrol(Identity.of(KIOSK, tmp_path))
    with centre.engine.begin() as tx:
        kiosks.revoke(tx, KIOSK, datetime.now(UTC))
    with pytest.raises(CentralRefusedError, match="kiosk-revoked"):
        rotated(centre, tmp_path)
    assert centre.count(kiosk_keys) == 1


@needs_tpm
def test_an_enrolled_kiosk_moves_from_its_file_into_its_tpm_by_the_command(
    centre, tmp_path, in_tpm, monkeypatch
):
    config = tmp_path / "kiosk.toml"
    config.write_text(
        f'kiosk_id = "{KIOSK}"\nregion = "610200"\nbranch = "王益大厅"\ndata = "kiosk"\n'
        f'central.url = "{centre.url}"\nprinter = {{ port = "/dev/null", profile = "none" }}\n'
    )
    Store.open(tmp_path / "kiosk", KIOSK).close()
    monkeypatch.setenv(tpm.CONNECTION, "")
    centre.enrol(Identity.of(KIOSK, tmp_path / "kiosk"))
    monkeypatch.setenv(tpm.CONNECTION, in_tpm.connection)

    def kiosk_command(*arguments: str) -> str:
        result = CliRunner().invoke(kiosk.cli.main, [*arguments, "--config", str(config)])
        assert result.exit_code == 0, result.output
        return result.stdout

    assert json.loads(kiosk_command("keys", "list", "--json"))["identity"]["kept"] == "file"
    assert "kept in: tpm" in kiosk_command("keys", "rotate", "identity")
    named = kiosk_command("sync", "identity").split()[1]
    listed = json.loads(kiosk_command("keys", "list", "--json"))
    assert (listed["identity"]["kept"], listed["identity"]["algorithm"]) == ("tpm", ECDSA_P256)
    assert listed["store"]["kept"] == "file"
    assert "still waiting: 0" in kiosk_command("sync", "once")
    # Staff may also enrol it by what it prints, which says the algorithm.
    told = CliRunner().invoke(central.program.main.main, ["enrol", KIOSK, named, "--data", str(tmp_path)])
    assert told.exit_code == 0 and named.startswith(f"{ECDSA_P256}:"), told.output
    with reading(centre.engine) as connection:
        assert kiosks.statuses(connection)[0].fingerprint == listed["identity"]["fingerprint"]
