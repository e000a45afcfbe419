"""The document about a pension that is paid."""

from datetime import datetime

from sqlalchemy import Connection, select

from central.certificates.content import Content, about
from central.people.holder import holder_of, pension_of
from central.store.refusals import RefusedError
from central.store.tables import pension_payments
from sync.protocol.certificates import IssueRequest
from sync.protocol.documents import Payment, PensionReceipt

PAYMENTS = 12
"""A 领取证明 shows so many of the last payments."""


def pension_receipt(tx: Connection, request: IssueRequest, at: datetime) -> Content:
    """Return the 待遇领取证明: since when a pension is paid, and the last payments."""
    holder = holder_of(tx, request, at)
    pension = pension_of(tx, holder)
    if pension is None:
        raise RefusedError("no-pension")
    mine = select(pension_payments).where(pension_payments.c.id_number == holder.id_number)
    newest = mine.order_by(pension_payments.c.month.desc()).limit(PAYMENTS)
    payments = [Payment(row.month, row.amount, row.status) for row in tx.execute(newest)][::-1]
    return about(
        holder,
        PensionReceipt,
        len(payments),
        payments[-1].month if payments else "",
        insurance=pension.insurance,
        category=pension.category,
        since=pension.since,
        status=pension.status,
        paid_to=pension.paid_to,
        payments=payments,
    )
