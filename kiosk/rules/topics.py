"""Every topic that can be asked, by name."""

from kiosk.rules import (
    benefit_place,
    card_fee,
    card_operation,
    card_validity,
    collection_plan,
    contacts,
    contribution,
    deadline,
    duplicate_pension,
    face_retirement,
    flexible_insurance,
    id_number,
    loss,
    pension_systems,
    photo,
    pin,
    query_password,
    resident_pension,
    retirement,
    transfer,
    verification,
)
from kiosk.rules.topic import Topic

MODULES = (
    id_number,
    retirement,
    card_operation,
    loss,
    pin,
    query_password,
    card_validity,
    photo,
    card_fee,
    benefit_place,
    contribution,
    collection_plan,
    resident_pension,
    transfer,
    pension_systems,
    duplicate_pension,
    deadline,
    face_retirement,
    verification,
    contacts,
    flexible_insurance,
)

TOPICS: dict[str, Topic] = {topic.name: topic for module in MODULES for topic in module.TOPICS}
