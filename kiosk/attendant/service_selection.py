"""What is said before a service begins: the offer of 长辈版, the menu, the search, and for whom somebody acts."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from kiosk.attendant.window import QuestionOrFactory
from kiosk.dialogue.preferences import Preferences
from kiosk.dialogue.questions import (
    SEARCH,
    Choose,
    Confirm,
    EnterText,
    IntroduceService,
    Notice,
    Option,
    Picture,
    WentBack,
    WentHome,
)
from kiosk.dialogue.words import TranslatableText, _
from kiosk.guidance.findable import findable
from kiosk.menu.availability import Availabilities
from kiosk.menu.introduction import introduction
from kiosk.menu.menu import (
    ACT_FOR_HOLDER,
    ACT_FOR_ONESELF,
    MORE,
    Offer,
    group_question,
    groups_question,
    home_question,
    menu,
    offered,
    service_option,
)
from kiosk.menu.search import Hit, search
from kiosk.menu.topics import Topic, topics
from kiosk.rules.contacts import phone_of
from kiosk.services.guides.unanswered import report_unanswered
from kiosk.services.service import Placement, Service, services
from kiosk.visit.visit import ActsForHolder, Visit, is_entry
from text.masking import mask_name

MOST_HITS, MOST_WRITTEN = 4, 2
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
    takes_pinyin=True,
)


@dataclass(frozen=True)
class ServiceSelection:
    """Has one citizen choose, greeted by name once one is known; ``availabilities`` are those of the moment."""

    visit: Visit
    availabilities: Callable[[], Availabilities]
    suggested: Callable[[], Sequence[Service]] = tuple
    troubles: Callable[[], tuple[str, ...]] = tuple

    def choose_service(self, touched: str = "") -> Generator[QuestionOrFactory, Any, str]:
        """Have a service chosen and introduced, and return its name; 首页 leads to the first page, 返回 one page back.

        Each page that offers services is made again whenever what can be done changes.

        :param touched: what was chosen before, on the page between visits.
        """
        while True:
            try:
                chosen, touched = touched or (yield self._home), ""
                if name := (yield from self._follow(chosen)):
                    return name
            except (WentBack, WentHome):
                continue

    def _home(self, manner: Preferences) -> Choose:
        return home_question(
            self._greeting(),
            self._offer(),
            manner,
            suggested=self.suggested(),
            troubles=self.troubles(),
            has_holder=self.visit.person is not None,
        )

    def _greeting(self) -> TranslatableText:
        person = self.visit.person
        return _("{name}，您好", name=mask_name(person.name)) if person else _("您好")

    def _follow(self, chosen: str) -> Generator[QuestionOrFactory, Any, str]:
        if chosen in (ACT_FOR_HOLDER, ACT_FOR_ONESELF):
            begins = chosen == ACT_FOR_HOLDER and (yield FOR_WHOM)
            self.visit.happened(ActsForHolder(begins))
            return ""
        if chosen == SEARCH:
            return (yield from self._search())
        if chosen not in services() and chosen in topics():
            return (yield from self._tell_where(topics()[chosen]))
        if is_entry(chosen):
            return chosen
        if chosen in services():
            return (yield from self._introduced(chosen))
        return (yield from self._one_of(self._page(chosen)))

    def _page(self, chosen: str) -> Callable[[Preferences], Choose]:
        """Return the page that a touch on the first page leads to, made again when it is shown again."""
        if chosen == MORE:
            return lambda _manner: groups_question(self._offer())
        groups = {group.name: group for group in menu().groups}
        return lambda _manner: group_question(groups[chosen], self._offer())

    def _one_of(self, page: Callable[[Preferences], Choose]) -> Generator[QuestionOrFactory, Any, str]:
        """Have one be chosen from ``page``; 返回 on what follows leads to it again."""
        while True:
            chosen = yield page
            try:
                return (yield from self._follow(chosen))
            except WentBack:
                continue

    def _introduced(self, name: str) -> Generator[QuestionOrFactory, Any, str]:
        """Say what the service needs before anything is shown or entered; one done elsewhere only says where."""
        if self.availabilities()[name].placement is Placement.HERE:
            yield lambda _manner: self._introduction(services()[name])
        return name

    def _introduction(self, service: Service) -> IntroduceService:
        visit, faces = self.visit, self.visit.can_compare_faces()
        return introduction(
            service,
            phone_of(visit.region),
            self.availabilities()[service.name].reason,
            faces=faces,
            has_shown=bool(service.usable(faces=faces) & visit.state().shown),
            asks_pin=service.asks_pin(visit),
        )

    def _search(self) -> Generator[QuestionOrFactory, Any, str]:
        typed = yield LOOK_FOR
        hits = self._hits(typed)
        if not hits:
            yield from report_unanswered(self.visit, typed)
            return ""
        text = _("找到 {count} 项。没有您要的，请返回再找。", count=len(hits))
        return (
            yield from self._one_of(
                lambda _manner: Choose(title=_("您是要办这个吗？"), text=text, options=self._found(hits))
            )
        )

    def _hits(self, typed: str) -> tuple[Hit, ...]:
        """Return what was perhaps meant: services and what is done elsewhere first, then guides and answers."""
        written = (
            Topic(each.target, each.label, each.words)
            for each in findable(self.visit.library, self.visit.region)
        )
        hits = search(typed, written)
        done = [hit for hit in hits if not is_entry(hit.topic.key)]
        read = [hit for hit in hits if is_entry(hit.topic.key)]
        return (*done[:MOST_HITS], *read[:MOST_WRITTEN])

    def _tell_where(self, topic: Topic) -> Generator[QuestionOrFactory, Any, str]:
        """Say where something is done that this machine does not do."""
        yield Notice(
            title=_("{what}不在本机办理", what=TranslatableText(topic.title)),
            text=_("请到{place}办理。", place=TranslatableText(topic.place)),
            picture=Picture.STAFF,
            phone=topic.hotline,
        )
        return ""

    def _offer(self) -> Offer:
        return partial(offered, now=self.availabilities(), is_open=self._open_ones())

    def _found(self, hits: Sequence[Hit]) -> tuple[Option, ...]:
        """Return the options for what was looked for: services, and what is done elsewhere."""
        now, is_open = self.availabilities(), self._open_ones()

        def option(topic: Topic) -> Option:
            if is_entry(topic.key):
                return Option(
                    topic.key, _("看看：{name}", name=topic.title), _("答复或办事指南"), icon="guides"
                )
            if topic.service:
                service = services()[topic.service]
                return service_option(service, now[service.name], is_open=is_open(service))
            place = TranslatableText(topic.place)
            where = _("不在本机办：请到{place}", place=place)
            return Option(topic.key, TranslatableText(topic.title), where, elsewhere=place, icon="elsewhere")

        return tuple({each.key: each for each in (option(hit.topic) for hit in hits)}.values())

    def _open_ones(self) -> Callable[[Service], bool]:
        """Return what tells whether something of a service was left open with this card, or by this person."""
        acts = self.visit.journal.left_open(self.visit.partition) if self.visit.partition else []
        return lambda service: any(map(service.left_open, acts))
