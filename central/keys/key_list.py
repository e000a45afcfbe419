"""The list of the centre's public keys, ``keys.json``: read by every process, changed by one at a time."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from sync.protocol.centre_keys import CentreKey
from text.files import read_file

LONGEST = 1_000_000
"""Bytes of the list."""


class KeyListError(Exception):
    """The list of keys is not as it must be for this; the message says why, and what to do."""


class KeyList:
    """The list at ``path``; without a file it is empty."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int] | None = None
        self._keys: Sequence[CentreKey] = ()

    def keys(self) -> Sequence[CentreKey]:
        """Return what is listed now, also by another process.

        :raises KeyListError: the file is not whole.
        """
        if (now := _state(self.path)) != self._seen:
            self._keys = _read(self.path)
            self._seen = now
        return self._keys

    @contextmanager
    def changing(self) -> Iterator[list[CentreKey]]:
        """Let nobody else change the list meanwhile; what is in the yielded one afterwards is on disk."""
        with open(self.path.with_suffix(".lock"), "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            before = _read(self.path)
            keys = list(before)
            yield keys
            if tuple(keys) != before:
                _write(self.path, keys)


def _state(path: Path) -> tuple[int, int] | None:
    """Return what is another when the file was replaced."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def _read(path: Path) -> tuple[CentreKey, ...]:
    try:
        return msgspec.json.decode(read_file(path, LONGEST), type=tuple[CentreKey, ...])
    except FileNotFoundError:
        return ()
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise KeyListError(f"{path}: {error}; restore it from the backup") from error


def _write(path: Path, keys: Sequence[CentreKey]) -> None:
    draft = path.with_suffix(".draft")
    with open(draft, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(keys)))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
