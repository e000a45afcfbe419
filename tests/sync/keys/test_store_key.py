"""Where the store's key comes from: the first of credential, kernel keyring and file that there is."""

import ctypes
import platform
import uuid

import pytest
from structlog.testing import capture_logs

from sync.keys import keyring
from sync.keys.places import KeyMissingError
from sync.keys.store_key import CREDENTIAL, keyring_name, store_key
from sync.protocol import secret_file
from sync.protocol.secret_file import SecretFileError
from sync.store import Store

SECRET = bytes(range(32))
ADD_KEY = {"x86_64": 248, "aarch64": 217}
UNLINK = 9


@pytest.fixture
def in_keyring():
    """Return a function that puts a key into the keyring of this user, for as long as the test lasts."""
    added = []

    def add(description: str, payload: bytes) -> None:
        number = ADD_KEY.get(platform.machine())
        if number is None:
            pytest.skip(f"the number of add_key is not known for {platform.machine()}")
        libc = ctypes.CDLL(None, use_errno=True)
        where = ctypes.c_long(keyring.USER_KEYRING)
        key = libc.syscall(number, b"user", description.encode(), payload, ctypes.c_long(len(payload)), where)
        if key < 0:
            pytest.skip(f"this kernel lets nobody use keyrings here (errno {ctypes.get_errno()})")
        added.append(key)

    yield add
    for key in added:
        keyring._keyctl(UNLINK, key, keyring.USER_KEYRING)


@pytest.fixture
def kiosk_id() -> str:
    return f"test-{uuid.uuid4().hex}"


def test_a_key_in_the_kernels_keyring_is_used_and_no_file_is_made(tmp_path, in_keyring, kiosk_id):
    in_keyring(keyring_name(kiosk_id), SECRET.hex().encode() + b"\n")
    assert store_key(tmp_path, kiosk_id, store_exists=False) == SECRET
    Store.open(tmp_path, kiosk_id).close()
    assert not (tmp_path / "store.key").exists()


def test_a_key_of_another_kiosk_in_the_keyring_is_not_used(tmp_path, in_keyring, kiosk_id):
    in_keyring(keyring_name("another"), SECRET.hex().encode())
    assert store_key(tmp_path, kiosk_id, store_exists=False) != SECRET


def test_a_broken_key_in_the_keyring_is_told_by_its_name_and_not_replaced(tmp_path, in_keyring, kiosk_id):
    in_keyring(keyring_name(kiosk_id), b"not a key")
    with pytest.raises(SecretFileError, match=f"branch-kiosk:{kiosk_id}") as error:
        store_key(tmp_path, kiosk_id, store_exists=False)
    assert "not a key" not in str(error.value)


def test_a_credential_goes_before_the_keyring(tmp_path, in_keyring, kiosk_id, monkeypatch):
    in_keyring(keyring_name(kiosk_id), SECRET.hex().encode())
    credential = secret_file.read_or_create(tmp_path / CREDENTIAL)
    (tmp_path / CREDENTIAL).chmod(0o440)  # as systemd's ACL for the service's user looks
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert store_key(tmp_path, kiosk_id, store_exists=True) == credential


def test_a_key_in_a_file_is_complained_about(tmp_path, kiosk_id):
    with capture_logs() as logs:
        store_key(tmp_path, kiosk_id, store_exists=False)
    assert [(each["log_level"], each["event"]) for each in logs] == [("warning", "store_key_in_file")]


def test_without_a_kernel_keyring_the_file_is_used(tmp_path, kiosk_id, monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "unknown")
    assert store_key(tmp_path, kiosk_id, store_exists=False) == secret_file.read(tmp_path / "store.key")
    with pytest.raises(KeyMissingError):
        store_key(tmp_path / "elsewhere", kiosk_id, store_exists=True)
