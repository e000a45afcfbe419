"""The call by which a person hears who was told what of their record (条例 第四十九条)."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from sync.protocol.call import IN_PERSON, Call, InPerson
from sync.protocol.cards import CardIdentity
from sync.protocol.messages import AwareTime, IdNumber, InVisit, RegionCode, Word, clean_id_number
from sync.protocol.words import Channel

MOST_READS = 200


class ReadsRequest(InVisit, frozen=True, kw_only=True):
    """Ask who was told of one's own record."""

    region: RegionCode
    card_identity: CardIdentity | None = None
    id_number: IdNumber
    verified_by: InPerson

    def __post_init__(self) -> None:
        clean_id_number(self)

    def __repr__(self) -> str:
        return "ReadsRequest()"


class Read(Struct, frozen=True, kw_only=True):
    """Something that was told of a person: when, to whom, where and what.

    ``by`` is a terminal's number, or the name of a member of staff; ``what`` the path of a call, or what a command is
    called, and ``kind`` which of its several.
    """

    at: AwareTime
    actor: Literal["terminal", "clerk"]
    by: Word
    channel: Channel
    what: Word
    kind: Word = ""


class ReadsAnswer(Struct, frozen=True, kw_only=True):
    """The newest first; ``more`` says that there are older ones."""

    reads: Annotated[tuple[Read, ...], Meta(max_length=MOST_READS)]
    more: bool = False

    def __repr__(self) -> str:
        return f"ReadsAnswer({len(self.reads)})"


READS_OF_ME = Call(
    "/v1/reads",
    ReadsRequest,
    ReadsAnswer,
    "Tell a person who was told of their record.",
    proof=IN_PERSON,
    genuine_card=True,
    safe=True,
)
