"""How a kind of document is declared (the documents: ``documents``, and what a kiosk prints on its own)."""

import inspect
from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

VALID_MONTHS = 3  # 本证明自打印三个月内有效


class DocumentKind(Struct, frozen=True):
    """A kind of document.

    :param number: its byte in the QR code; 0 for one that a kiosk prints on its own, and nobody signs.
    :param title: what stands at its head, on paper and on the public page; ``english`` is that in English.
    :param page: the fields of ``message`` that its public page may show; it gets no others.
    :param valid_months: how long it holds, or None where that never ends.
    :param genuine_card: whether it is only for a card that has proved itself, whatever the region says.
    """

    name: str
    message: type[Struct]
    number: int
    title: str
    english: str
    page: frozenset[str]
    valid_months: int | None
    genuine_card: bool = False

    @property
    def meaning(self) -> str:
        """What the document says, in one line."""
        return " ".join((inspect.getdoc(self.message) or "").split())


DOCUMENT_KINDS: dict[str, DocumentKind] = {}
"""Every kind that was declared so far, by its name, which is the tag of its message."""

Message = TypeVar("Message", bound=Struct)


def document(
    number: int,
    title: str,
    english: str,
    *,
    page: tuple[str, ...] = (),
    valid_months: int | None = None,
    genuine_card: bool = False,
) -> Callable[[type[Message]], type[Message]]:
    """Declare a kind of document; its name is the tag of the message.

    :param number: it never means another kind, because papers with it are out there; 0 for what nobody signs.
    :param page: what the public page may show beside ``page`` of the classes that the message is made of.
    :param genuine_card: it shows an account or payments: a card that nothing can be checked with does not open it.
    """

    def declare(message: type[Message]) -> type[Message]:
        name = str(message.__struct_config__.tag)
        if name in DOCUMENT_KINDS or number in {kind.number for kind in DOCUMENT_KINDS.values()} - {0}:
            raise ValueError(f"{name} or its number is declared twice")
        shown = frozenset(page).union(*(vars(base).get("page", ()) for base in message.__mro__))
        about = (name, message, number, title, english, shown, valid_months, genuine_card)
        DOCUMENT_KINDS[name] = DocumentKind(*about)
        return message

    return declare
