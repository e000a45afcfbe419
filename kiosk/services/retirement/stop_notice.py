"""停发待遇什么时候告知: until when the agency is told that the right to a benefit has ended."""

from datetime import date

from kiosk.dialogue.interview import Answers, Step
from kiosk.dialogue.questions import EnterDate
from kiosk.dialogue.words import _
from kiosk.rules.deadline import deadline
from kiosk.rules.stated import cite
from kiosk.services.advice import Advice, Part, advice_service, advise, basis_of, today
from kiosk.services.service import Conversation
from kiosk.visit.visit import Visit

FIRST = date(2023, 12, 1)
WHO = _("由用人单位、领待遇的人或者家人告诉经办机构。")
OVERPAID = _("多发的待遇要退回。")


@advice_service(
    "stop-notice",
    group="retirement",
    position=12,
    label=_("停发待遇，什么时候告知"),
    hint=_("出现停发的情形，最晚哪一天告诉经办机构"),
    words=("停发养老金", "不能再领了要告诉谁", "停止享受待遇"),
)
def stop_notice(visit: Visit) -> Conversation:
    """Ask when it happened, and say until when it is told."""
    return (yield from advise(visit, (Step("happened", lambda _answers: _day()),), advice_on))


def _day() -> EnterDate:
    now = today()
    return EnterDate(title=_("停发的情形是哪一天发生的？"), first=FIRST, last=now, value=now)


def advice_on(answers: Answers) -> Advice:
    """Return the last day of the notice, or only its length where the holidays of the year are not known yet."""
    answer = deadline("entitlement-loss-notice", answers["happened"])
    days, due = str(answer.result.days), answer.result.due
    until = (
        _("最晚在{day}告诉经办机构（{days}个工作日）。", day=str(due), days=days)
        if due
        else _("要在{days}个工作日内告诉经办机构；放假安排还没有公布，算不出是哪一天。", days=days)
    )
    parts = (Part((until, WHO)), Part((OVERPAID,), _("请注意")))
    given = ((_("发生的日期"), str(answers["happened"])),)
    return Advice(
        _("停发待遇，什么时候告知"), parts, (*basis_of(answer), cite("regulation", "第四十六条")), given
    )
