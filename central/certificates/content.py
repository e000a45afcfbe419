"""What goes into a document, before it has a number and a signature."""

from typing import Any

from msgspec import Struct
from sqlalchemy import Row

from sync.protocol.documents import CreditCode, Issued
from sync.protocol.messages import Identifier, RegionCode, YearMonth


class UnitRequest(Struct, frozen=True, kw_only=True):
    """Ask for a document about an employer. Only the centre's own staff do: a kiosk knows no proof for it yet."""

    request_id: Identifier
    kind: Identifier
    region: RegionCode
    credit_code: CreditCode
    first: YearMonth | None = None
    last: YearMonth | None = None


class Content(Struct, frozen=True, kw_only=True):
    """What a document says, and what of it the QR code binds.

    ``message`` is made from ``fields``; ``subject`` is the ID number or the credit code it is about. ``months``
    and ``last_month`` are what it certifies, 0 and '' when it is about none.
    """

    message: type[Issued]
    fields: dict[str, Any]
    subject: str
    name: str
    region: str
    agency: str
    months: int
    last_month: str


def about(
    holder: Row[Any], message: type[Issued], months: int, last_month: str, /, **fields: object
) -> Content:
    """Return a content about ``holder`` with the fields that every personal document has."""
    person = {"holder_name": holder.name, "id_number": holder.id_number, "sex": holder.sex}
    return Content(
        message=message,
        fields=person | fields,
        subject=holder.id_number,
        name=holder.name,
        region=holder.region,
        agency=holder.agency,
        months=months,
        last_month=last_month,
    )
