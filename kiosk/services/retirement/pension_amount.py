"""养老金能领多少: never computed here; the agency does, from the records."""

from kiosk.dialogue.words import _
from kiosk.rules.stated import cite
from kiosk.services.advice import Advice, Part, advice_service, tell
from kiosk.services.service import Conversation
from kiosk.visit.visit import Visit

ADVICE = Advice(
    question=_("养老金能领多少"),
    parts=(
        Part((_("请到窗口问：养老金由基础养老金和个人账户养老金组成，金额由经办机构核定，本机不算。"),)),
        Part(
            (
                _("缴费基数、缴费年限、退休时间、个人账户余额有一样不同，养老金就不同。"),
                _("可以先打印缴费证明，核对每个月的缴费。"),
            ),
            _("怎样核对"),
        ),
    ),
    basis=(cite("insurance-law", "第十五条"),),
)


@advice_service(
    "pension-amount",
    group="retirement",
    position=10,
    label=_("养老金能领多少"),
    hint=_("本机不算金额，告诉您由谁算、怎样核对"),
    words=("能领多少钱", "养老金测算", "退休金多少", "他咋比我多"),
)
def pension_amount(visit: Visit) -> Conversation:
    """Say what the amount is made of, and who computes it."""
    return (yield from tell(visit, ADVICE))
