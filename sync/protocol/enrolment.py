"""The call by which a kiosk becomes known to the centre."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from sync.protocol.algorithms import ED25519
from sync.protocol.call import Call, Signer
from sync.protocol.messages import RegionCode, Word

PublicKey = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9+/]{40,118}={0,2}\Z")]
"""Its octets (``sync.protocol.algorithms``), in base64."""
Algorithm = Annotated[str, Meta(pattern=r"\A[a-z0-9-]{1,32}\Z")]


class EnrolmentRequest(Struct, frozen=True):
    """Request enrolment with the code that the centre made for this kiosk; signed with the submitted key.

    ``region`` is where the kiosk says that it stands; the clerk who approves it sees that, and decides.
    """

    code: Annotated[str, Meta(pattern=r"\A[0-9A-Z-]{1,40}\Z")]
    public_key: PublicKey
    algorithm: Algorithm = ED25519
    region: RegionCode | None = None

    def __repr__(self) -> str:
        return "EnrolmentRequest()"


class EnrolmentAnswer(Struct, frozen=True):
    """Whether the kiosk is enrolled, or a person at the centre must compare its key's fingerprint first."""

    state: Literal["pending", "enrolled"]
    fingerprint: Word


ENROL = Call(
    "/v1/enrol",
    EnrolmentRequest,
    EnrolmentAnswer,
    "Request enrolment with a one-time code; signed with the submitted key.",
    refusals=("invitation-wrong",),
    signer=Signer.SUBMITTED,
    timeless=True,
)
