"""Intent and outcome of every act that cannot be undone, and the record of everything else.

The intent is on disk before the act. The outcome is written together with the event that tells the centre, in one
transaction. An intent without an outcome at start means that the kiosk does not know: it is never repeated by itself.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kiosk.events import kind_of
from sync.store import Store, Transaction, now, outbox


class Outcome(StrEnum):
    """How an act ended: done, certainly not done, or nobody knows."""

    DONE = "done"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class AlreadySettled(Exception):
    """The act has an outcome already; it stays, and nothing is reported twice."""


@dataclass(frozen=True)
class Report:
    """An event that goes with an outcome."""

    event: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Intent:
    """An act that was begun and has no outcome yet."""

    id: int
    visit_id: str
    act: str
    partition: str
    data: Mapping[str, Any]


class Effect:
    """An act between its intent and its outcome."""

    def __init__(self, journal: "Journal", intent: Intent) -> None:
        self._journal = journal
        self._intent = intent

    def settle(self, outcome: Outcome, data: Mapping[str, Any], report: Report | None = None) -> None:
        """Write how the act ended and what the centre hears of it, in one transaction."""
        self._journal.settle(self._intent, outcome, data, report)


class Journal:
    """The kiosk's record in ``store``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @contextmanager
    def effect(self, act: str, visit_id: str, partition: str, data: Mapping[str, Any]) -> Iterator[Effect]:
        """Write the intent of ``act``, and let the caller act and settle it.

        An act that was left without being settled stays an intent without an outcome, like after a power cut.
        """
        kind_of(act, data)
        with self._store.transaction() as transaction:
            row = transaction.execute(
                "INSERT INTO journal (visit_id, effect, partition, intent, intent_at) VALUES (?, ?, ?, ?, ?)",
                (visit_id, act, partition, _json(data), now()),
            )
        yield Effect(self, Intent(row.lastrowid, visit_id, act, partition, data))

    def settle(
        self, intent: Intent, outcome: Outcome, data: Mapping[str, Any], report: Report | None
    ) -> None:
        """Write the outcome of ``intent`` and its report in one transaction.

        :raises AlreadySettled: it has an outcome.
        """
        kind_of(intent.act, data)
        with self._store.transaction() as transaction:
            row = transaction.execute(
                "UPDATE journal SET outcome = ?, details = ?, outcome_at = ? WHERE id = ? AND outcome IS NULL",
                (outcome, _json(data), now(), intent.id),
            )
            if not row.rowcount:
                raise AlreadySettled(f"{intent.act} of visit {intent.visit_id}")
            if report:
                self._record(transaction, report.event, intent.visit_id, intent.partition, report.data)

    def record(self, event: str, visit_id: str, partition: str = "", **data: object) -> None:
        """Write an event of the catalogue; the centre hears of it if the catalogue says so."""
        with self._store.transaction() as transaction:
            self._record(transaction, event, visit_id, partition, data)

    def unsettled(self) -> list[Intent]:
        """Return the acts that have an intent and no outcome, oldest first."""
        rows = self._store.rows(
            "SELECT id, visit_id, effect AS act, partition, intent FROM journal WHERE outcome IS NULL ORDER BY id"
        )
        return [Intent(data=json.loads(row.pop("intent")), **row) for row in rows]

    def _record(
        self, transaction: Transaction, event: str, visit_id: str, partition: str, data: Mapping[str, Any]
    ) -> None:
        kind = kind_of(event, data)
        transaction.execute(
            "INSERT INTO audit (at, event, visit_id, data) VALUES (?, ?, ?, ?)",
            (now(), event, visit_id, _json(data)),
        )
        if kind.to_centre:
            outbox.add(transaction, event, partition, {"visit_id": visit_id, **data})


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(dict(data), ensure_ascii=False, sort_keys=True)
