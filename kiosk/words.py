"""Words for people: written in Chinese, known by what they were written as, so that a screen can say them anew."""

from typing import Self


class Words(str):
    """A text in Chinese that remembers its ``msgid`` and the ``values`` that were put into it.

    It is an ordinary string to whoever only reads it. Putting it together with others by ``+`` or an f-string
    makes plain text that cannot be translated any more: put values in by name instead.
    """

    msgid: str
    values: dict[str, "str | int"]

    def __new__(cls, msgid: str, **values: "str | int") -> Self:
        """Put ``values`` into the places that ``msgid`` names."""
        words = super().__new__(cls, msgid.format(**values) if values else msgid)
        words.msgid, words.values = msgid, values
        return words


_ = Words
"""Marks a text for translation: ``_("还可以输入 {left} 次", left=3)``."""
