"""One file a service: a generator that yields questions and returns what was done."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from kiosk import services as folder
from kiosk.dialogue.questions import Finished, Question
from kiosk.rules.words import Operation
from kiosk.visit.visit import Visit

Conversation = Generator[Question, Any, Finished | None]
"""It ends with what was done, or with None when there was nothing to do."""


class Credential(StrEnum):
    """What a citizen must have shown before a service begins."""

    CARD = "card"


class Offline(StrEnum):
    """What a service does while the centre cannot be reached."""

    SERVE = "serve"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Service:
    """One service: its name in the menu, what it needs, and its conversation.

    One that ``prints`` cannot be done without a printer. ``operation`` is what the law calls what it does.
    ``needs`` names the feeds that it relies on without asking the centre: too old, they stop it.
    """

    name: str
    credential: Credential
    offline: Offline
    run: Callable[[Visit], Conversation]
    prints: bool = False
    operation: Operation | None = None
    needs: tuple[str, ...] = ()


_found: dict[str, Service] = {}


def service(
    name: str,
    *,
    credential: Credential,
    offline: Offline,
    prints: bool = False,
    operation: Operation | None = None,
    needs: tuple[str, ...] = (),
) -> Callable[[Callable], Callable]:
    """Make a generator function the service called ``name``."""

    def register(run: Callable[[Visit], Conversation]) -> Callable[[Visit], Conversation]:
        _found[name] = Service(name, credential, offline, run, prints, operation, needs)
        return run

    return register


@cache
def services() -> Mapping[str, Service]:
    """Return every service of this folder and its groups by its name."""
    for module in walk_packages(folder.__path__, f"{folder.__name__}."):
        import_module(module.name)
    return _found
