"""Whom to call in a region: the numbers that its sources give."""

import msgspec

from kiosk.rules import regions
from kiosk.rules.stated import Answer, answer, value_of
from kiosk.rules.topic import Topic, region


class ContactNumbers(msgspec.Struct, frozen=True):
    """Telephones as the source writes them, some without an area code; None where no source gives one."""

    hotline: str | None
    consult: str | None
    supervise: str | None
    bank: str | None
    emergency: str | None
    others: dict[str, str]


def contacts(region: str) -> Answer[ContactNumbers]:
    """Return the telephones of a region: its hotline, who advises, who hears complaints, the issuing bank's, the one
    for a card that is needed at once elsewhere, and others by the name that their source gives them.
    """
    pack = regions.find(region)
    listed = pack.contacts
    main = (listed.hotline, listed.consult, listed.supervise, listed.bank, listed.emergency)
    others = {name: stated.value for name, stated in listed.others.items()}
    hotline, consult, supervise, bank, emergency = map(value_of, main)
    result = ContactNumbers(hotline, consult, supervise, bank, emergency, others)
    basis = [stated for stated in (*main, *listed.others.values()) if stated != "unspecified"]
    text = "known" if basis else "unspecified"
    return answer(result, basis or [pack.silence], f"contacts.{text}", region=pack.name, phone=pack.phone)


def phone_of(region: str) -> str:
    """Return the one number to tell somebody who has a question: the region's own, 12333 where it has none.

    >>> phone_of("371003"), phone_of("210000"), phone_of("440200")
    ('0631-8468753', '(024)12333', '12333')
    """
    return regions.find(region).phone


TOPICS = (
    Topic(
        "contacts",
        "Telephones of a region (咨询、监督、银行和应急电话)",
        (region,),
        ContactNumbers,
        contacts,
        {"region": "371003"},
    ),
)
