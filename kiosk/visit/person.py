"""Who has come, and what they have shown: the credentials of a visit."""

from dataclasses import dataclass
from enum import StrEnum

from text.masking import mask_id_number, mask_name


class Credential(StrEnum):
    """What somebody may show. ``NONE`` is nothing: anyone may ask."""

    NONE = "none"
    CARD = "card"
    ID_CARD = "id-card"
    E_CARD = "e-card"


@dataclass(frozen=True, repr=False)
class Person:
    """Whom the credentials of a visit name."""

    name: str
    id_number: str

    def __repr__(self) -> str:
        return f"<Person {mask_name(self.name)} {mask_id_number(self.id_number)}>"
