"""Applications: accepted with their statutory decision date, queried, and decided."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

import structlog
from sqlalchemy import Connection, Row, insert, select, update

from central.access.answering import answers
from central.access.kiosks import Caller
from central.certificates.content import Content
from central.certificates.issuing import issue_once
from central.certificates.receipts import acceptance_receipt_content
from central.certificates.signing import Issuer
from central.feeds.calendars import use_published
from central.people.holder import holder_of
from central.store.acts import ActName, Actor, record
from central.store.refusals import RefusedError
from central.store.tables import applications, people
from kiosk.rules.deadline import deadline
from kiosk.rules.errors import InvalidInputError
from kiosk.rules.periods import BEIJING
from sync.protocol.applications import (
    APPLICATION_STATE,
    APPLY,
    ApplicationQuery,
    ApplicationRequest,
    ApplicationState,
    Item,
)
from sync.protocol.documents import AcceptanceReceipt

log = structlog.get_logger(__name__)

ITEMS: Mapping[Item, str] = {
    "registration": "社会保险登记",
    "registration-change": "社会保险登记变更",
    "pension-claim": "养老保险待遇申领",
    "medical-reimbursement": "医疗费用手工报销",
    "maternity-allowance": "生育津贴申领",
    "injury-reimbursement": "工伤医疗费用报销",
    "unemployment-benefit": "失业保险金申领",
    "training-subsidy": "职业培训补贴申领",
}
MOST_LISTED = 1000
DECIDED: Mapping[str, ActName] = {"granted": "application-granted", "refused": "application-refused"}


@answers(APPLY)
def answer_application(
    tx: Connection, caller: Caller, request: ApplicationRequest, at: datetime, *, issuer: Issuer
) -> AcceptanceReceipt:
    """Accept the application of a citizen at a terminal."""
    return apply(tx, caller.actor(at, request.verified_by), request, issuer)


def apply(tx: Connection, actor: Actor, request: ApplicationRequest, issuer: Issuer) -> AcceptanceReceipt:
    """Accept an application; a repeated request is accepted once.

    :raises Refused: nobody is on record, identity is not proven, or it was applied for already.
    """
    receipt: AcceptanceReceipt = issue_once(
        tx, actor, request.request_id, request, issuer, lambda: _accept(tx, request, actor.at)
    )
    if _row(tx, receipt.number) is None:
        about = {"item": request.item, "id_number": request.id_number, "channel": actor.channel}
        row = {"number": receipt.number, "received_at": actor.at, "due": receipt.due, "status": "accepted"}
        tx.execute(insert(applications).values(**row, **about, verified_by=request.verified_by))
        record(tx, actor, "application-accepted", receipt.number, kind=request.item, after="accepted")
    return receipt


@answers(APPLICATION_STATE)
def state(tx: Connection, _caller: Caller, request: ApplicationQuery, at: datetime) -> ApplicationState:
    """Return the status of an application.

    :raises Refused: there is none of this number and this person.
    """
    row = _row(tx, request.number)
    if row is None or row.id_number != request.id_number:
        raise RefusedError("application-unknown")
    return _state(row, at)


def listed(
    connection: Connection, at: datetime, *, number: str | None = None, only_open: bool = False
) -> list[tuple[ApplicationState, str]]:
    """Return applications with their applicants' names, the earliest due first.

    :raises Refused: there is none of this number.
    """
    found = select(applications, people.c.name).join(people, people.c.id_number == applications.c.id_number)
    if number is not None:
        found = found.where(applications.c.number == number)
    if only_open:
        found = found.where(applications.c.status == "accepted")
    # One whose day is not known yet comes last, on both databases.
    order = (applications.c.due.is_(None), applications.c.due, applications.c.number)
    rows = connection.execute(found.order_by(*order).limit(MOST_LISTED)).all()
    if number is not None and not rows:
        raise RefusedError("application-unknown")
    return [(_state(row, at), row.name) for row in rows]


def decide(
    tx: Connection, number: str, status: Literal["granted", "refused"], note: str, actor: Actor
) -> ApplicationState:
    """Record how and by whom an application was decided; a decision stays.

    :raises Refused: there is no such application, or it was decided before.
    """
    waiting = (applications.c.number == number) & (applications.c.status == "accepted")
    decided = update(applications).where(waiting).values(status=status, note=note, decided_at=actor.at)
    changed = tx.execute(decided).rowcount
    row = _row(tx, number)
    if row is None:
        raise RefusedError("application-unknown")
    if not changed:
        raise RefusedError("application-decided")
    about = {"kind": row.item, "before": "accepted", "after": status, "note": note}
    record(tx, actor, DECIDED[status], number, **about)
    return _state(row, actor.at)


def _accept(tx: Connection, request: ApplicationRequest, at: datetime) -> Content:
    person = _applicant(tx, request, at)
    open_one = (applications.c.id_number == person.id_number) & (applications.c.status == "accepted")
    if tx.execute(select(applications.c.number).where(open_one, applications.c.item == request.item)).first():
        raise RefusedError("application-open")
    use_published(tx)
    due = due_of(request.item, at.astimezone(BEIJING).date())
    if due is None:
        log.warning(
            "holidays_unknown", advice="publish the year's arrangement: kiosk-central feeds publish calendar"
        )
    return acceptance_receipt_content(person, ITEMS[request.item], request.materials, due)


def due_of(item: Item, received: date) -> date | None:
    """Return the day; None while nobody can know it, because a year's arrangement of holidays is not out yet."""
    try:
        return deadline(item, received).result.due
    except InvalidInputError:
        return None


def _applicant(tx: Connection, request: ApplicationRequest, at: datetime) -> Row[Any]:
    """Return the applicant's row; the lock makes two applications at once wait for each other."""
    person = holder_of(tx, request, at)
    return tx.execute(select(people).where(people.c.id_number == person.id_number).with_for_update()).one()


def _row(tx: Connection, number: str) -> Row[Any] | None:
    return tx.execute(select(applications).where(applications.c.number == number)).one_or_none()


def _state(row: Row[Any], at: datetime) -> ApplicationState:
    last_moment = (row.decided_at or at).astimezone(BEIJING).date()
    return ApplicationState(
        number=row.number,
        item=row.item,
        status=row.status,
        received_at=row.received_at,
        due=row.due,
        overdue=row.due is not None and last_moment > row.due,
        decided_at=row.decided_at,
        note=row.note,
    )
