"""What every service that prints a certificate does: prove identity, have it issued, hand it over on paper."""

from collections.abc import Generator
from typing import Any

from uuid_utils import uuid7

from kiosk.dialogue import Finished, Picture, Question, Working
from kiosk.identification import prove_identity
from kiosk.printing import hand_over, require_printer
from kiosk.visit import Visit
from sync.protocol.documents import Certificate
from sync.protocol.messages import IssueRequest

Step = Generator[Question, Any, None]


def prepare_to_print(visit: Visit) -> Step:
    """Go on only with a printer that can print and a citizen who is the holder.

    :raises PrinterNotReady: nothing was begun. PinLocked: the card takes no more tries.
    """
    require_printer(visit)
    yield from prove_identity(visit)


def issue_and_hand_over(visit: Visit, kind: str, **asked: Any) -> Generator[Question, Any, Finished]:
    """Have the centre issue a certificate of the holder, print it, and say that it is done.

    :param asked: what the kind needs: ``months``, ``first`` and ``last``, or ``year`` of an ``IssueRequest``.
    """
    yield Working(title="正在开具证明", text="正在向社保中心申请，请稍候。")
    certificate = _issue(visit, kind, asked)
    yield from hand_over(visit, certificate)
    until = f"有效期至 {certificate.valid_until}" if certificate.valid_until else "长期有效"
    return Finished(
        title="证明已打印",
        text=f"请从出纸口取走证明。编号 {certificate.number}，{until}。",
        picture=Picture.TAKE_PAPER,
    )


def _issue(visit: Visit, kind: str, asked: dict[str, Any]) -> Certificate:
    certificate = visit.centre.issue_certificate(
        IssueRequest(
            request_id=str(uuid7()),
            kind=kind,
            region=visit.region,
            card_identity=visit.card.identity,
            id_number=visit.holder.id_number,
            verified_by="card+pin",
            **asked,
        )
    )
    visit.record("certificate.issued", number=certificate.number, kind=kind)
    return certificate
