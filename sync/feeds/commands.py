"""What the centre tells this one kiosk to do: each command is kept, done at most once, and its end reported."""

from collections.abc import Callable, Mapping

import msgspec
import structlog
from msgspec import Struct

from sync.protocol.events import CommandDone, CommandFailed
from sync.protocol.feeds import COMMANDS, Page, Reason, Verb, checksum, row_hash
from sync.protocol.messages import TEXT_LENGTH
from sync.store import Store, Transaction, now, outbox
from sync.store.events import record
from sync.store.meta import get_meta, set_meta
from sync.store.reference_file import Cursor

CURSOR = "commands_cursor"
OUT_OF_SERVICE = "out_of_service"
ENDED = {"done": CommandDone, "failed": CommandFailed}
CLOSED = "本机暂停服务，请到窗口办理。"

log = structlog.get_logger(__name__)


class Command(Struct, frozen=True):
    """What a command's row says; ``reason`` is shown to people where the verb has something to show."""

    verb: Verb
    reason: Reason = ""


Act = Callable[[Command], None]


class CommandError(Exception):
    """The command cannot be done; the message goes back to the centre."""


class Commands:
    """The commands feed as ops.db keeps it; the cursor moves in the transaction that takes the commands in."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def cursor(self, feed: str = COMMANDS) -> Cursor | None:
        """Return how far the feed is."""
        text = get_meta(self._store, CURSOR)
        if text is None:
            return None
        epoch, seq = msgspec.json.decode(text, type=tuple[str, int])
        rows = self._store.rows("SELECT key, seq, value FROM command WHERE NOT withdrawn")
        return Cursor(epoch, seq, len(rows), checksum(row_hash(**row) for row in rows))

    def begin(self, feed: str, epoch: str) -> None:
        """Restart the feed. What was done stays known, so that it is not done again."""
        with self._store.transaction() as tx:
            tx.execute("UPDATE command SET withdrawn = 1, seq = 0")
            _save_cursor(tx, epoch, 0)

    def apply(self, page: Page, _hashes: int) -> bool:
        """Take a page in, in one transaction; one that does not go on from the cursor changes nothing."""
        with self._store.transaction() as tx:
            if get_meta(self._store, CURSOR) != _cursor(page.epoch, page.after):
                return False
            for change in page.changes:
                tx.execute(
                    "INSERT INTO command (key, seq, value, withdrawn) VALUES (?, ?, ?, ?) ON CONFLICT (key)"
                    " DO UPDATE SET seq = excluded.seq, value = excluded.value, withdrawn = excluded.withdrawn"
                    " WHERE excluded.seq > command.seq",
                    (change.key, change.seq, change.value or "null", change.value is None),
                )
            _save_cursor(tx, page.epoch, page.upto)
        return True

    def execute(self, acts: Mapping[str, Act]) -> None:
        """Run queued commands, oldest first, each at most once; one that a power cut interrupted has failed."""
        for key in self._in_state("started"):
            self._end(key, "failed", "interrupted")
        for key in self._in_state("queued"):
            with self._store.transaction() as tx:
                tx.execute("UPDATE command SET state = 'started' WHERE key = ?", (key,))
            self._end(key, *self._run(key, acts))

    def _in_state(self, state: str) -> list[str]:
        sql = "SELECT key FROM command WHERE state = ? AND NOT withdrawn ORDER BY seq"
        return [row["key"] for row in self._store.rows(sql, (state,))]

    def _run(self, key: str, acts: Mapping[str, Act]) -> tuple[str, str]:
        [row] = self._store.rows("SELECT value FROM command WHERE key = ?", (key,))
        try:
            command = msgspec.json.decode(row["value"], type=Command)
            if command.verb not in acts:
                raise CommandError(f"no verb {command.verb} here")
            acts[command.verb](command)
        except (msgspec.DecodeError, CommandError) as error:
            return "failed", str(error)
        return "done", ""

    def _end(self, key: str, state: str, reason: str) -> None:
        with self._store.transaction() as tx:
            tx.execute(
                "UPDATE command SET state = ?, reason = ?, ended_at = ? WHERE key = ?",
                (state, reason, now(), key),
            )
            record(tx, ENDED[state](key=_told(key), reason=_told(reason)))
        log.info("command_ended", key=key, state=state, reason=reason)


def acts_of(store: Store, refetch: Callable[[], None]) -> dict[str, Act]:
    """Return what each verb does at this kiosk.

    :param refetch: has all reference feeds fetched from the beginning.
    """
    return {
        "resend-outbox": lambda _: outbox.send_all_again(store),
        "refetch-reference": lambda _: refetch(),
        "set-out-of-service": lambda command: _serve(store, command.reason or CLOSED),
        "set-in-service": lambda _: _serve(store, ""),
    }


def out_of_service(store: Store) -> str:
    """Return why the centre has put this kiosk out of service, in words for people; '' when it has not."""
    return (get_meta(store, OUT_OF_SERVICE) or "")[:TEXT_LENGTH]


def _serve(store: Store, unavailable_reason: str) -> None:
    with store.transaction() as tx:
        set_meta(tx, OUT_OF_SERVICE, unavailable_reason)


def _told(text: str) -> str:
    """Return what the centre is told of a text that it wrote itself, whatever is in it."""
    return text[:TEXT_LENGTH].replace("\0", "\N{REPLACEMENT CHARACTER}")


def _cursor(epoch: str, seq: int) -> str:
    return msgspec.json.encode((epoch, seq)).decode()


def _save_cursor(tx: Transaction, epoch: str, seq: int) -> None:
    set_meta(tx, CURSOR, _cursor(epoch, seq))
