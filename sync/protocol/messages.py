"""What the kiosk and the centre say to each other, as JSON.

Nothing with a person in it shows the person in its repr: such objects end up in tracebacks and logs.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from text.clean import clean_number
from text.id_number import SHAPE

NAME, TYPE, PARTITION = "[A-Za-z0-9._-]{1,64}", "[a-z0-9_.-]{1,64}", "[A-Za-z0-9._:-]{0,80}"
NAMES = re.compile(f"(?:{NAME} {NAME} {NAME} {TYPE} {PARTITION}\n)*")
Identifier = Annotated[str, Meta(pattern=rf"\A{NAME}\Z")]
HIGHEST = 2**53
SequenceNumber = Annotated[int, Meta(ge=1, le=HIGHEST)]
AwareTime = Annotated[datetime, Meta(tz=True)]
YearMonth = Annotated[str, Meta(pattern=r"\A\d{4}-(0[1-9]|1[0-2])\Z")]
IdNumber = Annotated[str, Meta(pattern=rf"\A(?:{SHAPE})\Z")]
DocumentNumber = Annotated[str, Meta(pattern=r"\A[0-9]{1,18}\Z")]
CopyNumber = Annotated[int, Meta(ge=1, le=10_000)]
RegionCode = Annotated[str, Meta(pattern=r"\A\d{6}\Z")]
Word = Annotated[str, Meta(max_length=100)]
"""A name, a status, an agency: no longer than where the centre keeps it."""
TEXT_LENGTH = 200
Text = Annotated[str, Meta(max_length=TEXT_LENGTH)]
SENTENCE_LENGTH = 500
Sentence = Annotated[str, Meta(max_length=SENTENCE_LENGTH)]
Address = Annotated[str, Meta(max_length=2_000)]
"""Of a page, with all that a QR code holds."""
MOST_YUAN = Decimal(10**12)
MOST_MONTHS = 1_200
FEW = 20
"""The most of what people read as a list."""

EVENTS_PER_DELIVERY = 100
DELIVERY_BYTES = 4_000_000


class Event(Struct, frozen=True, kw_only=True):
    """One thing that happened at a kiosk. ``seq`` counts within the kiosk's ``install_epoch``, without gaps.

    ``partition`` is what events keep their order within: the hash of a card, or '' for none. The five names are
    checked together, by ``has_valid_identifiers``: apart they would cost as much as all the rest of reading an event.
    """

    id: Annotated[str, Meta(extra_json_schema={"pattern": f"^{NAME}$"})]
    kiosk_id: Annotated[str, Meta(extra_json_schema={"pattern": f"^{NAME}$"})]
    install_epoch: Annotated[str, Meta(extra_json_schema={"pattern": f"^{NAME}$"})]
    seq: SequenceNumber
    type: Annotated[str, Meta(extra_json_schema={"pattern": f"^{TYPE}$"})]
    partition: Annotated[str, Meta(extra_json_schema={"pattern": f"^{PARTITION}$"})] = ""
    occurred_at: AwareTime
    body: dict[str, Any]

    def __repr__(self) -> str:
        return f"Event({self.type} {self.id})"


def has_valid_identifiers(events: Sequence[Event]) -> bool:
    """Return whether the id, kiosk, epoch, type and partition of all events are of their forms."""
    names = "".join(
        [f"{each.id} {each.kiosk_id} {each.install_epoch} {each.type} {each.partition}\n" for each in events]
    )
    # A line break within a name would make two lines of one event.
    return names.count("\n") == len(events) and NAMES.fullmatch(names) is not None


class InVisit(Struct, frozen=True, kw_only=True):
    """What is asked for in a visit: ``visit_id`` names what the person in it has proved (``sync.protocol.visits``)."""

    visit_id: Identifier | None = None


PLACE_TAKEN = "another event has this place in the sequence"
ID_TAKEN = "another event has this id"


class EventAnswer(Struct, frozen=True, omit_defaults=True):
    """What became of one event.

    ``duplicate``: the centre had it already; in another place than it was sent with, ``install_epoch`` and ``seq``
    say which. ``conflict``: it had another one with this id or place in the sequence. ``rejected``: it can never be
    taken. ``reason`` says why.
    """

    id: Identifier
    result: Literal["ok", "duplicate", "conflict", "rejected"]
    reason: Sentence = ""
    install_epoch: Word = ""
    seq: int = 0


class Seal(Struct, frozen=True):
    """The kiosk's signature over the events of a delivery (``sync.protocol.seal``), in base64."""

    algorithm: Identifier
    key_id: Annotated[str, Meta(pattern=r"\A[0-9a-f]{16}\Z")]
    signature: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9+/=]{1,200}\Z")]


class Head(Struct, frozen=True):
    """How far an audit chain (``sync.protocol.audit``) is: row ``n`` has the hash ``h``.

    An ``epoch`` begins when the history itself was lost or put back, and goes on after row ``since``: what was in the
    epoch before it beyond that row is gone, and no secret.
    """

    chain: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._-]{1,80}\Z")]
    epoch: Identifier
    since: Annotated[int, Meta(ge=0, le=2**53)]
    n: Annotated[int, Meta(ge=0, le=2**53)]
    h: Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    time: AwareTime
    seal: Seal


class Heads(Struct, frozen=True, omit_defaults=True):
    """What two sides say to each other of their histories: how far ``mine`` is, and how far ``yours`` was to me.

    ``fault`` is what is wrong with the head of the other side, in one word; '' if nothing.
    """

    mine: Annotated[list[Head], Meta(max_length=8)] = []
    yours: Annotated[list[Head], Meta(max_length=8)] = []
    fault: Annotated[str, Meta(max_length=20)] = ""


# Not opened with the delivery: a bad event must not spoil the others, and what is sealed are the very bytes.
Sealed = Annotated[msgspec.Raw, Meta(extra_json_schema={"$ref": "#/components/schemas/Event"})]


class Delivery(Struct, frozen=True):
    """Events for the centre, in their order, under one seal. An empty one asks only how far the centre is.

    ``acknowledged`` is how many of this epoch the centre has said it holds. One that holds fewer was restored from
    a backup: it takes nothing, so that what it lost can come first. ``sent`` is the highest number of this epoch that
    the kiosk may have sent before. A centre that is further heard it of another: the kiosk's store was put back from an
    older image, or has a twin. It takes nothing, so that the kiosk can begin an epoch of its own first.
    """

    install_epoch: Identifier
    seal: Seal
    events: list[Sealed]
    acknowledged: Annotated[int, Meta(ge=0, le=2**53)] = 0
    sent: Annotated[int, Meta(ge=0, le=2**53)] = HIGHEST
    heads: Heads | None = None


class DeliveryAnswer(Struct, frozen=True, omit_defaults=True):
    """One answer for each event that the centre has dealt with; the others are to be sent again.

    ``high_water`` is the highest ``seq`` that the centre holds of this kiosk and epoch, ``held`` how many it
    holds: fewer than it has acknowledged means that it was restored from a backup.
    """

    answers: Annotated[list[EventAnswer], Meta(max_length=EVENTS_PER_DELIVERY)]
    high_water: int
    held: int
    heads: Heads | None = None


class Insurance(Struct, frozen=True):
    """One of the five insurances, and the holder's status in it."""

    name: Word
    status: Word


class Amounts(Struct, frozen=True):
    """What is in it of money is written in yuan with two places, and no more of it than there can be."""

    def __post_init__(self) -> None:
        for value in msgspec.structs.astuple(self):
            if isinstance(value, Decimal) and not (value.is_finite() and is_amount(value)):
                raise ValueError("an amount of money is beyond all bounds")


def is_amount(yuan: Decimal) -> bool:
    """Return whether this can be an amount of money: a finite number of fen, below ``MOST_YUAN``."""
    return -2 <= int(yuan.as_tuple().exponent) <= 0 and abs(yuan) < MOST_YUAN


class Month(Amounts, frozen=True):
    """One month's contribution; ``base`` and ``personal`` in yuan."""

    month: YearMonth
    employer: Word
    base: Decimal
    personal: Decimal
    status: Word


def clean_id_number(message: Any) -> None:
    """Write a message's ``id_number`` as it is kept, whichever case it was sent in."""
    if message.id_number is not None:
        msgspec.structs.force_setattr(message, "id_number", clean_number(message.id_number))


def card_partition(card_identity: str) -> str:
    """Return the partition of a card's events: it names the card to the centre, and to nobody else."""
    return hashlib.blake2b(card_identity.encode(), digest_size=16).hexdigest()
