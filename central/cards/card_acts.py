"""What the holder has done to a card: lost, released, cancelled. The rules decide what may be done here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Row

from central.access.answering import answers
from central.access.kiosks import Caller
from central.cards import cards
from central.certificates.content import Content
from central.certificates.issuing import issue_once
from central.certificates.receipts import business_receipt_content, loss_receipt_content
from central.certificates.signing import Issuer
from central.people import card_holder
from central.store.acts import Actor
from central.store.refusals import RefusedByRuleError, RefusedError
from central.store.tables import cards as card_table
from kiosk.rules.card_operation import CardOperation, card_operation
from kiosk.rules.card_state import LOST, next_state
from kiosk.rules.loss import loss_state
from kiosk.rules.periods import BEIJING
from kiosk.rules.words import Operation
from sync.protocol.cards import RELEASE_LOSS, REPORT_LOSS, CardAct, LossRelease, LossReport
from sync.protocol.documents import BusinessReceipt, LossReceipt
from sync.protocol.refusals import CardOperationDetails
from sync.protocol.words import LossKind
from text.id_number import birth_said

Act = Callable[[Connection, Any, Actor], Content]
AskedAct = TypeVar("AskedAct", bound=CardAct)


@answers(REPORT_LOSS)
def answer_loss_report(
    tx: Connection, caller: Caller, request: LossReport, at: datetime, *, issuer: Issuer
) -> LossReceipt:
    """Put a card on loss; return its receipt."""
    receipt: LossReceipt = act_once(tx, caller.actor(at), believed(caller, request), issuer, report_loss)
    return receipt


@answers(RELEASE_LOSS)
def answer_loss_release(
    tx: Connection, caller: Caller, request: LossRelease, at: datetime, *, issuer: Issuer
) -> BusinessReceipt:
    """Release a card from loss; return the receipt."""
    receipt: BusinessReceipt = act_once(tx, caller.actor(at), believed(caller, request), issuer, release_loss)
    return receipt


def believed(caller: Caller, request: AskedAct) -> AskedAct:
    """Return a request with only those of its claims that its terminal was approved to make."""
    unseen = {"papers": (), "given": (), "principal_present": False}
    claims = {} if caller.terminal.may("id-card") else unseen
    face = request.face_matched and caller.terminal.may("face")
    return msgspec.structs.replace(request, face_matched=face, **claims)


def act_once(tx: Connection, actor: Actor, request: CardAct, issuer: Issuer, act: Act) -> Any:
    """Do an act on a card and issue its receipt; the same request does it once.

    :raises Refused: whatever the act refuses.
    """
    actor = with_proof(actor, request)
    return issue_once(tx, actor, request.request_id, request, issuer, lambda: act(tx, request, actor))


def report_loss(tx: Connection, request: LossReport, actor: Actor) -> Content:
    """Put a card on loss; return its receipt.

    :raises Refused: there is no such card; RefusedByRuleError: it may not be done so.
    """
    card = _locked(tx, request)
    done = permit(card, "report-loss", request, actor, request.kind)
    loss = loss_state(card.region, request.kind, actor.at, actor.at).result
    until = loss.until if loss.state == "lost" else None
    cards.change(tx, card, "report-loss", LOST[request.kind], actor, kind=request.kind, until=until)
    return loss_receipt_content(card, request.kind, loss, done, actor.at)


def release_loss(tx: Connection, request: LossRelease, actor: Actor) -> Content:
    """Release a card from loss; return the receipt.

    :raises Refused: there is no such card; RefusedByRuleError: it may not be done so.
    """
    card = _locked(tx, request)
    done = permit(card, "release-loss", request, actor)
    status = card_holder.restored(card)
    cards.change(tx, card, "release-loss", status, actor)
    waiting = status == "not-activated"
    result = "已解除挂失，社保功能还没有激活" if waiting else "已解除挂失，卡恢复使用"
    return business_receipt_content(card, "release-loss", result, done.affects)


def cancel(tx: Connection, request: CardAct, actor: Actor) -> Content:
    """Cancel a card for good; return the receipt.

    :raises Refused: there is no such card; RefusedByRuleError: it may not be done so.
    """
    card = _locked(tx, request)
    done = permit(card, "cancel-card", request, actor)
    status = next_state(card_holder.effective_state(card, actor.at).social, "cancel-card")
    cards.change(tx, card, "cancel-card", str(status), actor)
    return business_receipt_content(card, "cancel-card", "社保功能已注销", done.affects)


def with_proof(actor: Actor, request: CardAct) -> Actor:
    """Return the actor with what was shown for the request: papers, details that agree, a face, an agent."""
    flags = ("agent", "principal_present", "face_matched")
    proofs = [*sorted({*request.papers, *request.given}), *(flag for flag in flags if getattr(request, flag))]
    return msgspec.structs.replace(actor, proof=" ".join(proofs))


def permit(
    card: Row[Any], operation: Operation, request: CardAct, actor: Actor, kind: LossKind | None = None
) -> CardOperation:
    """Continue only if the rules let this be done with the card, here, by the caller.

    :raises RefusedByRuleError: they do not.
    """
    assert actor.channel != "job", "no job asks for anything in a holder's name"
    state = card_holder.effective_state(card, actor.at).social
    answer = card_operation(
        card.region,
        actor.channel,
        operation,
        "social",
        kind=kind,
        papers=request.papers,
        agent=request.agent,
        state=state,
        holder_age=_age(card.id_number, actor.at),
        principal_present=request.principal_present,
        face_matched=request.face_matched,
        given=request.given,
    )
    if not answer.result.allowed:
        details = CardOperationDetails(
            region=card.region,
            operation=operation,
            channel=actor.channel,
            state=state,
            kind=kind,
            missing=answer.result.missing,
            redirect=answer.result.redirect,
        )
        raise RefusedByRuleError(str(answer.result.reason), str(answer.text), details)
    return answer.result


def _locked(tx: Connection, request: CardAct) -> Row[Any]:
    which = card_table.c.id_number == request.id_number
    if request.card_number is not None:
        which &= card_table.c.number == request.card_number
    card = card_holder.lock(tx, which)
    if card.region != request.region:
        raise RefusedError("other-region")
    return card


def _age(id_number: str, at: datetime) -> int | None:
    """Return the holder's age in whole years, by the ID number; None where it says no birth."""
    born, today = birth_said(id_number), at.astimezone(BEIJING).date()
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
