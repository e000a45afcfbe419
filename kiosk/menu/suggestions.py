"""What this citizen may want, by the credential and its state: offered above all groups."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from dateutil.relativedelta import relativedelta

from kiosk.credentials.card_condition import CardCondition
from kiosk.menu.menu import menu
from kiosk.record.journal import Intent
from kiosk.rules.id_number import id_number
from kiosk.services.service import Service
from kiosk.visit.person import Credential, Person

ELDER_AGE = 60
BY_STATE = {"pin-locked": "reset-pin", "not-activated": "activate-card", "lost": "release-loss"}
"""What the holder of a card in this state has most likely come for."""
OF_ELDERS = "print-pension-receipt"


def is_elder(number: str, today: date) -> bool:
    """Return whether the holder of this ID number is 60 or over."""
    birth = id_number(number).result.birth
    return birth is not None and relativedelta(today, birth).years >= ELDER_AGE


def suggested(
    person: Person | None, card: CardCondition | None, open_acts: Sequence[Intent], today: date
) -> tuple[Service, ...]:
    """Return the services, the likeliest first: what the card needs, what was left open, what is asked for at that age.

    Then follow those of the menu's first services that this citizen's credential is enough for.
    """
    found: dict[str, Service] = {}
    for service in (*_by_state(card), *_left_open(open_acts), *_by_age(person, today), *_most_used(person)):
        found.setdefault(service.name, service)
    return tuple(found.values())


def _named(names: Iterable[str | None]) -> tuple[Service, ...]:
    by_name = {service.name: service for service in menu().services}
    return tuple(by_name[name] for name in names if name in by_name)


def _by_state(card: CardCondition | None) -> tuple[Service, ...]:
    return _named([BY_STATE.get(card.state or "")]) if card else ()


def _left_open(acts: Sequence[Intent]) -> tuple[Service, ...]:
    return tuple(service for service in menu().services if any(map(service.left_open, acts)))


def _by_age(person: Person | None, today: date) -> tuple[Service, ...]:
    return _named([OF_ELDERS]) if person and is_elder(person.id_number, today) else ()


def _most_used(person: Person | None) -> tuple[Service, ...]:
    """Return the menu's services in its order; for nobody, the first of each group that anybody may use."""
    if person:
        return menu().services
    open_to_all: Callable[[Service], bool] = lambda service: Credential.NONE in service.accepts  # noqa: E731
    firsts = (next(filter(open_to_all, listed), None) for listed in menu().groups.values())
    return tuple(first for first in firsts if first)
