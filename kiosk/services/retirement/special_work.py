"""特殊工种退休: never computed here: the file decides, and the counter reads it."""

from kiosk.dialogue.words import _
from kiosk.rules.stated import cite
from kiosk.services.advice import Advice, Part, advice_service, tell
from kiosk.services.service import Conversation
from kiosk.visit.visit import Visit

ADVICE = Advice(
    question=_("特殊工种退休"),
    parts=(
        Part((_("请到窗口问：特殊工种能不能提前退休，要看档案里的岗位和年限，本机没有档案，不算。"),)),
        Part(
            (
                _("男55周岁、女45周岁，是过去写明的年龄，现在的年龄以窗口答复为准。"),
                _("带身份证去问，其他材料规定没有写明。"),
            ),
            _("请注意"),
        ),
    ),
    basis=(cite("handbook", "一、养老保险第1问"),),
)


@advice_service(
    "special-work",
    group="retirement",
    position=8,
    label=_("特殊工种退休"),
    hint=_("为什么要到窗口办"),
    words=("特殊工种", "井下高温退休", "特殊工种提前退"),
)
def special_work(visit: Visit) -> Conversation:
    """Say why the counter is asked."""
    return (yield from tell(visit, ADVICE))
