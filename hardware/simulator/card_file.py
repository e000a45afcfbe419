"""Reading the TOML files of simulated cards, the product's own and others."""

from pathlib import Path
from typing import Any

import msgspec

from text.files import read_file

LONGEST = 1_000_000
"""Bytes of a file of cards."""


class CardFileError(Exception):
    """The file of a simulated card cannot be used; the message names it and the key."""


def read(path: Path, kind: Any) -> Any:
    """Return what is in ``path``, as ``kind``.

    :raises CardFileError: it cannot be read, or is not of that kind.
    """
    try:
        return msgspec.toml.decode(read_file(path, LONGEST), type=kind)
    except (OSError, ValueError, RecursionError) as error:
        raise CardFileError(f"{path}: {error}") from error
