"""The initial password for queries (社保初始查询密码), which is not the PIN of the card."""

import msgspec

from kiosk.rules.law import law
from kiosk.rules.stated import Answer, answer
from kiosk.rules.topic import Field, Topic, id18


class QueryPassword(msgspec.Struct, frozen=True):
    """The initial query password; it comes from the ID number, so it is shown to nobody but the holder."""

    initial: str


def query_password(id_number: str) -> Answer[QueryPassword]:
    """Return the initial query password: the last eight characters of the ID number, X as 0."""
    rule = law().query_password.digits
    initial = id_number[-rule.value :].upper().replace("X", "0")
    return answer(QueryPassword(initial), (rule,), "query-password.result")


TOPICS = (
    Topic(
        "query-password",
        "The initial password for queries (社保初始查询密码)",
        (Field("id_number", id18, "the citizen's ID number"),),
        QueryPassword,
        query_password,
        {"id_number": "11010519491231002X"},
    ),
)
