"""The endpoints of card operations and applications (sync/protocol/services.py)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from starlette.routing import Route

from central.access.endpoint import signed
from central.access.kiosks import Caller
from central.access.lanes import Lane
from central.cards import card_acts, event_receipts, pin_resets
from central.cards.card_acts import Act
from central.cards.card_keys import CardKeys
from central.cards.cards import Actor, channel_of
from central.cases import applications
from central.certificates.issuing import issue_once
from central.certificates.signing import Issuer
from central.store.refusals import RefusedError
from sync.protocol.applications import ApplicationQuery, ApplicationRequest, ApplicationState
from sync.protocol.cards import (
    AuthenticationRequest,
    CardAct,
    Cryptogram,
    LossRelease,
    LossReport,
    PinResetAuthorisation,
    PinResetMessage,
    PinResetMessageRequest,
    PinResetRequest,
)
from sync.protocol.certificates import ReceiptRequest
from sync.protocol.documents import AcceptanceReceipt, BusinessReceipt, LossReceipt


def routes(lane: Lane, issuer: Issuer, keys: CardKeys | None) -> list[Route]:
    """Return the routes of the services."""

    def report_loss(tx: Connection, caller: Caller, request: LossReport, at: datetime) -> LossReceipt:
        """Put a card on loss."""
        return act_once(tx, _actor(tx, caller, at), request, issuer, card_acts.report_loss)

    def release_loss(tx: Connection, caller: Caller, request: LossRelease, at: datetime) -> BusinessReceipt:
        """Release a card from loss."""
        return act_once(tx, _actor(tx, caller, at), request, issuer, card_acts.release_loss)

    def authorise_pin_reset(
        tx: Connection, caller: Caller, request: PinResetRequest, at: datetime
    ) -> PinResetAuthorisation:
        """Let a terminal set the PIN of the card before it back, once."""
        return pin_resets.authorise(tx, request, _actor(tx, caller, at))

    def pin_reset_message(
        tx: Connection, caller: Caller, request: PinResetMessageRequest, at: datetime
    ) -> PinResetMessage:
        """Use an authorisation up for the message that sets the PIN back."""
        return pin_resets.use(tx, request, _present(keys), caller.kiosk_id, at)

    def authenticate(
        tx: Connection, caller: Caller, request: AuthenticationRequest, at: datetime
    ) -> Cryptogram:
        """Prove to a card that the centre holds its key."""
        return pin_resets.authenticate(tx, request, _present(keys), caller.kiosk_id, at)

    def apply(tx: Connection, caller: Caller, request: ApplicationRequest, at: datetime) -> AcceptanceReceipt:
        """Take an application in."""
        actor = _actor(tx, caller, at)
        return applications.apply(tx, actor.by, actor.channel, request, issuer, at)

    def application_state(
        tx: Connection, _caller: Caller, request: ApplicationQuery, at: datetime
    ) -> ApplicationState:
        """Return the status of an application."""
        return applications.state(tx, request, at)

    def event_receipt(
        tx: Connection, caller: Caller, request: ReceiptRequest, at: datetime
    ) -> BusinessReceipt:
        """Issue the receipt of what a terminal has reported in an event."""
        event_id = request.event_id
        content = event_receipts.content
        return issue_once(
            tx, caller.kiosk_id, event_id, request, issuer, at, lambda: content(tx, caller.kiosk_id, request)
        )

    def post(path: str, message: type[Any], work: Any) -> Route:
        return Route(path, signed(lane, message, work), methods=["POST"])

    return [
        post("/v1/cards/loss", LossReport, report_loss),
        post("/v1/cards/release", LossRelease, release_loss),
        post("/v1/cards/authenticate", AuthenticationRequest, authenticate),
        post("/v1/cards/pin-reset", PinResetRequest, authorise_pin_reset),
        post("/v1/cards/pin-reset/message", PinResetMessageRequest, pin_reset_message),
        post("/v1/applications", ApplicationRequest, apply),
        post("/v1/applications/state", ApplicationQuery, application_state),
        post("/v1/receipts", ReceiptRequest, event_receipt),
    ]


def act_once(tx: Connection, actor: Actor, request: CardAct, issuer: Issuer, act: Act) -> Any:
    """Do an act on a card and issue its receipt; the same request does it once.

    :raises Refused: whatever the act refuses.
    """
    return issue_once(
        tx, actor.by, request.request_id, request, issuer, actor.at, lambda: act(tx, request, actor)
    )


def _actor(tx: Connection, caller: Caller, at: datetime) -> Actor:
    return Actor(caller.kiosk_id, channel_of(tx, caller.kiosk_id), at)


def _present(keys: CardKeys | None) -> CardKeys:
    if keys is None:
        raise RefusedError("card-keys-missing")
    return keys
