"""业务回执 for what a terminal has done with a card by itself and reported in an event."""

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, select

from central.access.answering import answers
from central.access.kiosks import Caller
from central.certificates.content import Content
from central.certificates.issuing import issue_once
from central.certificates.receipts import business_receipt_content
from central.certificates.signing import Issuer
from central.people import card_holder
from central.store.refusals import RefusedError
from central.store.tables import cards as card_table
from central.store.tables import events
from kiosk.rules.words import Operation
from sync.protocol.certificates import EVENT_RECEIPT, ReceiptRequest
from sync.protocol.documents import BusinessReceipt
from sync.protocol.event_kinds import name_of
from sync.protocol.events import CardActivated, CardPinChanged
from sync.protocol.messages import card_partition

DONE: dict[str, tuple[Operation, str, str]] = {
    name_of(CardActivated): ("activate", "已激活，初始密码已改", "今后看病买药、办社保业务，请用新密码。"),
    name_of(CardPinChanged): ("change-pin", "已修改", "今后看病买药、办社保业务，请用新密码。"),
}
"""By event: what was done, its result, and what to do next."""


@answers(EVENT_RECEIPT)
def answer_receipt(
    tx: Connection, caller: Caller, request: ReceiptRequest, at: datetime, *, issuer: Issuer
) -> BusinessReceipt:
    """Issue the receipt, once for an event."""
    actor = caller.actor(at, f"event {request.event_id}")
    content = partial(_content, tx, caller, request)
    receipt: BusinessReceipt = issue_once(tx, actor, request.event_id, request, issuer, content)
    return receipt


def _content(tx: Connection, caller: Caller, request: ReceiptRequest) -> Content:
    """Return the receipt's content.

    :raises Refused: the event is not here yet, or not one of this terminal and this card that has a receipt.
    """
    event = _event(tx, caller, request)
    if event.type not in DONE:
        raise RefusedError("no-receipt")
    operation, result, next_step = DONE[event.type]
    card = card_holder.find(tx, card_table.c.partition == event.partition)
    return business_receipt_content(card, operation, result, steps=[next_step])


def _event(tx: Connection, caller: Caller, request: ReceiptRequest) -> Row[Any]:
    """Return what this terminal has reported of the card that proved itself in this visit."""
    mine = (events.c.id == request.event_id) & (events.c.kiosk_id == caller.kiosk_id)
    row: Row[Any] | None = tx.execute(select(events).where(mine)).one_or_none()
    if row is None or row.partition != card_partition(caller.proven.card_identity or ""):
        raise RefusedError("event-unknown")
    return row
