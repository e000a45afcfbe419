"""The call by which anybody at a terminal asks whether a document is genuine: what its public page says."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from sync.protocol.call import Call
from sync.protocol.messages import FEW, DocumentNumber, Word

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What a 校验码 is made of: none that is read as another."""
CODE_LENGTH = 12


class VerificationRequest(Struct, frozen=True):
    """Ask what the centre has issued under a 校验码."""

    code: Annotated[str, Meta(pattern=rf"\A[{CODE_LETTERS}]{{{CODE_LENGTH}}}\Z")]

    def __repr__(self) -> str:
        return "VerificationRequest()"


class PageSection(Struct, frozen=True):
    """A piece of the public page: what stands under a heading, a line each."""

    heading: Word
    text: Annotated[str, Meta(max_length=100_000)]


class Verified(Struct, frozen=True, kw_only=True):
    """A document that the centre has issued: its ``number``, what holds of it now, and its page, masked."""

    number: DocumentNumber
    state: Literal["good", "expired", "revoked"]
    sections: Annotated[tuple[PageSection, ...], Meta(max_length=FEW)]

    def __repr__(self) -> str:
        return f"Verified({self.number} {self.state})"


VERIFY_CERTIFICATE = Call(
    "/v1/certificates/verification",
    VerificationRequest,
    Verified,
    "Tell what the public page of a document says.",
    open_because="anybody who holds the paper has its code, and the page shows it to anybody on the web",
    refusals=("certificate-unknown",),
    safe=True,
)
