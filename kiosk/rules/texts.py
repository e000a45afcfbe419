"""The catalogue of sentences for citizens: plain Chinese, one sentence or two for each kind of answer."""

from functools import cache

from kiosk.rules import datafile


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return the sentences by topic and kind of answer."""
    return datafile.load_tables(datafile.ROOT / "texts.toml", dict[str, str])


def say(key: str, **values: object) -> str:
    """Return the sentence with this key (``topic.kind``), its blanks filled in."""
    topic, kind = key.split(".")
    return catalogue()[topic][kind].format(**values)
