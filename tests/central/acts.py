"""Whose cards the services are tested with, and how they are asked for."""

from datetime import UTC, datetime

import msgspec
from sqlalchemy import update

from central.access.terminals import Approval, fix_terminal
from central.store import tables as models
from central.store.acts import Actor, clerk
from sync.protocol.applications import ApplicationRequest
from sync.protocol.cards import AuthenticationRequest, LossRelease, LossReport, PinResetRequest
from tests.central.certificate_requests import WANG

CARD = WANG.card_identity
WHOSE = {"region": WANG.region, "id_number": WANG.id_number}
LOSS = LossReport(request_id="loss-1", kind="oral", **WHOSE)
RELEASE = LossRelease(request_id="release-1", **WHOSE)
RESET = PinResetRequest(request_id="reset-1", card_identity=CARD, papers=("id-card",), **WHOSE)
PROOF = AuthenticationRequest(
    region=WANG.region,
    card_identity=CARD,
    key="pin-unblock",
    challenge="0102030405060708",
    authorisation="guessed",
)
CLAIM = ApplicationRequest(
    request_id="claim-1",
    item="pension-claim",
    verified_by="card+pin",
    card_identity=CARD,
    materials=("居民身份证（已读取）",),
    **WHOSE,
)


def changed(request, **changes):
    return msgspec.structs.replace(request, **changes)


def approved_for(centre, terminal: str, channel=None, regions=(), acts=()) -> None:
    """Approve a terminal for this; what is left out stays."""
    with centre.engine.begin() as tx:
        fix_terminal(tx, terminal, Approval(channel, tuple(regions), tuple(acts)))


def stands_for(centre, channel: str, terminal: str = "610200-W01", regions=()) -> None:
    approved_for(centre, terminal, channel, regions)


def moved(centre, region: str) -> dict[str, str]:
    """Insure the citizen in another region; return what a request has to say of it."""
    with centre.engine.begin() as tx:
        mine = models.people.c.id_number == WANG.id_number
        tx.execute(update(models.people).where(mine).values(region=region))
    return {"region": region}


def actor(channel: str = "window", at: datetime | None = None) -> Actor:
    return clerk("赵敏", at or datetime.now(UTC), channel)
