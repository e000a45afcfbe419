"""What is told where something is not done at this machine: where it is, with which papers, and whom to call."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from kiosk.dialogue.questions import Choose, Option, Question, Section, ShowArticle
from kiosk.dialogue.words import TranslatableText, _
from kiosk.paper.answer import print_answer
from kiosk.paper.certificates.local import Given, PolicyAnswer
from kiosk.rules import regions, texts
from kiosk.rules.contacts import contacts, phone_of
from kiosk.rules.guidance import Guidance, Route, guidance
from kiosk.rules.stated import Answer, Citation
from kiosk.rules.words import Circumstance, Errand
from kiosk.visit.visit import Visit
from sync.protocol.certificate_kinds import CHINA

PRINT = Option("print", _("打印这一页"))
WHY: Mapping[Errand, TranslatableText] = {
    "replace-card": _("为什么要补卡或换卡？"),
    "cancel-card": _("为什么要注销？"),
    "apply-card": _("怎样申领？"),
}
"""The errands for which it is asked why they are done, or by whom."""
REPLACED_FOR: tuple[Circumstance, ...] = (
    *("lost", "damaged", "unreadable", "face-information", "expired", "quality", "identity"),
)
"""Everything that people replace a card for, also where the rules are silent on it."""
WITHOUT_A_CARD: frozenset[Errand] = frozenset(
    {"apply-card", "card-progress", "replace-card", "temporary-card"}
)
HOW_IT_IS_DONE = _("这台机器不办这项业务；在这里查询、打印免费。规定是这样的：")
PAPERS_NOT_STATED = _("要带什么，规定没有写明，去以前请先打电话问清楚。")
AGENT_NOT_STATED = _("能不能代办，规定没有写明。")
BANK_FIRST = _("社保功能挂失，银行里的钱没有挂失。请马上打发卡银行的电话，另外挂失。")
MAY_BE_OUTDATED = _("这里的规定比较早，可能已经有新规定，以窗口为准。")


def redirect(visit: Visit, errand: Errand, title: str) -> Generator[Question, Any, None]:
    """Tell where ``errand`` is done, and print it at each touch that asks for it; nothing is promised."""
    why = yield from _ask_why(visit.region, errand)
    today = datetime.now(CHINA).date()
    page = article(visit.region, errand, title, why, today)
    while (yield page) == PRINT.key:
        yield from print_answer(visit, slip(page, visit.region, errand, why, today))


def _ask_why(region: str, errand: Errand) -> Generator[Question, Any, Circumstance | None]:
    told_apart = guidance(region, errand).result.circumstances
    reasons = REPLACED_FOR if errand == "replace-card" else told_apart
    if errand not in WHY or not told_apart:
        return None
    options = tuple(Option(reason, texts.say(f"circumstance.{reason}")) for reason in reasons)
    why: Circumstance = yield Choose(
        title=WHY[errand], text=_("选一样，看要带什么、到哪里办。"), options=options
    )
    return why


def article(
    region: str, errand: Errand, title: str, why: Circumstance | None = None, today: date | None = None
) -> ShowArticle:
    """Return the page for an errand: what the region's rules say of it, and where they are silent, that they are."""
    told = guidance(region, errand, why, today)
    silent = _silence(region, told, why)
    return ShowArticle(
        title=title,
        text=silent or HOW_IT_IS_DONE,
        sections=(
            *(() if silent else _where(told.result)),
            *_besides(errand, told.result, is_silent=bool(silent)),
            *_whom_to_call(region, errand, told.result),
        ),
        actions=(PRINT,),
        source=_("依据：{basis}", basis=_cited(told.basis)),
    )


def slip(
    page: ShowArticle, region: str, errand: Errand, why: Circumstance | None, today: date
) -> PolicyAnswer:
    """Return what is printed of the page for an errand."""
    return PolicyAnswer(
        question=page.title,
        given=[Given(_("情况"), texts.say(f"circumstance.{why}"))] if why else [],
        answer=[page.text, *(f"{section.heading}：{section.text}" for section in page.sections)],
        sources=[_cited(guidance(region, errand, why, today).basis)],
        as_of=today,
        phone=phone_of(region),
    )


def _silence(region: str, told: Answer[Guidance], why: Circumstance | None) -> str:
    """Return the sentence that the rules do not say how this is done, '' where they do."""
    if told.result.is_silent:
        return told.text
    if why is None or why in told.result.circumstances:
        return ""
    reason = texts.say(f"circumstance.{why}")
    return _(
        "{region}的规定没有写明“{reason}”怎样办，请先打电话问清楚。", region=_name(region), reason=reason
    )


def _where(told: Guidance) -> Iterator[Section]:
    for route in told.routes:
        if route.function == "social":
            yield Section(_heading(route), _lines(*_route(route, told.papers)))
    if told.papers:
        yield Section(_("要带什么"), _list(told.papers))


def _heading(route: Route) -> TranslatableText:
    return _("{kind}：到哪里办", kind=route.kind) if route.kind else _("到哪里办")


def _route(route: Route, papers_told_apart: tuple[str, ...]) -> Iterator[str]:
    yield _list(route.places)
    if route.details:
        yield _("要说明：{details}。", details=route.details)
    if not papers_told_apart and (said := _papers(route)):
        yield said
    if route.agent:
        yield _("代办的，要带：{papers}。", papers=route.agent)
    elif route.agent is None:
        yield AGENT_NOT_STATED


def _papers(route: Route) -> str:
    if route.papers is None:
        return PAPERS_NOT_STATED
    return _("要带：{papers}。", papers=route.papers) if route.papers else ""


def _besides(errand: Errand, told: Guidance, *, is_silent: bool) -> Iterator[Section]:
    """Yield what is to know whichever place it is."""
    if known := (*told.tells, *(_("{kind}：{ends}", kind=kind, ends=ends) for kind, ends in told.losses)):
        yield Section(_("还要知道"), _lines(*known))
    if not is_silent and (said := tuple(filter(None, (told.fee, told.term)))):
        yield Section(_("费用和时间"), _lines(*said))
    if told.after and not is_silent:
        yield Section(_("办好以后"), _list(told.after))
    if told.is_uncertain:
        yield Section(_("请注意"), MAY_BE_OUTDATED)


def _whom_to_call(region: str, errand: Errand, told: Guidance) -> Iterator[Section]:
    if bank := tuple(_bank(region, errand, told)):
        yield Section(_("银行账户"), _lines(*bank))
    yield Section(_("打电话问"), _lines(*_phones(region, errand)))


def _bank(region: str, errand: Errand, told: Guidance) -> Iterator[str]:
    if errand == "report-loss":
        yield BANK_FIRST
    places = tuple(place for route in told.routes if route.function == "financial" for place in route.places)
    if places:
        yield _("银行功能请找：{places}。", places=tuple(dict.fromkeys(places)))
    if number := contacts(region).result.bank:
        yield _("发卡银行电话 {phone}", phone=number)


def _phones(region: str, errand: Errand) -> Iterator[str]:
    yield phone_of(region)
    if (number := contacts(region).result.emergency) and errand in WITHOUT_A_CARD:
        yield _("急着在外地用卡 {phone}", phone=number)


def _name(region: str) -> str:
    return texts.Sentence(regions.find(region).name)


def _cited(basis: Iterable[Citation]) -> str:
    """Return the articles, each document named once."""
    articles: dict[str, list[str]] = {}
    for each in basis:
        articles.setdefault(each.source, []).append(each.article)
    return "；".join(f"{source} {'、'.join(listed)}" for source, listed in articles.items())


def _list(items: tuple[str, ...]) -> TranslatableText:
    return _("{items}", items=items)


def _lines(first: str, *more: str) -> str:
    return _("{line}\n{more}", line=first, more=_lines(*more)) if more else first
