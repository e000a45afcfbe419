"""出国定居: the account is kept, or the relation is ended in writing by who has lost the nationality."""

from kiosk.dialogue.words import _
from kiosk.rules.stated import cite
from kiosk.services.advice import Advice, Part, advice_service, tell
from kiosk.services.service import Conversation
from kiosk.visit.visit import Visit

ADVICE = Advice(
    question=_("出国定居，养老保险怎么办"),
    parts=(
        Part((_("个人账户不能提前取。到领养老金的条件以前出国定居的，账户保留，到了条件再领。"),)),
        Part(
            (
                _("丧失中国国籍的，可以在离境时或者离境后书面申请终止职工养老保险关系。"),
                _(
                    "经办机构要先书面告知可以保留账户，以及终止的后果；本人书面确认以后，个人账户的钱一次付给本人。"
                ),
            ),
            _("能不能终止"),
        ),
    ),
    basis=(cite("provisions", "第六条"),),
)


@advice_service(
    "leave-country",
    group="retirement",
    position=11,
    label=_("出国定居，养老保险怎么办"),
    hint=_("账户保留，还是书面终止"),
    words=("出国定居", "移民社保", "加入外国籍", "丧失国籍"),
)
def leave_country(visit: Visit) -> Conversation:
    """Say what becomes of the account."""
    return (yield from tell(visit, ADVICE))
