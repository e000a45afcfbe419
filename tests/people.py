"""The invented citizens of the tests, read from the cards of the simulator and the records of the centre."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware.simulator.personalisation import CARDS, Personalisation, load
from text.clean import clean_text

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
        return clean_text(self.personalisation.holder.name)

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
ANNA = citizen("anna-example")
LIANG = citizen("liang-jiaxin")
GAO = citizen("gao-yun")
JONATHAN = citizen("jonathan-example")
PAERHATI = citizen("paerhati")
OF_OTHER_NUMBERS = (ANNA, LIANG, GAO, JONATHAN)
"""A foreigner, somebody of Hong Kong, somebody with a residence permit, a permanent resident."""
CITIZENS = {each.card: each for each in (WANG, LI, OUYANG, ZHAO)}

NEW_PIN = "394028"
"""What the citizens change their PIN to."""
INITIAL_PIN = ZHAO.pin
"""The region's initial PIN is public: it is no secret."""
EVERYBODY = (*CITIZENS.values(), *OF_OTHER_NUMBERS, PAERHATI)
PINS = {each.card: each.pin for each in EVERYBODY if each.pin != INITIAL_PIN}
ID_NUMBERS = tuple(each.id_number for each in EVERYBODY)
SECRETS = (*PINS.values(), NEW_PIN, *ID_NUMBERS)
"""What no test may print."""
