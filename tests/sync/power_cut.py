"""Power cuts at any moment: what SQLite asks of the disk is logged, and disks are rebuilt as a cut could leave them.

Everything that was synced is on such a disk; of what was only written since, any part may be, also half a page.
The tables, the settings and the statements are the kiosk's own; only the encryption is left out (apsw has no
SQLCipher, which changes what is in a page and not when it is written).
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import apsw

from sync.protocol.events import CardPinChanged
from sync.protocol.messages import EventAnswer
from sync.store import Store, now, outbox

SCHEMA = Path(__file__).parent / "store" / "schema.sql"
SECTOR = 512
CHECKPOINT_PAGES = 12
"""Checkpoints come often, so that many cuts fall into one."""


@dataclass
class Step:
    """One thing that SQLite asked of the disk, or (``acknowledged``) that the kiosk was told is done."""

    what: str
    file: str = ""
    offset: int = 0
    data: bytes = b""
    acknowledged: tuple[str, int] = ("", 0)


class LoggingFile(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int], log: list[Step]) -> None:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._log, self._file = log, Path(path).name
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        self._log.append(Step("write", self._file, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        self._log.append(Step("truncate", self._file, size))

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self._log.append(Step("sync", self._file))


class LoggingDisk(apsw.VFS):
    def __init__(self, log: list[Step]) -> None:
        self._log = log
        super().__init__("logging", "")

    def xOpen(self, name: Any, flags: list[int]) -> LoggingFile:
        return LoggingFile(name, flags, self._log)

    def xDelete(self, name: str, sync_folder: bool) -> None:
        super().xDelete(name, sync_folder)
        self._log.append(Step("delete", Path(name).name))


class PlainConnection:
    """An apsw connection that answers as the one of the store does."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        cursor = self._connection.execute(sql, parameters)
        try:
            description = cursor.getdescription()
        except apsw.ExecutionCompleteError:
            description = ()
        changes, last = self._connection.changes(), self._connection.last_insert_rowid()
        return Answer(cursor, description=description, rowcount=changes, lastrowid=last)


class Answer(SimpleNamespace):
    def __init__(self, cursor: Any, **about: Any) -> None:
        super().__init__(**about)
        self._cursor = cursor

    def __iter__(self) -> Iterator[tuple]:
        return iter(self._cursor)


class PlainStore(Store):
    """The kiosk's store over a database that is not encrypted."""

    kiosk_id, install_epoch = "K1", "e"

    def __init__(self, connection: apsw.Connection) -> None:
        self._plain = PlainConnection(connection)

    def _connection(self) -> Any:
        return self._plain


def record(folder: Path, pragmas: Sequence[str], rounds: int) -> list[Step]:
    """Let a kiosk work for so many rounds and return all that reached the disk, in its order."""
    log: list[Step] = []
    disk = LoggingDisk(log)
    with closing(apsw.Connection(str(folder / "ops.db"), vfs="logging")) as connection:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        _create_tables(connection)
        for number in range(1, rounds + 1):
            for done in _work(PlainStore(connection), number):
                log.append(Step("acknowledge", acknowledged=(done, number)))
    del disk
    return log


def _create_tables(connection: apsw.Connection) -> None:
    with connection:
        for statement in SCHEMA.read_text().split(";\n"):
            if "sqlite_sequence" not in statement:
                connection.execute(statement)
        connection.execute("INSERT INTO meta VALUES ('install_epoch', 'e')")
        connection.execute("INSERT INTO epochs (install_epoch) VALUES ('e')")


def _work(store: Store, number: int) -> Iterator[str]:
    """Do what a kiosk does with one act: its intent, its outcome with the event, the centre's answer."""
    with store.transaction() as tx:
        tx.execute(
            "INSERT INTO journal (visit_id, effect, intent_at, details) VALUES ('v', 'certificate.print', ?, ?)",
            (now(), json.dumps("x" * (number * 97 % 5000))),
        )
    yield "intent"
    with store.transaction() as tx:
        tx.execute("UPDATE journal SET outcome = 'done', outcome_at = ? WHERE id = ?", (now(), number))
        outbox.add(tx, CardPinChanged(act=str(number)), "card")
    yield "outcome"
    if number % 3 == 0:
        answers = [EventAnswer(event.id, "ok") for event in outbox.claim(store, 10)]
        outbox.apply_answers(store, answers)
        yield "answers"


@dataclass
class Disk:
    """The files as a power cut left them, and what the kiosk had been told is done by then."""

    files: dict[str, bytes]
    acknowledged: dict[str, int]


@dataclass
class _Writing:
    """The files while the log is played: what is surely there, and what may be."""

    synced: dict[str, bytearray] = field(default_factory=lambda: defaultdict(bytearray))
    unsynced: dict[str, list[Step]] = field(default_factory=lambda: defaultdict(list))
    acknowledged: dict[str, int] = field(default_factory=dict)

    def play(self, step: Step) -> None:
        if step.what == "acknowledge":
            self.acknowledged |= dict([step.acknowledged])
        elif step.what == "delete":
            self.synced.pop(step.file, None)
            self.unsynced.pop(step.file, None)
        elif step.what == "sync":
            for each in self.unsynced.pop(step.file, []):
                _apply(self.synced[step.file], each)
        else:
            self.unsynced[step.file].append(step)

    def cut(self, chance: random.Random) -> Disk:
        files = {name: bytearray(content) for name, content in self.synced.items()}
        for name, steps in self.unsynced.items():
            for step in _survivors(steps, chance):
                _apply(files.setdefault(name, bytearray()), step)
        return Disk({name: bytes(content) for name, content in files.items()}, dict(self.acknowledged))


def power_cuts(log: Sequence[Step], count: int, chance: random.Random) -> Iterator[Disk]:
    """Cut the power at ``count`` moments of the log, and yield what each cut left."""
    moments = sorted(chance.randint(_begin(log), len(log)) for _ in range(count))
    writing, played = _Writing(), 0
    for moment in moments:
        for step in log[played:moment]:
            writing.play(step)
        played = moment
        yield writing.cut(chance)


def _begin(log: Sequence[Step]) -> int:
    """Return where the tables are made and acknowledged work begins."""
    return next(place for place, step in enumerate(log) if step.what == "acknowledge")


def _survivors(steps: Sequence[Step], chance: random.Random) -> list[Step]:
    """Choose what of the unsynced writes has reached the disk: none, some, some by halves, or all."""
    fate = chance.choice(("none", "some", "torn", "all"))
    if fate == "none":
        return []
    if fate == "all":
        return list(steps)
    kept = [step for step in steps if chance.random() < 0.5]
    return kept if fate == "some" else [_torn(step, chance) for step in kept]


def _torn(step: Step, chance: random.Random) -> Step:
    sectors = len(step.data) // SECTOR
    if step.what != "write" or sectors < 2:
        return step
    return Step("write", step.file, step.offset, step.data[: SECTOR * chance.randrange(1, sectors)])


def _apply(content: bytearray, step: Step) -> None:
    if step.what == "truncate":
        del content[step.offset :]
        return
    content.extend(bytes(max(step.offset - len(content), 0)))
    content[step.offset : step.offset + len(step.data)] = step.data


def judge(disk: Disk, folder: Path) -> str:
    """Start on what a cut left; return "whole", "lost" (something acknowledged), "by halves" or "corrupt"."""
    for old in folder.glob("ops.db*"):
        old.unlink()
    for name, content in disk.files.items():
        (folder / name).write_bytes(content)
    try:
        with closing(apsw.Connection(str(folder / "ops.db"))) as connection:
            if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                return "corrupt"
            return _judge_rows(connection, disk.acknowledged)
    except apsw.Error:
        return "corrupt"


def _judge_rows(connection: apsw.Connection, acknowledged: dict[str, int]) -> str:
    def ask(sql: str) -> list[int]:
        return [row[0] for row in connection.execute(sql)]

    acts = ask("SELECT id FROM journal ORDER BY id")
    done = ask("SELECT id FROM journal WHERE outcome IS NOT NULL ORDER BY id")
    told = ask("SELECT CAST(json_extract(body, '$.act') AS INTEGER) FROM outbox ORDER BY place")
    seqs = ask("SELECT seq FROM outbox ORDER BY place")
    taken = ask("SELECT count(*) FROM outbox WHERE state = 'acknowledged'")
    if done != told or [len(told)] != ask("SELECT last_seq FROM epochs") or seqs != done:
        return "by halves"
    if taken != ask("SELECT acknowledged FROM epochs"):
        return "by halves"
    there = {"intent": len(acts), "outcome": len(done), "answers": taken[0]}
    return "lost" if any(there[what] < number for what, number in acknowledged.items()) else "whole"
