"""修改社保密码: the holder replaces the PIN by another one."""

from collections.abc import Generator
from typing import Any

from kiosk.card_permission import ask_centre, require_permission
from kiosk.dialogue import Finished, Notice, Question
from kiosk.identification import current_pin
from kiosk.journal import Outcome
from kiosk.pin_change import Purpose, choose_new_pin, replace_pin, unfinished
from kiosk.receipt import finish
from kiosk.services import Conversation, Credential, Offline, service
from kiosk.visit import Visit

ACTIVATE_FIRST = Notice(
    title="请先激活社保功能",
    text="您的社保功能还没有激活。请回到首页选“社保功能激活”，在那里设置您自己的密码。",
)


@service("change-pin", credential=Credential.CARD, offline=Offline.REFUSE)
def change_pin(visit: Visit) -> Conversation:
    """Ask the centre, have the old PIN and a new one entered, and change it."""
    state = yield from ask_centre(visit)
    if state == "not-activated":
        yield ACTIVATE_FIRST
        return None
    require_permission(visit.region, "change-pin", state)
    before = unfinished(visit, Purpose.CHANGE)
    with (yield from current_pin(visit, "请输入原密码")) as old:
        for last in before:
            if visit.journal.outcome(last) is Outcome.DONE:
                return (yield from _finished(visit, last.number))
        with (yield from choose_new_pin(visit, old)) as new:
            number = yield from replace_pin(visit, Purpose.CHANGE, old, new)
    return (yield from _finished(visit, number))


def _finished(visit: Visit, number: str) -> Generator[Question, Any, Finished]:
    return (
        yield from finish(
            visit, "社保密码已经修改", "修改社保密码", number, "新密码已经生效，请记住，不要告诉别人。"
        )
    )
