"""How a document's number is shown and said: region, year, and the serial in two halves."""

GROUPS = ((0, 6), (6, 10), (10, 14), (14, 18))


def grouped(number: str) -> str:
    """Return a number of 18 digits in groups that are easy to read out on the telephone; any other as it is."""
    return " ".join(number[start:end] for start, end in GROUPS) if len(number) == 18 else number


def ungrouped(text: str) -> str:
    """Return a number as it is kept, however somebody has spaced it."""
    return "".join(text.split())
