"""What can go wrong with a card, named so that a caller can say the right thing to the citizen."""

from collections.abc import Sequence
from enum import StrEnum


class CardError(Exception):
    """Something expected went wrong with the card or its reader."""


class ReaderServiceDownError(CardError):
    """The PC/SC service does not answer; the caller retries until it does."""


class NoReaderError(CardError):
    """No card reader is plugged in, or none of the configured name."""


class SimulatedReaderError(CardError):
    """There is a simulated reader, where citizens' own cards are served."""

    def __str__(self) -> str:
        return (
            "there is a simulated card reader, into which others can put a card over the network: "
            "remove the package vsmartcard-vpcd, or say --simulated-reader, for tests"
        )


class AmbiguousReaderError(NoReaderError):
    """Several readers could be the one for citizens' cards; ``readers`` are all that there are."""

    def __init__(self, readers: Sequence[str]) -> None:
        self.readers = tuple(readers)
        super().__init__(
            f"several card readers could be meant: {'; '.join(readers)}. Set name in [card_reader] of the"
            " configuration to the citizens' one; kiosk card readers lists the names"
        )


class ReaderBusyError(CardError):
    """Another program, or another session of this one, holds the card."""


class NoCardError(CardError):
    """There is no card in the reader."""


class CardRemovedError(CardError):
    """The card was pulled while it was being used."""


class CardChangedError(CardError):
    """The card in the reader is not the one that this visit began with."""


class CardUnresponsiveError(CardError):
    """The card does not answer: put in the wrong way round, dirty, or dead."""


class NotSocialSecurityCardError(CardError):
    """The card works, but it has no social security application."""


class CardUnreadableError(CardError):
    """The card was not read whole, or not twice the same: dirty contacts, or a card that is being pulled."""

    def __init__(self, what: str) -> None:
        super().__init__(f"unreadable: {what}")
        self.what = what


class ContentKind(StrEnum):
    """Why what is on a card is not for this kiosk."""

    FOREIGN_NUMBER = "foreign-number"  # of people from Hong Kong, Macau and Taiwan, and of foreigners
    OLD_NUMBER = "old-number"  # of 15 digits
    INVALID_NUMBER = "invalid-number"
    INVALID_NAME = "invalid-name"
    INVALID_ITEM = "invalid-item"


class CardContentError(CardError):
    """The card was read, and what is on it is not for this kiosk; ``what`` names the item, never its value."""

    def __init__(self, what: str, kind: ContentKind = ContentKind.INVALID_ITEM) -> None:
        super().__init__(f"{kind}: {what}")
        self.what, self.kind = what, kind


class AuthenticationRequiredError(CardError):
    """A 3.0 card wants proof from the centre before it gives ``what``: challenge, then authenticate."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the centre must authenticate first: {what}")
        self.what = what


class AuthenticationFailedError(CardError):
    """The card refused the centre's cryptogram or message; ``tries_left`` where the card tells it."""

    def __init__(self, tries_left: int | None = None) -> None:
        super().__init__(f"the card refused the centre's message, tries left: {tries_left}")
        self.tries_left = tries_left


class ApplicationBlockedError(CardError):
    """The social security application, or the whole card, was blocked by its issuer."""


class InvalidPinError(CardError):
    """The PIN was wrong and a try is spent; ``tries_left`` is at least 1."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(f"wrong PIN, tries left: {tries_left}")
        self.tries_left = tries_left


class PinLockedError(CardError):
    """No tries are left: the PIN must be reset through the centre."""


class PinRejectedError(CardError):
    """The card refused the command, not the PIN, so no try is spent; ``sw`` tells why."""

    def __init__(self, sw: int) -> None:
        super().__init__(f"PIN command refused, SW={sw:04X}")
        self.sw = sw


class TransportUncertainError(CardError):
    """A command that changes the card was sent and no answer came: it took or it did not. Never repeat it.

    ``cause`` tells what became of the card or the reader, where that is known.
    """

    def __init__(self, why: str = "", cause: CardError | None = None) -> None:
        super().__init__(why)
        self.cause = cause


class PinEntryCancelledError(CardError):
    """The citizen pressed cancel on the pin pad; nothing was sent to the card."""


class PinEntryTimeoutError(CardError):
    """The citizen typed nothing on the pin pad for too long; nothing was sent to the card."""


class PinEntryMismatchError(CardError):
    """The two entries of the new PIN differ, or a length is wrong; nothing was sent to the card."""


class PinpadUnsupportedError(CardError):
    """The reader has no key pad of its own (PC/SC part 10)."""
