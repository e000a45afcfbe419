"""Which keys of cards the centre computes with."""

from pathlib import Path

from central.cards.card_keys import CardKeys
from central.cards.software_card_keys import (
    SoftwareCardKeys,
    keep_demonstration_roots,
    open_software_card_keys,
)

FOLDER = "card-roots"
"""In the centre's folder."""


def open_card_keys(data: Path) -> CardKeys:
    """Return the keys of cards of the centre in ``data``; the first roots are made on first use.

    :raises SecretFileError: others can read a root, or its file is not whole.
    """
    return open_software_card_keys(data / FOLDER)


def simulated_card_keys(data: Path) -> SoftwareCardKeys:
    """Return keys that can be told to a simulated card.

    :raises SecretFileError: there are none, others can read them, or a file is not whole.
    """
    return open_software_card_keys(data / FOLDER, create=False)


def keep_demonstration_keys(data: Path) -> None:
    """Let the centre in ``data`` know the simulated cards; roots that are there stay."""
    keep_demonstration_roots(data / FOLDER)
