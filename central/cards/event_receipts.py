"""业务回执 for what a terminal has done with a card by itself and reported in an event."""

from datetime import datetime
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

DONE: dict[str, tuple[Operation, str, str]] = {
    "card.activated": ("activate", "已激活，初始密码已改", "今后看病买药、办社保业务，请用新密码。"),
    "card.pin_changed": ("change-pin", "已修改", "今后看病买药、办社保业务，请用新密码。"),
}
"""By event: what was done, its result, and what to do next."""


@answers(EVENT_RECEIPT)
def answer_receipt(
    tx: Connection, caller: Caller, request: ReceiptRequest, at: datetime, *, issuer: Issuer
) -> BusinessReceipt:
    """Issue the receipt, once for an event."""
    receipt: BusinessReceipt = issue_once(
        tx,
        caller.kiosk_id,
        request.event_id,
        request,
        issuer,
        at,
        lambda: _content(tx, caller.kiosk_id, request),
    )
    return receipt


def _content(tx: Connection, kiosk_id: str, request: ReceiptRequest) -> Content:
    """Return the receipt's content.

    :raises Refused: the event is not here yet, or not one of this terminal that has a receipt.
    """
    event = _event(tx, kiosk_id, request)
    if event.type not in DONE:
        raise RefusedError("no-receipt")
    operation, result, next_step = DONE[event.type]
    card = card_holder.find(tx, card_table.c.partition == event.partition)
    return business_receipt_content(card, operation, result, steps=[next_step])


def _event(tx: Connection, kiosk_id: str, request: ReceiptRequest) -> Row[Any]:
    mine = (events.c.id == request.event_id) & (events.c.kiosk_id == kiosk_id)
    row: Row[Any] | None = tx.execute(select(events).where(mine)).one_or_none()
    if row is None:
        raise RefusedError("event-unknown")
    return row
