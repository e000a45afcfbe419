"""Reading JSON that somebody else wrote: it is what it should be, or one error says that it is not."""

from types import UnionType
from typing import TypeVar

import msgspec

Message = TypeVar("Message")


class UnreadableError(ValueError):
    """The bytes are no such message; nothing of them was used."""


def decoded(content: bytes, message: type[Message] | UnionType) -> Message:
    """Return the message of this type that ``content`` is.

    :raises UnreadableError: it is none: no JSON, no UTF-8, of another form, or nested deeper than can be followed.
    """
    try:
        return msgspec.json.decode(content, type=message)
    except (ValueError, OverflowError, RecursionError) as error:
        raise UnreadableError(str(error)) from error
