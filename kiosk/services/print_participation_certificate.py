"""打印参保证明: the holder's participation certificate of the last 24 months."""

from uuid_utils import uuid7

from kiosk.certificates.participation import participation
from kiosk.dialogue import Finished, Picture, Working
from kiosk.identification import prove_identity
from kiosk.printing import hand_over, require_printer
from kiosk.services import Conversation, Credential, Offline, service
from kiosk.visit import Visit
from sync.protocol.messages import IssueRequest

KIND = "participation"


@service("print-participation-certificate", credential=Credential.CARD, offline=Offline.REFUSE)
def print_participation_certificate(visit: Visit) -> Conversation:
    """Prove identity, have the centre issue the certificate, and hand it over on paper."""
    require_printer(visit)
    yield from prove_identity(visit)
    yield Working(title="正在开具证明", text="正在向社保中心申请，请稍候。")
    certificate = visit.centre.issue_certificate(
        IssueRequest(
            request_id=str(uuid7()),
            kind=KIND,
            region=visit.region,
            card_identity=visit.card.identity,
            id_number=visit.holder.id_number,
            verified_by="card+pin",
        )
    )
    visit.record("certificate.issued", number=certificate.number, kind=KIND)
    yield from hand_over(visit, certificate, participation)
    return Finished(
        title="证明已打印",
        text=f"请从出纸口取走证明。编号 {certificate.number}，有效期至 {certificate.valid_until}。",
        picture=Picture.TAKE_PAPER,
    )
