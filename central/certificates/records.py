"""What the centre's records say of a person or an employer, one kind of document after the other."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection

from central.certificates import pension, personal, unit
from central.certificates.content import Content, UnitRequest
from sync.protocol.certificates import IssueRequest

Request: TypeAlias = IssueRequest | UnitRequest
Look: TypeAlias = Callable[[Connection, Any, datetime], Content]

FOR_PEOPLE: Mapping[str, Look] = {
    "participation": personal.participation,
    "contributions": personal.contributions_of,
    "transfer-voucher": personal.transfer_voucher,
    "annual-record": personal.annual_record,
    "pension-receipt": pension.pension_receipt,
}
FOR_UNITS: Mapping[str, Look] = {
    "unit-participation": unit.participation,
    "unit-contributions": unit.contributions,
}
