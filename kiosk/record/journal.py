"""Intent and outcome of every act that cannot be undone, and the record of everything else.

The intent is on disk before the act. The outcome is written together with the event that tells the centre, in one
transaction. An intent without an outcome at start means that the kiosk does not know: it is never repeated by itself.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

from sync.protocol.event_kinds import EventBody
from sync.protocol.events import JournalUnknownAct
from sync.store import Store, chain, now, outbox
from sync.store.alarms import raise_alarm
from sync.store.events import record

UNKNOWN = "(outcome IS NULL OR outcome = 'uncertain')"


class Outcome(StrEnum):
    """Outcome of an act: done, certainly not done, or unknown."""

    DONE = "done"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class AlreadySettledError(Exception):
    """The act has an outcome already; it stays, and nothing is reported twice."""


@dataclass(frozen=True)
class Intent:
    """An act that was begun; its outcome may not be known yet."""

    id: int
    visit_id: str
    act: str
    partition: str
    data: Mapping[str, Any]

    @property
    def number(self) -> str:
        """What the act is called on receipts, by staff, and to the centre."""
        return f"{self.visit_id[-8:].upper()}-{self.id}"


Settlement = tuple[Outcome, Mapping[str, Any], EventBody | None]
"""An outcome, what is known of it, and the event that reports it."""


@dataclass(frozen=True)
class Act:
    """A kind of act that cannot be undone. There is none without a way to settle it after a restart.

    :param data: what its intent and its outcome may hold.
    :param prints: the printer may still hold something of it.
    """

    name: str
    data: type[Struct]
    settlement_after_restart: Callable[[Intent], Settlement]
    prints: bool = False

    def __post_init__(self) -> None:
        ACTS[self.name] = self

    def require_data(self, data: Mapping[str, Any]) -> None:
        """Continue only with what such an act may hold.

        :raises ActDataError: it is something else.
        """
        try:
            msgspec.convert(data, self.data)
        except msgspec.ValidationError as error:
            raise ActDataError(f"{self.name}: {error}") from error

    def is_known(self, data: Mapping[str, Any]) -> bool:
        """Return whether this version could have written ``data``."""
        with suppress(ActDataError):
            self.require_data(data)
            return True
        return False


class ActDataError(ValueError):
    """An act's intent or outcome holds what its declaration does not name."""


ACTS: dict[str, Act] = {}
"""Every act that this version knows, by its name in the journal."""


class OpenAct:
    """An act between its intent and its outcome."""

    def __init__(self, journal: "Journal", intent: Intent) -> None:
        self._journal = journal
        self.intent = intent

    def settle(self, outcome: Outcome, data: Mapping[str, Any], report: EventBody | None = None) -> None:
        """Write how the act ended and the event that reports it, in one transaction."""
        self._journal.settle(self.intent, outcome, data, report)


class Journal:
    """The kiosk's record in ``store``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @contextmanager
    def begin_act(
        self, act: Act, visit_id: str, partition: str, data: Mapping[str, Any]
    ) -> Iterator[OpenAct]:
        """Write the intent of ``act``, and let the caller act and settle it.

        An act that was left without being settled stays an intent without an outcome, like after a power cut.
        """
        act.require_data(data)
        with self._store.transaction() as transaction:
            row = transaction.execute(
                "INSERT INTO journal (visit_id, effect, partition, intent, intent_at) VALUES (?, ?, ?, ?, ?)",
                (visit_id, act.name, partition, _json(data), now()),
            )
            chain.add_intent(transaction, row.lastrowid)
        yield OpenAct(self, Intent(row.lastrowid, visit_id, act.name, partition, data))

    def settle(
        self, intent: Intent, outcome: Outcome, data: Mapping[str, Any], report: EventBody | None
    ) -> None:
        """Write the outcome of ``intent`` and its report in one transaction.

        :raises AlreadySettledError: it has an outcome.
        """
        self._write(intent, outcome, data, report, "outcome IS NULL")

    def resolve(
        self, intent: Intent, outcome: Outcome, data: Mapping[str, Any], report: EventBody | None
    ) -> None:
        """Write how an act of unknown outcome ended after all, and its report, in one transaction.

        :raises AlreadySettledError: its outcome is known.
        """
        self._write(intent, outcome, data, report, UNKNOWN)

    def unknown_outcome_acts_for(self, act: Act, partition: str) -> list[Intent]:
        """Return the acts of this kind on one card whose outcome is not known, oldest first."""
        return self._intents(f"effect = ? AND partition = ? AND {UNKNOWN}", (act.name, partition))

    def left_open(self, partition: str) -> list[Intent]:
        """Return every act on one card whose outcome is not known, oldest first."""
        return self._intents(f"partition = ? AND {UNKNOWN}", (partition,))

    def acts_with_unknown_outcome(self) -> list[Intent]:
        """Return every act whose outcome is not known, oldest first."""
        return self._intents(UNKNOWN)

    def outcome(self, intent: Intent) -> Outcome | None:
        """Return how an act ended, as far as is known now."""
        [row] = self._store.rows("SELECT outcome FROM journal WHERE id = ?", (intent.id,))
        return row["outcome"] and Outcome(row["outcome"])

    def has_room(self) -> bool:
        """Return whether anything can be recorded now: without that the kiosk does nothing."""
        return self._store.has_room()

    def is_undelivered(self, event: type[EventBody], partition: str) -> bool:
        """Return whether such an event about one card is still on its way to the centre."""
        return outbox.is_waiting(self._store, event, partition)

    def record(self, event: EventBody, visit_id: str, partition: str = "") -> None:
        """Write an event of the catalogue; the centre receives it if the catalogue says so."""
        with self._store.transaction() as transaction:
            record(transaction, event, visit_id=visit_id, partition=partition)

    def alarm(self, event: EventBody, visit_id: str, partition: str = "") -> None:
        """Write an event that somebody must look into, as ``record`` does, and keep it among the last alarms."""
        with self._store.transaction() as transaction:
            raise_alarm(transaction, event, visit_id=visit_id, partition=partition)

    def acts_without_outcome(self) -> list[Intent]:
        """Return the acts that have an intent and no outcome, oldest first."""
        return self._intents("outcome IS NULL")

    def is_print_open(self) -> bool:
        """Return whether a print has no outcome; one of an act that this version does not know may be a print."""
        return any(
            intent.act not in ACTS or ACTS[intent.act].prints for intent in self.acts_without_outcome()
        )

    def settle_after_restart(self) -> list[Intent]:
        """Settle every act that has no outcome, as its kind wants it; nothing is repeated. Return them.

        An act that this version does not know, or not in this form, because another version began it, is kept as
        uncertain and reported.
        """
        found = self.acts_without_outcome()
        for intent in found:
            act = ACTS.get(intent.act)
            if act and act.is_known(intent.data):
                self.settle(intent, *act.settlement_after_restart(intent))
            else:
                self._keep_unknown(intent)
        return found

    def _keep_unknown(self, intent: Intent) -> None:
        report = JournalUnknownAct(act=intent.act, number=intent.number)
        with self._store.transaction() as transaction:
            transaction.execute(
                "UPDATE journal SET outcome = ?, details = ?, outcome_at = ? WHERE id = ? AND outcome IS NULL",
                (Outcome.UNCERTAIN, _json(intent.data), now(), intent.id),
            )
            chain.add_outcome(transaction, intent.id)
            record(transaction, report, visit_id=intent.visit_id, partition=intent.partition)

    def _intents(self, which: str, parameters: tuple[str, ...] = ()) -> list[Intent]:
        rows = self._store.rows(
            f"SELECT id, visit_id, effect AS act, partition, intent FROM journal WHERE {which} ORDER BY id",  # noqa: S608
            parameters,
        )
        return [Intent(data=json.loads(row.pop("intent")), **row) for row in rows]

    def _write(
        self,
        intent: Intent,
        outcome: Outcome,
        data: Mapping[str, Any],
        report: EventBody | None,
        provided: str,
    ) -> None:
        ACTS[intent.act].require_data(data)
        with self._store.transaction() as transaction:
            row = transaction.execute(
                f"UPDATE journal SET outcome = ?, details = ?, outcome_at = ? WHERE id = ? AND ({provided})",  # noqa: S608
                (outcome, _json(data), now(), intent.id),
            )
            if not row.rowcount:
                raise AlreadySettledError(f"{intent.act} of visit {intent.visit_id}")
            chain.add_outcome(transaction, intent.id)
            if report:
                record(transaction, report, visit_id=intent.visit_id, partition=intent.partition)


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(dict(data), ensure_ascii=False, sort_keys=True)
