"""Whose ID card it is: what the card on the reader says, if it is valid today."""

from datetime import datetime

from hardware.face.matcher import Picture
from hardware.id_card.errors import IdCardError
from hardware.id_card.reader import IdCardReader
from kiosk.visit.person import Person
from sync.protocol.certificate_kinds import CHINA


class IdCardExpiredError(IdCardError):
    """The ID card was read whole, and is not valid today: it proves nothing."""


def read_id_card(reader: IdCardReader) -> tuple[Person, Picture]:
    """Read the ID card that lies on the reader, and return whose it is, and its photo.

    :raises IdCardError: it cannot be read, or is not valid today.
    """
    card, photo = reader.read_with_photo()
    if not card.valid_on(datetime.now(CHINA).date()):
        photo.forget()
        raise IdCardExpiredError
    return Person(card.name, card.number), photo
