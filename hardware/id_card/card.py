"""What is on an ID card. Names and numbers are masked wherever a card is printed; there is no photo."""

from dataclasses import dataclass
from datetime import date

from hardware.card.items import Sex
from text.masking import mask_id_number, mask_name


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class IdCard:
    """What all four kinds have. ``valid_until`` None = for life (长期); ``name`` is the one to be greeted by.

    ``warnings`` name the items that contradict the number; the number is what counts.
    """

    name: str
    number: str
    sex: Sex
    birth: date
    valid_from: date
    valid_until: date | None
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {mask_name(self.name)} {mask_id_number(self.number)}>"

    def valid_on(self, day: date) -> bool:
        """Whether the card is valid on this day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ResidentIdCard(IdCard):
    """居民身份证. ``nation`` is a GB/T 3304 number of two digits."""

    nation: str
    address: str
    issuer: str


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class ResidencePermit(IdCard):
    """港澳台居民居住证. ``pass_number`` is the number of the travel permit (通行证号码)."""

    address: str
    issuer: str
    pass_number: str
    times_issued: str


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class PermanentResidentCard(IdCard):
    """外国人永久居留身份证, both versions. ``nationality`` is a GB/T 2659 code of three letters.

    ``name`` is in Latin letters; ``chinese_name`` may be empty. The number has 15 characters on cards of 2017 and
    18 on those of 2023.
    """

    chinese_name: str
    nationality: str
