"""What guides and answers share: a list, an article from it, its slip, and what the citizen goes on with."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any

from kiosk.dialogue.questions import FindInList, NotListed, Option, Question, ShowArticle, WentBack
from kiosk.dialogue.words import TranslatableText, _
from kiosk.paper.answer import print_answer
from kiosk.paper.certificates.local import PolicyAnswer
from kiosk.services.guides.unanswered import report_unanswered
from kiosk.services.service import GoOnWith, services
from kiosk.visit.visit import Visit

SLIP = Option("slip", _("打印这一页"))
MISSING = _("没有我要找的")
TYPE = _("点一类慢慢看；也可以打拼音，或者每个字拼音的第一个字母，例如“退休”打 TX。")

GROUPS: Mapping[str, TranslatableText] = {
    "card": _("社会保障卡"),
    "retirement": _("退休养老"),
    "contributions": _("参保缴费"),
    "transfer": _("转移接续"),
    "certificates": _("打印证明"),
    "employment": _("就业失业"),
    "work-injury": _("工伤待遇"),
}
"""The groups of guides and answers, in the order in which they are listed."""
OTHER = _("其他")

Reading = Generator[Question, Any, GoOnWith | None]


def read_from(
    visit: Visit,
    listed: FindInList,
    article: Callable[[str], ShowArticle],
    slip: Callable[[str], PolicyAnswer],
) -> Reading:
    """Let the citizen read one thing after the other, until they go on with another service or leave.

    :param article: returns what is read under a key; an action's key but that of ``SLIP`` is a service to go on with.
    :param slip: returns what is printed of it.
    """
    if visit.entry in {option.key for option in listed.options}:
        return (yield from read(visit, article(visit.entry), slip(visit.entry)))
    while True:
        chosen = yield listed
        if isinstance(chosen, NotListed):
            yield from report_unanswered(visit, chosen.typed)
            continue
        try:
            return (yield from read(visit, article(chosen), slip(chosen)))
        except WentBack:
            continue


def read(visit: Visit, article: ShowArticle, slip: PolicyAnswer) -> Reading:
    """Show an article, and print it at each touch that asks for it."""
    while (touched := (yield article)) == SLIP.key:
        yield from print_answer(visit, slip)
    return GoOnWith(touched) if touched else None


def grouped(groups: Mapping[str, str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the titles of the groups that have keys, and their keys.

    :param groups: the group of each key.
    """
    order = dict.fromkeys([*GROUPS, *groups.values()])
    found: dict[str, list[str]] = {}
    for group in order:
        keys = [key for key, its_group in groups.items() if its_group == group]
        found.setdefault(GROUPS.get(group, OTHER), []).extend(keys)
    return tuple((title, tuple(keys)) for title, keys in found.items() if keys)


def going_on(visit: Visit, names: Iterable[str]) -> Sequence[str]:
    """Return those of the services ``names`` that this machine has and can do here now."""
    return [name for name in names if name in services() and not visit.unavailable_reason(name)]
