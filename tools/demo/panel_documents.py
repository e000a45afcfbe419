"""What the panel offers beside cards: every simulated ID card, and everybody's electronic card."""

from dataclasses import dataclass

import segno

from central.people.people import demo_people
from hardware.simulator import id_reader_cards
from hardware.simulator.personalisation import load, names
from tools.demo.panel_cards import shortened
from tools.demo.panel_words import CHINESE

LONGEST_NAME = 8
"""Characters that have room in half a column."""
QUIET = 4
"""Modules of white around a QR code."""


@dataclass(frozen=True)
class Document:
    """An ID card, or a telephone with an electronic card: ``name`` is what the simulators call it, ``holder`` whose."""

    name: str
    holder: str

    def label(self, language: int) -> str:
        """Return whose it is."""
        if language != CHINESE:
            return self.name.replace("-", " ").title()
        return shortened(self.holder, LONGEST_NAME)


def id_cards_on_offer() -> list[Document]:
    """Return the ID cards, in the order of their file."""
    return [Document(name, _holder(card)) for name, card in id_reader_cards.load().items()]


def _holder(card: id_reader_cards.Card) -> str:
    if isinstance(card, id_reader_cards.Permanent2017 | id_reader_cards.Permanent2023):
        return card.english_name
    return card.name


def e_cards_on_offer() -> list[Document]:
    """Return the electronic cards of all who are on record at the centre, each under the name of their card."""
    known = {person.id_number: person.name for person in demo_people()}
    holders = {name: load(name) for name in names()}
    return [
        Document(name, known[card.holder.id_number])
        for name, card in holders.items()
        if card.holder and card.holder.id_number in known and card.keys.internal != ""
    ]


def code_picture(code: str) -> tuple[int, bytes]:
    """Return the QR code of ``code``: how many modules it is wide, and a grey byte for each, row by row."""
    rows = segno.make_qr(code).matrix_iter(border=QUIET)
    dots = [bytes(0 if dark else 255 for dark in row) for row in rows]
    return len(dots), b"".join(dots)
