"""政策问答: what citizens ask most, answered by today's law, with its basis and what was the rule before."""

from collections.abc import Iterator

from kiosk.dialogue.questions import FindInList, Option, Section, ShowArticle
from kiosk.dialogue.words import _
from kiosk.paper.certificates.local import PolicyAnswer
from kiosk.rules.contacts import phone_of
from kiosk.services.guides.reading import MISSING, SLIP, TYPE, going_on, grouped, read_from
from kiosk.services.service import ANYBODY, Conversation, Gets, Offline, Proof, service, services
from kiosk.visit.visit import Visit
from sync.protocol.published import Answer


@service(
    "answers",
    group="guides",
    position=2,
    label=_("政策问答"),
    hint=_("退休、缴费、社保卡，常问的都有答复"),
    words=("问答", "政策", "咨询", "问一下", "怎么规定", "为什么"),
    minutes=3,
    accepts=ANYBODY,
    proof=Proof.NOTHING,
    offline=Offline.SERVE,
    gets=Gets.ANSWER,
    feeds=("answers",),
)
def answers(visit: Visit) -> Conversation:
    """Let a question be found and its answer be read; it leads to the service that says more."""
    found = visit.library.answers(visit.region)
    listed = FindInList(
        title=_("政策问答"),
        text=TYPE,
        options=tuple(
            Option(key, answer.question, words=tuple(answer.keywords)) for key, answer in found.items()
        ),
        groups=grouped({key: answer.group for key, answer in found.items()}),
        missing=MISSING,
    )
    return (
        yield from read_from(
            visit,
            listed,
            lambda key: answer_article(visit, found[key]),
            lambda key: answer_slip(found[key], visit.region),
        )
    )


def answer_article(visit: Visit, answer: Answer) -> ShowArticle:
    """Return the page of an answer."""
    actions = [Option(name, services()[name].label) for name in going_on(visit, [answer.service])]
    return ShowArticle(
        title=answer.question,
        text=answer.short,
        sections=tuple(_sections(answer)),
        actions=(*actions, SLIP),
        source=_("依据：{basis}。按{day}的规定答复。", basis="；".join(answer.basis), day=answer.as_of),
    )


def answer_slip(answer: Answer, region: str) -> PolicyAnswer:
    """Return what is printed of an answer; a rule of the past stands under its heading."""
    said = [answer.short, *(f"{section.heading}：{section.text}" for section in _sections(answer))]
    return PolicyAnswer(
        question=answer.question,
        given=[],
        answer=said,
        sources=list(answer.basis),
        as_of=answer.as_of,
        phone=phone_of(region),
    )


def _sections(answer: Answer) -> Iterator[Section]:
    if answer.details:
        yield Section(_("具体说明"), answer.details)
    if answer.superseded:
        yield Section(_("过去的规定（现在不再适用）"), answer.superseded)
