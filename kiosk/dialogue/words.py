"""User-facing texts: written in Chinese, identified by their source text, so that a screen can translate them."""

from kiosk.rules.texts import Sentence


class TranslatableText(Sentence):
    """A text in Chinese that remembers its ``msgid`` and the ``values`` that were put into it.

    It behaves as an ordinary string. Joining it to others with ``+`` or an f-string
    makes plain text that can no longer be translated: put values in by name instead.
    """


_ = TranslatableText
"""Marks a text for translation: ``_("还可以输入 {left} 次", left=3)``."""
