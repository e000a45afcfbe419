"""What can go wrong with an ID card or its reader, named so that a caller can say the right thing."""

from hardware.card.errors import ContentKind
from hardware.status import DeviceState


class IdCardError(Exception):
    """Something expected went wrong with the ID card or its reader."""


class ReaderError(IdCardError):
    """The reader cannot work; ``device`` is its state meanwhile. It is tried again until it can."""

    device = DeviceState.HARDWARE_ERROR


class ReaderNotConnectedError(ReaderError):
    """There is no serial device at the port, or it was unplugged."""

    device = DeviceState.NO_DEVICE


class ReaderSilentError(ReaderError):
    """The serial device is there, but no sensible answer came: no power, wrong baud rate, another device."""

    device = DeviceState.OFFLINE


class ReaderFaultyError(ReaderError):
    """The reader says that its security module failed its self-test or is not authorised."""


class NoIdCardError(IdCardError):
    """No card was found on the reader."""


class RepositionIdCardError(NoIdCardError):
    """No card was found, but one was read before and may still lie there: take it away and put it back."""


class UnreadableIdCardError(IdCardError):
    """The card was not read whole; ``what`` tells what failed."""

    def __init__(self, what: str) -> None:
        super().__init__(f"unreadable: {what}")
        self.what = what


class IdCardContentError(IdCardError):
    """The card was read, and what is on it is not for this kiosk; ``what`` names the item, never its value."""

    def __init__(self, what: str, kind: ContentKind = ContentKind.INVALID_ITEM) -> None:
        super().__init__(f"{kind}: {what}")
        self.what, self.kind = what, kind
