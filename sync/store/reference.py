"""ref.db, the kiosk's copy of what the centre publishes: public, replaced whole, fetched again when it is damaged.

``ref.db`` is a symbolic link to the file in use. A new file is built beside it and comes into use by a rename of the
link: a reader sees the old rows or the new ones, never half of each, and nobody's write-ahead log is mistaken
for that of another file.
"""

import os
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog

from sync.store.database import Connection, DatabaseError, OperationalError, connect_to_read
from sync.store.reference_file import NotAReferenceFileError, ReferenceFile

LINK = "ref.db"
FILES = "ref-*.db*"

log = structlog.get_logger(__name__)


class Reference:
    """The reference file of ``folder``, for the one process that writes it.

    ``current`` is the file in use. ``was_lost`` says that a damaged one was found and removed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._link = folder / LINK
        self.was_lost = False
        self.current = self._open()
        self._remove_others()

    @contextmanager
    def draft(self, source: Path | None = None) -> Iterator[ReferenceFile]:
        """Offer a new file, a copy made of ``source`` or empty; it is gone afterwards unless it was published.

        :param source: a file that is taken over, moved.
        """
        path = self._new_path()
        try:
            draft = _taken_over(source, path) if source else ReferenceFile.create(path)
            try:
                yield draft
            finally:
                draft.close()
        finally:
            self._remove_others()

    def publish(self, draft: ReferenceFile) -> None:
        """Let ``draft`` come into use, on disk when this returns."""
        draft.close()
        _sync(draft.path)
        self._put_into_use(draft.path)
        self.current.close()
        self.current = ReferenceFile(draft.path)
        self._remove_others()

    def discard(self) -> None:
        """Remove the file in use, because it is damaged, and begin an empty one."""
        log.error("reference_lost", advice="everything is fetched from the centre again")
        self.was_lost = True
        self.current.close()
        self.current = self._begin()
        self._remove_others()

    def close(self) -> None:
        """Close the file in use."""
        self.current.close()

    def _open(self) -> ReferenceFile:
        if self._link.is_dir():  # made by hand, and perhaps full of somebody's things
            aside = self._link.with_name(f"set-aside-{uuid.uuid4().hex[:12]}")
            log.error("reference_set_aside", path=str(aside))
            self._link.rename(aside)
        if not self._link.exists():
            return self._begin()
        path = self._link.resolve()
        with suppress(NotAReferenceFileError):
            return ReferenceFile.open(path)
        log.error("reference_lost", advice="everything is fetched from the centre again")
        self.was_lost = True
        return self._begin()

    def _begin(self) -> ReferenceFile:
        path = self._new_path()
        empty = ReferenceFile.create(path)
        self._put_into_use(path)
        return empty

    def _new_path(self) -> Path:
        return self._folder / f"ref-{uuid.uuid4().hex[:12]}.db"

    def _put_into_use(self, path: Path) -> None:
        link = self._folder / f"{path.stem}.db-link"
        link.symlink_to(path.name)
        link.replace(self._link)
        _sync(self._folder)

    def _remove_others(self) -> None:
        """Remove every file that is not in use: old ones, and drafts that a crash left."""
        used = self._link.resolve().name
        for path in self._folder.glob(FILES):
            if not path.name.startswith(used):
                path.unlink(missing_ok=True)


class ReferenceReader:
    """Reads the reference file of ``folder``, from any thread of any process; never waits for the writer."""

    def __init__(self, folder: Path) -> None:
        self._link = folder / LINK
        self._threads = threading.local()

    def rows(self, feed: str) -> dict[str, str]:
        """Return the rows of ``feed``, JSON by key; none at all where there is no file yet, or a damaged one."""
        with suppress(DatabaseError, FileNotFoundError):
            return dict(self.connection().execute("SELECT key, value FROM row WHERE feed = ?", (feed,)))
        return {}

    def connection(self) -> Connection:
        """Return this thread's connection to the file that is in use now.

        :raises FileNotFoundError, DatabaseError: there is none.
        """
        generation = _generation(self._link)
        if getattr(self._threads, "generation", None) != generation:
            self._threads.connection = self._connect()
            self._threads.generation = generation
        connection: Connection = self._threads.connection
        return connection

    def _connect(self) -> Connection:
        try:
            return connect_to_read(self._link)
        except OperationalError:
            # Replaced between the look at the link and the opening: the new one is there already.
            return connect_to_read(self._link)


def _taken_over(source: Path, path: Path) -> ReferenceFile:
    source.rename(path)
    # On its way to the disk while it is read through.
    with ThreadPoolExecutor(1) as beside:
        written = beside.submit(_sync, path)
        found = ReferenceFile.open(path)
    written.result()
    return found


def _generation(path: Path) -> tuple[int, int]:
    found = os.stat(path)
    return found.st_dev, found.st_ino


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
