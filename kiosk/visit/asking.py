"""Asking the centre: one question at a time, which the citizen may leave at any moment, and nothing is lost by that."""

from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import Any

import msgspec
import structlog

from kiosk.dialogue.questions import AwaitReply, Interruption, Question, Working
from kiosk.dialogue.words import _
from kiosk.visit import open_requests
from kiosk.visit.centre import REPLY_SECONDS, Centre
from kiosk.visit.person import Credential
from kiosk.visit.proofs import BY_E_CARD, BY_ID_CARD, UnprovenError, proofs
from kiosk.visit.visit import ReplyMissed, Visit
from sync.client import AnswerLostError, CentralRefusedError, CentralUnreachableError
from sync.protocol.call import Answer, Call, Proof, Request
from sync.protocol.messages import InVisit

log = structlog.get_logger()

PROOF_WANTED = ("proof-expired", "proof-missing")
"""The centre wants the card to prove itself, which it did too long ago, or not yet."""
ASKING = Working(title=_("正在查询"), text=_("正在向社保中心查询，请稍候。"))


def ask(
    visit: Visit,
    call: Call[Request, Answer],
    request: Request,
    *,
    page: Working = ASKING,
    again: bool = False,
    keep: Callable[[Answer], None] = lambda _answer: None,
) -> Generator[Question, Any, Answer]:
    """Return the centre's answer to ``request``.

    A call that changes something there repeats the last request's id, if that was for the same thing and its outcome is
    unknown: the id is on disk before anything is sent, until the answer is there. Where the centre wants the card to
    prove itself again, it does, once; where another credential proved too long ago, it is shown once more.

    :param page: what is shown meanwhile.
    :param again: it is asked with this very ``request_id``, which was answered before.
    :param keep: stores the answer before the id is forgotten.
    :raises CentralRefusedError: it says no. CentralUnreachableError: nothing was done there. AnswerLostError: perhaps
        it was. Interruption: somebody did not wait for the answer; what was asked for may be done all the same.
    """
    _require_proof(visit, call)
    request = _in_visit(visit, request)
    try:
        return (yield from _ask_once(visit, call, request, page, again=again, keep=keep))
    except CentralRefusedError as refusal:
        if refusal.code not in PROOF_WANTED:
            raise
        expired = _expired_without_card(visit, request) if refusal.code == "proof-expired" else None
    yield from visit.renew(visit, expired) if expired else visit.prove(page)
    return (yield from _ask_once(visit, call, request, page, again=again, keep=keep))


def _expired_without_card(visit: Visit, request: Request) -> Proof | None:
    """Return the proof that a request rests on and a card cannot renew; an ID card beside a card rests on the card."""
    said: Any = getattr(request, "verified_by", None)
    by_id_card = said in BY_ID_CARD and Credential.CARD not in visit.state().shown
    return Proof(said) if said in BY_E_CARD or by_id_card else None


def _ask_once(
    visit: Visit,
    call: Call[Request, Answer],
    request: Request,
    page: Working,
    *,
    again: bool,
    keep: Callable[[Answer], None],
) -> Generator[Question, Any, Answer]:
    if call.safe:
        return (yield from reply_of(visit.centre, call, request, page))
    sent = request if again else open_requests.with_open_id(visit, call, request)
    open_requests.remember(visit, call, sent)
    try:
        answer = yield from _unless_left(visit, call, sent, page)
    except AnswerLostError:
        raise
    except (CentralRefusedError, CentralUnreachableError):
        open_requests.forget(visit, call, sent)
        raise
    keep(answer)
    open_requests.forget(visit, call, sent)
    return answer


def reply_of(
    centre: Centre,
    call: Call[Request, Answer],
    request: Request,
    page: Working = ASKING,
    *,
    home: bool = False,
) -> Generator[Question, Any, Answer]:
    """Return the centre's answer to a request that changes nothing there; ``page`` is shown meanwhile.

    :param home: there is nothing to go back to.
    :raises: as ``ask``.
    """
    return (yield from await_reply(centre.start(call, request), page, home=home))


def _unless_left(
    visit: Visit, call: Call[Request, Answer], request: Request, page: Working
) -> Generator[Question, Any, Answer]:
    """Return the reply; when nobody waits for it, what becomes of it is noted once it comes."""
    reply = visit.centre.start(call, request)
    try:
        return (yield from await_reply(reply, page))
    except Interruption:
        visit.happened(ReplyMissed())
        reply.add_done_callback(lambda late: _note_late(visit, call, request, late))
        raise


def await_reply(
    reply: Future[Answer], page: Working, *, seconds: float = REPLY_SECONDS, home: bool = False
) -> Generator[Question, Any, Answer]:
    """Return what was asked for already, which is waited for so long; ``page`` is shown meanwhile.

    :raises: as ``ask``; AnswerLostError: it is not here yet.
    """
    yield AwaitReply(
        title=page.title, text=page.text, picture=page.picture, reply=reply, seconds=seconds, home=home
    )
    if not reply.done():
        raise AnswerLostError("no answer came within the time")
    return reply.result()


def _note_late(visit: Visit, call: Call[Any, Any], request: Any, reply: Future[Any]) -> None:
    """Log how a request that nobody waits for ended; one that was certainly not carried out is no longer open."""
    trouble = reply.exception()
    log.info("late reply", call=call.path, trouble=type(trouble).__name__ if trouble else "")
    was_sent = isinstance(trouble, AnswerLostError)
    if isinstance(trouble, CentralRefusedError | CentralUnreachableError) and not was_sent:
        open_requests.forget(visit, call, request)


def _require_proof(visit: Visit, call: Call[Any, Any]) -> None:
    """Continue only if the citizen has proved what the call is declared to need.

    :raises UnprovenError: not.
    """
    if call.proof and call.proof.isdisjoint(proofs(visit.state())):
        raise UnprovenError(call.path)


def _in_visit(visit: Visit, request: Request) -> Request:
    """Return the request as one of this visit, by which the centre finds what was proved in it."""
    if not isinstance(request, InVisit):
        return request
    return msgspec.structs.replace(request, visit_id=visit.visit_id)
