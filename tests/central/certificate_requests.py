"""Requests for certificates of the demonstration's people."""

import msgspec

from sync.protocol.certificates import IssueRequest
from tests import people

WANG = IssueRequest(
    request_id="request-1",
    kind="participation",
    region="610200",
    card_identity="610200D15600000500000001A1B2C3D4",
    id_number=people.WANG.id_number,
    verified_by="card+pin",
)
LI = {"card_identity": "610200D15600000500000002B2C3D4E5", "id_number": people.LI.id_number}
OUYANG = {"card_identity": "610200D15600000500000003C3D4E5F6", "id_number": people.OUYANG.id_number}


def asking(**changes) -> IssueRequest:
    return msgspec.structs.replace(WANG, **changes)
