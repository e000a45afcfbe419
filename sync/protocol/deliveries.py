"""The call that brings events to the centre."""

from sync.protocol.call import Call
from sync.protocol.messages import Delivery, DeliveryAnswer

DELIVER_EVENTS = Call(
    "/v1/events",
    Delivery,
    DeliveryAnswer,
    "Accept events, each exactly once; an empty delivery returns how far the centre is.",
    refusals=("seal-wrong",),
    timeless=True,
)
