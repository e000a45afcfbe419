"""Another key for the store: all is there under the new one, and nothing under the old, wherever it is cut off."""

from contextlib import closing
from pathlib import Path

import pytest

from sync.keys import store_key
from sync.keys.places import NEXT, KeyMissingError
from sync.keys.store_key import CREDENTIAL, IN_FILE
from sync.protocol import secret_file
from sync.store import Store, rekeying
from sync.store.database import is_damaged
from sync.store.personal import PersonalRecords
from sync.store.rekeying import RekeyingError
from tests.events import happen

LONG = 10_000.0


@pytest.fixture
def folder(tmp_path) -> Path:
    """A store with an event and a person's record."""
    with closing(Store.open(tmp_path, "K1")) as store:
        happen(store, "")
        PersonalRecords(tmp_path, store.key).put("kind", "holder", "value", LONG)
    return tmp_path


def key_of(folder: Path) -> bytes:
    return secret_file.read(folder / IN_FILE)


def require_whole(folder: Path) -> None:
    """Both files hold what they held, and nothing of a rotation lies about."""
    with closing(Store.open(folder, "K1")) as store:
        assert store.set_aside is None and store.rows("SELECT count(*) AS n FROM outbox") == [{"n": 1}]
        assert PersonalRecords(folder, store.key).get("kind", "holder") == "value"
    assert not [path.name for path in folder.iterdir() if "rekey" in path.name or NEXT in path.name]


def test_all_is_there_under_the_new_key_and_nothing_under_the_old(folder):
    old = key_of(folder)
    new = rekeying.rotate(folder, "K1")
    assert new.secret == key_of(folder) != old
    assert is_damaged(folder / "ops.db", old) and is_damaged(folder / "pii.db", old)
    require_whole(folder)


def test_while_anybody_has_the_store_open_nothing_is_done(folder):
    old = key_of(folder)
    with closing(Store.open(folder, "K1")), pytest.raises(RekeyingError, match=r"stop kiosk\.service"):
        rekeying.rotate(folder, "K1")
    assert key_of(folder) == old
    require_whole(folder)


class PowerCutError(Exception):
    """The machine stops."""


STEPS = {
    "before the first copy": ("rekey", 1),
    "between the copies": ("rekey", 2),
    "before the key is named": ("_key_of", 1),
    "before the first file is put in place": ("_put_in_place", 1),
    "before the last": ("_put_in_place", 2),
}


@pytest.mark.parametrize(("function", "call"), STEPS.values(), ids=STEPS)
def test_a_power_cut_loses_nothing_and_the_next_start_puts_it_right(folder, monkeypatch, function, call):
    calls = []
    whole = getattr(rekeying, function)

    def cut(*arguments):
        calls.append(arguments)
        if len(calls) == call:
            raise PowerCutError
        return whole(*arguments)

    with monkeypatch.context() as power:
        power.setattr(rekeying, function, cut)
        with pytest.raises(PowerCutError):
            rekeying.rotate(folder, "K1")
    Store.open(folder, "K1").close()
    if function == "rekey":  # the new key waits for another try
        (folder / f"{IN_FILE}{NEXT}").unlink()
    require_whole(folder)


def test_a_key_in_a_credential_is_replaced_by_the_credential_beside_it(folder, monkeypatch):
    credentials = folder / "credentials"
    credentials.mkdir()
    (folder / IN_FILE).rename(credentials / CREDENTIAL)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    with pytest.raises(KeyMissingError, match=CREDENTIAL + NEXT):
        rekeying.rotate(folder, "K1")
    new = secret_file.read_or_create(credentials / f"{CREDENTIAL}{NEXT}")
    assert rekeying.rotate(folder, "K1").secret == new
    (credentials / f"{CREDENTIAL}{NEXT}").rename(credentials / CREDENTIAL)  # as staff seal it
    require_whole(folder)
    assert (folder / "ops.key-id").read_text() == store_key.fingerprint(new)


def test_a_damaged_store_is_left_to_those_who_salvage_it(folder):
    content = bytearray((folder / "ops.db").read_bytes())
    content[5000:5100] = bytes(100)
    (folder / "ops.db").write_bytes(content)
    old = key_of(folder)
    with pytest.raises(RekeyingError, match="cannot be read"):
        rekeying.rotate(folder, "K1")
    assert key_of(folder) == old
