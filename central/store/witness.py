"""Numbers that must never go back, kept beside the database: by them one that came back from a backup is noticed."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec


class Witness:
    """The file at ``path``, which several processes may share; without a path it forgets with the process."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._known: dict[str, int] = {}

    def told(self, name: str) -> int:
        """Return the highest number told by this name; 0 before the first."""
        return max(self._read().get(name, 0), self._known.get(name, 0))

    def tell(self, name: str, number: int) -> None:
        """Remember ``number``, on disk when this returns, unless a higher one is known."""
        self._known[name] = max(number, self._known.get(name, 0))
        if self._path is None:
            return
        with self._alone():
            known = self._read()
            if number > known.get(name, 0):
                self._write(known | {name: number})

    def _read(self) -> dict[str, int]:
        if self._path is None or not self._path.exists():
            return {}
        return msgspec.json.decode(self._path.read_bytes(), type=dict[str, int])

    def _write(self, known: dict[str, int]) -> None:
        assert self._path
        draft = self._path.with_suffix(".draft")
        with open(draft, "wb") as file:
            file.write(msgspec.json.encode(known))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        assert self._path
        with open(self._path.with_suffix(".lock"), "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
