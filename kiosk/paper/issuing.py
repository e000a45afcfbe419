"""What every service that prints a certificate does: have it issued, and hand it over on paper."""

from collections.abc import Generator, Mapping
from typing import Any

import msgspec
from uuid_utils import uuid7

from kiosk.dialogue.questions import Finished, Picture, Question, Working
from kiosk.dialogue.words import TranslatableText, _
from kiosk.paper.genuine import genuine
from kiosk.paper.printing import hand_over, last_unresolved_print, require_printer
from kiosk.visit.asking import ask
from kiosk.visit.open_requests import with_open_id
from kiosk.visit.proofs import verified_by
from kiosk.visit.steps import read_back
from kiosk.visit.visit import Visit
from sync.client import CentralUnreachableError
from sync.protocol.call import Proof
from sync.protocol.certificate_number import grouped
from sync.protocol.certificates import ISSUE_CERTIFICATE, IssueRequest
from sync.protocol.documents import Certificate
from sync.protocol.events import CertificateIssued, CertificateNameDiffers
from text.clean import clean_text

KEPT, KEPT_SECONDS = "certificate", 24 * 3600
"""The last certificate of each card, kept so that an interrupted print can be resumed."""
ISSUING = Working(title=_("正在开具证明"), text=_("正在向社保中心申请，请稍候。"))


class NameDiffersError(Exception):
    """The certificate's name is not the one on the chip; the message is its number. It is not printed."""


def issue_and_hand_over(
    visit: Visit, kind: str, what: TranslatableText, **asked: Any
) -> Generator[Question, Any, Finished]:
    """Have the centre issue a certificate of the holder, print it, and say that it is done.

    When an earlier print of such a certificate was interrupted, that print is resumed.

    :param what: what the citizen asked for, in a whole sentence.
    :param asked: what the kind needs: ``months``, ``first`` and ``last``, or ``year`` of an ``IssueRequest``.
    :raises PrinterNotReadyError: nothing was issued.
    """
    yield from read_back(visit, what)
    unanswered = last_unresolved_print(visit, kind)
    if not unanswered:
        require_printer(visit)  # its cover may have been opened since the service began
    request = unanswered.data["request"] if unanswered else _request(visit, {"kind": kind, **asked})
    certificate = yield from _issue(visit, request, again=bool(unanswered))
    yield from hand_over(visit, certificate, request, unanswered)
    return Finished(
        title=_("证明已打印"),
        text=_(
            "请从出纸口取走证明。编号 {number}，{until}。",
            number=grouped(certificate.number),
            until=_valid_until(certificate),
        ),
        picture=Picture.TAKE_PAPER,
    )


def _valid_until(certificate: Certificate) -> TranslatableText:
    if certificate.valid_until is None:
        return _("长期有效")
    return _("有效期至 {day}", day=str(certificate.valid_until))


def _request(visit: Visit, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request for what is wanted, with the id of the last time if its answer never came."""
    wanted = {**wanted, "verified_by": verified_by(visit.state(), ISSUE_CERTIFICATE.proof).value}
    request = _issue_request(visit, {"request_id": str(uuid7()), **wanted})
    return {"request_id": with_open_id(visit, ISSUE_CERTIFICATE, request).request_id, **wanted}


def _issue_request(visit: Visit, asked: Mapping[str, Any]) -> IssueRequest:
    """Return the request; one that an older program noted down was made by card and PIN."""
    request = IssueRequest(
        region=visit.region,
        id_number=visit.holder.id_number,
        **{"verified_by": Proof.CARD_PIN.value, **asked},
    )
    by_card = Proof(request.verified_by) is Proof.CARD_PIN
    return msgspec.structs.replace(request, card_identity=visit.card.identity) if by_card else request


def _issue(visit: Visit, request: Mapping[str, Any], *, again: bool) -> Generator[Question, Any, Certificate]:
    """Ask the centre; the same request brings the same certificate, however often it is made.

    Without the centre, a certificate that this request has brought before can still be printed: it is valid.

    :raises NotGenuineError: what was answered, or kept, is nothing that the centre has signed for this holder.
    """
    wanted = _issue_request(visit, request)

    def keep(answer: Certificate) -> None:
        certificate = genuine(visit, wanted, answer)
        visit.record(CertificateIssued(number=certificate.number, kind=wanted.kind))
        _require_same_name(visit, certificate)
        _keep(visit, wanted.request_id, answer)

    try:
        answer = yield from ask(visit, ISSUE_CERTIFICATE, wanted, page=ISSUING, again=again, keep=keep)
    except CentralUnreachableError:
        if not (kept := _kept(visit, wanted.request_id)):
            raise
        answer = kept
    return genuine(visit, wanted, answer)


def _require_same_name(visit: Visit, certificate: Certificate) -> None:
    """Continue only if the certificate is in the name that the chip holds.

    :raises NameDiffersError: the centre's record has another name.
    """
    name = getattr(certificate, "holder_name", visit.holder.name)
    if clean_text(name) != clean_text(visit.holder.name):
        visit.record(CertificateNameDiffers(number=certificate.number))
        raise NameDiffersError(certificate.number)


def _keep(visit: Visit, request_id: str, certificate: Certificate) -> None:
    if visit.personal:
        record = msgspec.json.encode((request_id, certificate)).decode()
        visit.personal.put(KEPT, visit.partition, record, KEPT_SECONDS)


def _kept(visit: Visit, request_id: str) -> Certificate | None:
    record = visit.personal and visit.personal.get(KEPT, visit.partition)
    if not record:
        return None
    kept_for, certificate = msgspec.json.decode(record, type=tuple[str, Certificate])
    return certificate if kept_for == request_id else None
