"""Events that mean nothing where they come: logged for the maintainers, and an error in tests."""

from collections.abc import Callable

import structlog

from kiosk.visit.visit import UnexpectedEventError

log = structlog.get_logger()

Handler = Callable[[UnexpectedEventError], None]


def log_it(error: UnexpectedEventError) -> None:
    """Log which event came where; not what is in it."""
    log.error("unexpected event", event_kind=error.kind, where=error.where)


_handler: Handler = log_it


def handle_with(handler: Handler) -> Handler:
    """Have ``handler`` called from now on; return the one before. Tests have one that raises."""
    global _handler
    before, _handler = _handler, handler
    return before


def handle(error: UnexpectedEventError) -> None:
    """Report an event that meant nothing here."""
    _handler(error)
