"""The catalogue of sentences for citizens: plain Chinese, one sentence or two for each kind of answer."""

from functools import cache
from typing import Self

from kiosk.rules import datafile


class Sentence(str):
    """A text that remembers its ``msgid`` and the ``values`` in its blanks, for translation."""

    msgid: str
    values: dict[str, object]

    def __new__(cls, msgid: str, **values: object) -> Self:
        """Fill the blanks; of several values in one blank a list is made."""
        filled = {name: "、".join(v) if isinstance(v, tuple) else v for name, v in values.items()}
        sentence = super().__new__(cls, msgid.format(**filled) if values else msgid)
        sentence.msgid, sentence.values = msgid, values
        return sentence


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return the sentences by topic and kind of answer."""
    return datafile.load_tables(datafile.ROOT / "texts.toml", dict[str, str])


def say(key: str, **values: object) -> Sentence:
    """Return the sentence with this key (``topic.kind``), its blanks filled in."""
    topic, kind = key.split(".")
    return Sentence(catalogue()[topic][kind], **values)
