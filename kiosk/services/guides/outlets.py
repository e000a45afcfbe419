"""附近网点: where something is done, how far it is, and whether it is open today."""

from collections.abc import Generator, Mapping
from datetime import datetime
from typing import Any

from kiosk.dialogue.questions import FindInList, Option, Question, Section, ShowArticle, WentBack
from kiosk.dialogue.words import _
from kiosk.guidance.outlets import NearbyOutlet, distance_words, doing, nearest, services_of, today_words
from kiosk.paper.certificates.local import PolicyAnswer
from kiosk.rules.contacts import phone_of
from kiosk.services.guides.reading import SLIP, read
from kiosk.services.service import ANYBODY, Conversation, Gets, GoOnWith, Offline, Proof, service
from kiosk.visit.visit import Visit
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.published import Outlet

ALL = "all"
PUBLISHED_BY = _("社保经办机构公布的网点信息；节假日以网点公告为准")


@service(
    "outlets",
    group="guides",
    position=3,
    label=_("附近网点"),
    hint=_("在哪办、多远、今天几点"),
    words=("网点", "在哪办", "在哪儿", "几点下班", "几点上班", "地址", "哪个银行", "附近"),
    minutes=2,
    accepts=ANYBODY,
    proof=Proof.NOTHING,
    offline=Offline.SERVE,
    gets=Gets.ANSWER,
    feeds=("outlets",),
)
def outlets(visit: Visit) -> Conversation:
    """Let an outlet be found by what is done there, the nearest first."""
    known = visit.library.outlets(visit.region)
    if not known:
        yield _none_known(visit)
        return None
    offered = services_of(known.values())
    if visit.entry in offered:
        return (yield from _choose(visit, doing(known, visit.entry)))
    while True:
        service_name = yield _what_for(offered)
        try:
            listed = known if service_name == ALL else doing(known, service_name)
            return (yield from _choose(visit, listed))
        except WentBack:
            continue


def _what_for(offered: list[str]) -> FindInList:
    everything = Option(ALL, _("全部网点"))
    return FindInList(
        title=_("您要办什么？"),
        text=_("选一样，看哪些网点能办；近的排在前面。"),
        options=(everything, *(Option(name, name) for name in offered)),
    )


def _choose(visit: Visit, listed: Mapping[str, Outlet]) -> Generator[Question, Any, GoOnWith | None]:
    while True:
        now = datetime.now(CHINA)
        found = {each.key: each for each in nearest(listed, visit.library.position)}
        key = yield FindInList(
            title=_("能办的网点"), options=tuple(_option(each, now) for each in found.values())
        )
        try:
            return (
                yield from read(
                    visit, outlet_article(found[key], now), outlet_slip(found[key], visit.region, now)
                )
            )
        except WentBack:
            continue


def _option(near: NearbyOutlet, now: datetime) -> Option:
    said = (distance_words(near.kilometres), today_words(near.outlet, now))
    hint = _("{distance}；{today}", distance=said[0], today=said[1]) if said[0] else said[1]
    return Option(near.key, near.outlet.name, hint, words=(near.outlet.address, near.outlet.district))


def outlet_article(near: NearbyOutlet, now: datetime) -> ShowArticle:
    """Return the page of an outlet."""
    return ShowArticle(
        title=near.outlet.name,
        sections=tuple(Section(heading, text) for heading, text in _facts(near, now)),
        actions=(SLIP,),
        source=PUBLISHED_BY,
    )


def _facts(near: NearbyOutlet, now: datetime) -> list[tuple[str, str]]:
    outlet = near.outlet
    facts: list[tuple[str, str]] = [(_("地址"), outlet.address)]
    if distance := distance_words(near.kilometres):
        facts.append((_("离这里多远"), distance))
    facts.append((_("今天几点"), today_words(outlet, now)))
    if outlet.opening:
        facts.append((_("办公时间"), outlet.hours))
    facts.append((_("电话"), outlet.phone or _("没有公布，可以拨打12333")))
    if outlet.bank:
        facts.append((_("银行"), outlet.bank))
    facts.append((_("能办什么"), "、".join(outlet.services)))
    return facts


def outlet_slip(near: NearbyOutlet, region: str, now: datetime) -> PolicyAnswer:
    """Return what is printed of an outlet."""
    return PolicyAnswer(
        question=near.outlet.name,
        given=[],
        answer=[f"{heading}：{text}" for heading, text in _facts(near, now)],
        sources=[PUBLISHED_BY],
        as_of=now.date(),
        phone=phone_of(region),
    )


def _none_known(visit: Visit) -> ShowArticle:
    return ShowArticle(
        title=_("附近网点"),
        text=_("本机还没有收到本地区的网点信息。"),
        sections=(Section(_("打电话问"), phone_of(visit.region)),),
    )
