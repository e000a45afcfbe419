"""Answers of the rules: asked for step by step, computed without the centre, shown and printed with their basis."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial, reduce
from typing import Any

from kiosk.dialogue.interview import Answers, Step, interview
from kiosk.dialogue.questions import Finished, Option, Picture, Section, ShowArticle
from kiosk.dialogue.words import TranslatableText, _
from kiosk.paper.answer import print_answer
from kiosk.paper.certificates.local import Given, PolicyAnswer
from kiosk.rules.contacts import phone_of
from kiosk.rules.periods import BEIJING
from kiosk.rules.stated import Answer, Citation
from kiosk.rules.texts import Sentence, say
from kiosk.rules.words import Paper
from kiosk.services.service import ANYBODY, Conversation, Gets, Offline, Proof, service
from kiosk.visit.visit import Visit

PRINT, DONE = "print", "done"
ACTIONS = (Option(PRINT, _("打印")), Option(DONE, _("看完了")))
REFERENCE = _("仅供参考，以经办机构核定为准")
READ = Finished(title=_("查询完毕"), text=_("如需办理其他业务，请点“继续办理”。"))
PRINTED = Finished(title=_("答复已打印"), text=_("请从出纸口取走。"), picture=Picture.TAKE_PAPER)

advice_service = partial(
    service,
    minutes=2,
    accepts=ANYBODY,
    proof=Proof.NOTHING,
    offline=Offline.SERVE,
    gets=Gets.ANSWER,
)
"""Makes a service that answers anybody by computing: these need neither a credential nor the centre."""


@dataclass(frozen=True)
class Part:
    """A part of an answer: sentences, the shortest thing to know first. One without a heading is the answer itself."""

    sentences: tuple[str, ...]
    heading: str = ""


@dataclass(frozen=True)
class Advice:
    """What the rules say to a question: in which parts, what it was computed from, and which texts it follows from."""

    question: str
    parts: tuple[Part, ...]
    basis: tuple[Citation, ...]
    given: tuple[tuple[str, str], ...] = ()

    def article(self) -> ShowArticle:
        """Return the page of the answer, in plain words first."""
        return ShowArticle(
            title=self.question, sections=tuple(self._sections()), actions=ACTIONS, source=REFERENCE
        )

    def _sections(self) -> Iterable[Section]:
        for part in self.parts:
            yield Section(part.heading or _("答复"), paragraphs(part.sentences))
        if self.given:
            yield Section(_("根据您说的"), paragraphs([pair(*each) for each in self.given]))
        sources = [f"{number}. {source}" for number, source in enumerate(sources_of(self.basis), 1)]
        yield Section(_("依据"), _("{name}", name="\n".join(sources)))

    def slip(self, region: str, today: date) -> PolicyAnswer:
        """Return what is printed of the answer, for somebody in ``region``."""
        return PolicyAnswer(
            question=self.question,
            given=[Given(str(name), str(value)) for name, value in self.given],
            answer=[str(line) for part in self.parts for line in (part.heading, *part.sentences) if line],
            sources=sources_of(self.basis),
            as_of=today,
            phone=phone_of(region),
        )


def advise(visit: Visit, steps: Sequence[Step], advice_on: Callable[[Answers], Advice]) -> Conversation:
    """Ask the steps in order, show what follows from the answers, and print it at a touch."""
    return (yield from interview(steps, lambda answers: tell(visit, advice_on(answers))))


def tell(visit: Visit, advice: Advice) -> Conversation:
    """Show an answer until it has been read or printed."""
    while True:
        if (yield advice.article()) != PRINT:
            return READ
        if (yield from print_answer(visit, advice.slip(visit.region, today()))):
            return PRINTED


def today() -> date:
    """Return the day in Beijing."""
    return datetime.now(BEIJING).date()


def said(answer: Answer[Any]) -> Sentence:
    """Return the sentence of a rule. What is in it was computed of somebody, so the voice says it only when asked."""
    sentence = answer.text
    assert isinstance(sentence, Sentence)
    values = {
        name: value if isinstance(value, str | tuple) else str(value)
        for name, value in sentence.values.items()
    }
    return Sentence(sentence.msgid, **values)


def basis_of(*answers: Answer[Any]) -> tuple[Citation, ...]:
    """Return what all the answers follow from, each text once."""
    return tuple(dict.fromkeys(citation for answer in answers for citation in answer.basis))


def paragraphs(sentences: Sequence[str]) -> str:
    """Return the sentences below each other."""
    return reduce(lambda above, below: _("{above}\n{below}", above=above, below=below), sentences)


def paper_names(papers: Iterable[Paper]) -> tuple[Sentence, ...]:
    """Return what papers are called."""
    return tuple(say(f"paper.{paper}") for paper in papers)


def duration(months: int) -> TranslatableText:
    """Return so many months as people say them."""
    years, rest = divmod(months, 12)
    if not years:
        return _("{months}个月", months=str(rest))
    if not rest:
        return _("{years}年", years=str(years))
    return _("{years}年{months}个月", years=str(years), months=str(rest))


def pair(name: str, value: str) -> TranslatableText:
    """Return a value with its name."""
    return _("{what}：{value}", what=name, value=value)


def in_one(sentences: Sequence[str]) -> str:
    """Return the sentences in one paragraph."""
    return reduce(lambda first, second: _("{first}{second}", first=first, second=second), sentences)


def sources_of(basis: Iterable[Citation]) -> list[str]:
    """Return each text that is cited, once, with its articles."""
    articles: dict[str, list[str]] = {}
    for citation in basis:
        articles.setdefault(citation.source, []).append(citation.article)
    return [f"{source} {'、'.join(dict.fromkeys(found))}" for source, found in articles.items()]
