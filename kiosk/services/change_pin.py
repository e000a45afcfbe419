"""修改社保密码: the holder replaces the PIN by another one."""

from kiosk.card_permission import ask_centre, require_permission
from kiosk.dialogue import Notice
from kiosk.identification import current_pin
from kiosk.pin_change import Purpose, choose_new_pin, number_of_the_done, replace_pin, say_done, unfinished
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
        number = number_of_the_done(visit, before)
        if not number:
            with (yield from choose_new_pin(visit, old)) as new:
                number = yield from replace_pin(visit, Purpose.CHANGE, old, new)
    return (yield from say_done(visit, Purpose.CHANGE, number))
