"""The register of operators: the people at the centre who may act, by name.

As long as it is empty, anyone at the keyboard acts under the name that they give. With the first name in it, only
those act who are in it; who has left is disabled, and stays on record.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from central.store.tables import operators


class OperatorError(Exception):
    """The operator may not act, or cannot be added or disabled; nothing was done. The message says why."""


def require_active(tx: Connection, name: str) -> None:
    """Continue only for somebody who may act.

    :raises OperatorError: the register is not empty, and they are not in it, or were disabled.
    """
    found = tx.execute(select(operators.c.disabled_at).where(operators.c.name == name)).one_or_none()
    if found is None and registered(tx):
        raise OperatorError(
            f"{name} is not a registered operator, and nothing was done; `kiosk-central operators list` names them,"
            " --as says who you are"
        )
    if found is not None and found.disabled_at is not None:
        raise OperatorError(f"{name} was disabled as an operator, and nothing was done")


def registered(connection: Connection) -> int:
    """Return how many operators were ever registered, also those who are disabled."""
    return connection.execute(select(func.count()).select_from(operators)).scalar_one()


def listed(connection: Connection) -> Sequence[Row[Any]]:
    """Return all operators, by name."""
    return connection.execute(select(operators).order_by(operators.c.name)).all()


def add(tx: Connection, name: str, by: str, at: datetime) -> None:
    """Register somebody, or let somebody act again who was disabled.

    :raises OperatorError: they are registered and may act already.
    """
    found = tx.execute(select(operators.c.disabled_at).where(operators.c.name == name)).one_or_none()
    if found is not None and found.disabled_at is None:
        raise OperatorError(f"{name} is registered already, and nothing was changed")
    about = {"added_at": at, "added_by": by, "disabled_at": None, "disabled_by": None}
    if found is None:
        tx.execute(insert(operators).values(name=name, **about))
    else:
        tx.execute(update(operators).where(operators.c.name == name).values(about))


def disable(tx: Connection, name: str, by: str, at: datetime) -> None:
    """Let somebody act no more.

    :raises OperatorError: there is nobody of this name who may act.
    """
    this = update(operators).where(operators.c.name == name, operators.c.disabled_at.is_(None))
    if not tx.execute(this.values(disabled_at=at, disabled_by=by)).rowcount:
        raise OperatorError(f"there is no operator {name} who may act, and nothing was changed")
