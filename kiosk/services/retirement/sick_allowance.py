"""病残津贴: never computed here; the counter and the committee that judges the ability to work decide."""

from kiosk.dialogue.words import _
from kiosk.rules.stated import cite
from kiosk.services.advice import Advice, Part, advice_service, tell
from kiosk.services.service import Conversation
from kiosk.visit.visit import Visit

ADVICE = Advice(
    question=_("病残津贴"),
    parts=(
        Part((_("请到窗口问：到退休年龄以前，因病或者不是工作原因完全不能工作的，可以申领病残津贴。"),)),
        Part(
            (
                _("能不能工作由劳动能力鉴定委员会鉴定，金额由经办机构核定，本机不算。"),
                _("过去写明的病退年龄（男50周岁、女45周岁），2025年起改为病残津贴。"),
            ),
            _("请注意"),
        ),
    ),
    basis=(
        cite("sick-allowance", "第一条至第四条"),
        cite("insurance-law", "第十七条"),
    ),
)


@advice_service(
    "sick-allowance",
    group="retirement",
    position=9,
    label=_("病残津贴"),
    hint=_("不能工作了，还没有到退休年龄"),
    words=("病残津贴", "病退", "不能干活了能退吗", "完全丧失劳动能力"),
)
def sick_allowance(visit: Visit) -> Conversation:
    """Say who may ask for it, and why the counter is asked."""
    return (yield from tell(visit, ADVICE))
