"""The invented citizens of the tests, read from the cards of the simulator and the records of the centre."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware.simulator.personalisation import CARDS, Personalisation, load

ROOT = Path(__file__).parent.parent
RECORDS: dict[str, dict[str, Any]] = {
    person["name"]: person
    for person in tomllib.loads((ROOT / "central/people/demo_people.toml").read_text("utf-8"))["people"]
}
"""What the centre knows of people, by name."""


@dataclass(frozen=True)
class Citizen:
    """One invented person with a simulated card: ``card`` names its file."""

    card: str
    personalisation: Personalisation

    @property
    def name(self) -> str:
        return self.personalisation.holder.name

    @property
    def id_number(self) -> str:
        return self.personalisation.holder.id_number

    @property
    def pin(self) -> str:
        return self.personalisation.pin.value

    @property
    def identity(self) -> str:
        return self.personalisation.basic.identity

    @property
    def card_number(self) -> str:
        return self.personalisation.basic.number

    @property
    def record(self) -> dict[str, Any]:
        """What the centre knows of this person."""
        return RECORDS[self.name]


def citizen(card: str) -> Citizen:
    return Citizen(card, load(CARDS / f"{card}.toml"))


WANG = citizen("wang-jianguo")
LI = citizen("li-xiuying")
OUYANG = citizen("ouyang-qing")
ZHAO = citizen("zhao-min")
CITIZENS = {each.card: each for each in (WANG, LI, OUYANG, ZHAO)}

NEW_PIN = "394028"
"""What the citizens change their PIN to."""
INITIAL_PIN = ZHAO.pin
"""The region's initial PIN is public: it is no secret."""
PINS = {each.card: each.pin for each in CITIZENS.values() if each.pin != INITIAL_PIN}
ID_NUMBERS = tuple(each.id_number for each in CITIZENS.values())
SECRETS = (*PINS.values(), NEW_PIN, *ID_NUMBERS)
"""What no test may print."""
