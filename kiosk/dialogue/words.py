"""Words for people: written in Chinese, known by what they were written as, so that a screen can say them anew."""

from kiosk.rules.texts import Sentence


class TranslatableText(Sentence):
    """A text in Chinese that remembers its ``msgid`` and the ``values`` that were put into it.

    It is an ordinary string to whoever only reads it. Putting it together with others by ``+`` or an f-string
    makes plain text that cannot be translated any more: put values in by name instead.
    """


_ = TranslatableText
"""Marks a text for translation: ``_("还可以输入 {left} 次", left=3)``."""
