"""What is said before a service begins: the offer of 长辈版, the menu, the search, and for whom somebody acts."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from dateutil.relativedelta import relativedelta

from kiosk.attendant.window import QuestionOrFactory
from kiosk.dialogue.phone import HOTLINE, local_page
from kiosk.dialogue.preferences import Preferences
from kiosk.dialogue.questions import (
    SEARCH,
    Choose,
    Confirm,
    EnterText,
    Notice,
    Option,
    Picture,
    WentBack,
    WentHome,
)
from kiosk.dialogue.words import TranslatableText, _
from kiosk.menu.availability import Availabilities
from kiosk.menu.menu import (
    ACT_FOR_HOLDER,
    ACT_FOR_ONESELF,
    Offer,
    group_question,
    menu,
    menu_question,
    offered,
    service_option,
)
from kiosk.menu.search import matching
from kiosk.record.journal import Intent
from kiosk.rules.id_number import id_number
from kiosk.services.service import Service
from kiosk.visit.visit import ActsForHolder, Visit

ELDER_AGE = 60

OFFER_ELDER = Confirm(
    title=_("要用长辈版吗？"),
    text=_("长辈版字大、按键大、时间长，一页只问一件事。按屏幕上的“长辈版”随时可以换。"),
    yes=_("用长辈版"),
    no=_("不用"),
)
FOR_WHOM = Confirm(
    title=_("您是替别人办理吗？"),
    text=_("替别人办理，持卡人要在您身边，密码由持卡人自己输入。\n有的业务只能本人办，屏幕上会说明。"),
    yes=_("替持卡人办理"),
    no=_("不是，我给自己办"),
)
LOOK_FOR = EnterText(
    title=_("您要办什么？"),
    text=_("用您平时的说法就可以，例如“退休证明”“改密码”。"),
)
NOTHING_FOUND = Notice(
    title=_("没有找到这项业务"),
    text=_("可以换一个说法再找，也可以在首页看看都能办什么；这台机器办不了的，请到窗口或点“呼叫工作人员”。"),
    picture=Picture.STAFF,
    phone=HOTLINE,
    understood=_("回首页"),
)


def is_elder(number: str, today: date) -> bool:
    """Return whether the holder of this ID number is 60 or over."""
    birth = id_number(number).result.birth
    return birth is not None and relativedelta(today, birth).years >= ELDER_AGE


@dataclass(frozen=True)
class ServiceSelection:
    """Receives one citizen: ``availabilities`` are those of the moment; ``open_acts`` are the acts left open."""

    greeting: TranslatableText
    visit: Visit
    availabilities: Callable[[], Availabilities]
    open_acts: Sequence[Intent] = ()

    def choose_service(self, touched: str = "") -> Generator[QuestionOrFactory, Any, str]:
        """Have a service chosen, and return its name; 返回 and 首页 lead to the first page.

        Each page that offers services is made again whenever what can be done changes.

        :param touched: the group or the service that was chosen before, on the page between visits.
        """
        while True:
            try:
                chosen, touched = touched or (yield self._first_page), ""
                if name := (yield from self._follow(chosen)):
                    return name
            except (WentBack, WentHome):
                continue

    def _first_page(self, manner: Preferences) -> Choose:
        return menu_question(self.greeting, self._offer(), manner, has_holder=self.visit.person is not None)

    def _follow(self, chosen: str) -> Generator[QuestionOrFactory, Any, str]:
        groups = {group.name: group for group in menu().groups}
        if chosen == SEARCH:
            return (yield from self._search())
        if chosen in groups:
            name: str = yield lambda _manner: group_question(groups[chosen], self._offer())
            return name
        if chosen in (ACT_FOR_HOLDER, ACT_FOR_ONESELF):
            begins = chosen == ACT_FOR_HOLDER and (yield FOR_WHOM)
            self.visit.happened(ActsForHolder(begins))
            return ""
        return chosen

    def _search(self) -> Generator[QuestionOrFactory, Any, str]:
        hits = matching((yield LOOK_FOR))
        if not hits:
            yield local_page(NOTHING_FOUND, self.visit.region)
            return ""
        text = _("找到 {count} 项。没有您要的，请返回再找。", count=len(hits))
        name: str = yield lambda _manner: Choose(
            title=_("您是要办这个吗？"), text=text, options=self._found(hits)
        )
        return name

    def _offer(self) -> Offer:
        return partial(offered, now=self.availabilities(), is_open=self._is_open)

    def _found(self, hits: Sequence[Service]) -> tuple[Option, ...]:
        """Return the options for what was looked for: also what the region's rules do not name, which says so."""
        now = self.availabilities()
        return tuple(service_option(hit, now[hit.name], is_open=self._is_open(hit)) for hit in hits)

    def _is_open(self, service: Service) -> bool:
        return any(map(service.left_open, self.open_acts))
