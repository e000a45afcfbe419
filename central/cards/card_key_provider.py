"""Which keys of cards the centre computes with: in a security module, or in files."""

from pathlib import Path

from msgspec import Struct

from central.cards.card_keys import ROOT_NAMES, CardKeys, Session
from central.cards.software_card_keys import (
    SoftwareCardKeys,
    keep_demonstration_roots,
    open_software_card_keys,
)
from central.cards.token_card_keys import TokenCardKeys
from central.keys.token import TokenSettings, token_of
from sync.protocol import secret_file

FOLDER = "card-roots"
"""In the centre's folder."""


class CardKeySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the roots are: in ``pkcs11``, or in files; and how 3DES cards make the key of a challenge."""

    pkcs11: TokenSettings | None = None
    session: Session = "A"


IN_FILES = CardKeySettings()
"""Roots in files."""


def open_card_keys(data: Path, settings: CardKeySettings = IN_FILES) -> CardKeys:
    """Return the keys of cards of the centre in ``data``; a card whose root is missing cannot be proven.

    :raises SecretFileError: others can read a root, or its file is not whole.
    """
    if settings.pkcs11:
        return TokenCardKeys(token_of(settings.pkcs11), settings.session)
    return open_software_card_keys(data / FOLDER, settings.session)


def simulated_card_keys(data: Path) -> SoftwareCardKeys:
    """Return keys that can be told to a simulated card.

    :raises SecretFileError: there are none, others can read them, or a file is not whole.
    """
    for name in ROOT_NAMES.values():
        secret_file.read(data / FOLDER / f"{name}-1.key")
    return open_software_card_keys(data / FOLDER)


def keep_demonstration_keys(data: Path) -> None:
    """Let the centre in ``data`` know the simulated cards; roots that are there stay."""
    keep_demonstration_roots(data / FOLDER)
