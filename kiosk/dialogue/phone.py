"""The telephone in what is said: the region's own, and the national one only where its sources give none."""

from dataclasses import replace
from typing import TypeVar

from kiosk.dialogue.questions import Notice, RefuseCard
from kiosk.dialogue.words import TranslatableText
from kiosk.rules.contacts import phone_of
from kiosk.rules.texts import Sentence

HOTLINE = "12333"
"""What a text or a page is written with; ``local_text`` and ``local_page`` put the region's own in its place."""

Page = TypeVar("Page", Notice, RefuseCard)


def local_text(text: str, region: str) -> str:
    """Return a text that names a telephone (``phone`` among its values) with that of ``region``."""
    if not isinstance(text, Sentence) or "phone" not in text.values:
        return text
    return TranslatableText(text.msgid, **{**text.values, "phone": phone_of(region)})


def local_page(page: Page, region: str) -> Page:
    """Return a page that tells whom to call with the telephone of ``region``."""
    phone = phone_of(region) if page.phone else ""
    return replace(page, phone=phone, text=local_text(page.text, region))
