"""Which function of the centre answers which call: each is marked in the room that it is about."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

import structlog
from msgspec import Struct

from central.store.refusals import RefusedError
from sync.protocol.call import Call, Request
from sync.protocol.refusals import COMMON

Answer = TypeVar("Answer")
Tools = ParamSpec("Tools")
Work = Callable[Concatenate[Any, Any, Request, datetime, Tools], Answer]
"""Takes the transaction and the kiosk (of a call that submits its key: the engine and the kiosk's number), the
request, the time, and by their names the tools of the centre that it needs."""
LaneName = Literal["events", "services", "platform"]

log = structlog.get_logger(__name__)


class UndeclaredRefusalError(Exception):
    """A call was refused with a code that its declaration does not name: no kiosk expects that."""


class Answering(Struct, frozen=True):
    """The function that answers a call, and the lane to the database in which it does so."""

    call: Call[Any, Any]
    work: Callable[..., Any]
    lane: LaneName

    def with_tools(self, tools: Mapping[str, Any]) -> Callable[..., Any]:
        """Return the function with those of the tools that it names as keywords."""
        parameters = inspect.signature(self.work).parameters.values()
        wanted = [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]
        return partial(self.work, **{name: tools[name] for name in wanted})


_answered: dict[str, Answering] = {}


def answers(
    call: Call[Request, Answer], lane: LaneName = "services"
) -> Callable[[Work[Request, Tools, Answer]], Work[Request, Tools, Answer]]:
    """Make a function the one that answers ``call``.

    :raises ValueError: another one does already.
    """

    def register(work: Work[Request, Tools, Answer]) -> Work[Request, Tools, Answer]:
        if call.path in _answered:
            raise ValueError(f"{call.path} is answered by {_answered[call.path].work.__qualname__} already")
        _answered[call.path] = Answering(call, work, lane)
        return work

    return register


def answered() -> tuple[Answering, ...]:
    """Return what is answered by the modules that were imported."""
    return tuple(_answered.values())


@contextmanager
def only_declared_refusals(call: Call[Any, Any]) -> Iterator[None]:
    """Let through only the refusals that ``call`` names, and those of every call.

    :raises UndeclaredRefusalError: it is refused with another.
    """
    try:
        yield
    except RefusedError as refusal:
        if refusal.code not in (*call.refused_with, *COMMON):
            log.error("undeclared_refusal", call=call.path, code=refusal.code)
            raise UndeclaredRefusalError(f"{call.path}: {refusal.code}") from refusal
        raise
