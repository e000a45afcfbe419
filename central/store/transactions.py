"""A transaction, and what must be committed before it can go on."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine

from central.store.refusals import RefusedError

TRIES = 4

Done = TypeVar("Done")


class NeededFirstError(Exception):
    """The transaction cannot go on before ``work`` was done, and committed, in another."""

    def __init__(self, work: Callable[[Engine], None]) -> None:
        super().__init__("something must be committed first")
        self.work = work


def committed(engine: Engine, work: Callable[[Connection], Done]) -> Done:
    """Do ``work`` in a transaction; what it needs first is done before, and the work begins again.

    Never in a second transaction beside it: when all connections are taken, each would wait for another's.

    :raises Refused: others always were quicker, or ``work`` refuses.
    """
    for _ in range(TRIES):
        try:
            with engine.begin() as tx:
                return work(tx)
        except NeededFirstError as needed:
            needed.work(engine)
    raise RefusedError("busy")
