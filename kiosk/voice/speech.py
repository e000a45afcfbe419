"""What the voice says of a question: which words, in which order, how urgently, and what only when asked for.

Unasked it says the machine's own words and counts. Whatever may be the citizen's own (a name, an amount, the number
of a card or a certificate) is said only to who pressed 朗读, and a PIN is never said at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import singledispatch

from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES, Language, Preferences
from kiosk.dialogue.questions import Question
from kiosk.dialogue.words import _
from kiosk.voice.catalogue import Catalogue, Recording, catalogue
from kiosk.voice.numbers import number_words
from kiosk.voice.personal import personal_words
from kiosk.voice.phrases import Number, Personal, Phrase, Piece, phrases, pieces

SPEECH_DELAY_SECONDS = 0.8
"""Seconds: work that is over sooner is not spoken of, and digits are counted when the citizen pauses."""
REMINDER = 10.0
"""Seconds until the citizen is told once more to take the card."""


@dataclass(frozen=True)
class Synthesised:
    """A text that was not recorded: it is spoken by the synthesiser."""

    text: str
    language: Language


Clip = Recording | Synthesised


@dataclass(frozen=True)
class Speech:
    """Clips to play in order, ``after`` a delay in seconds, and ``again`` that many seconds later.

    An ``urgent`` speech does not wait for one that is going on; ``again`` is 0 for what is said once.
    """

    clips: tuple[Clip, ...] = ()
    urgent: bool = False
    after: float = 0
    again: float = 0


URGENT = (dialogue.InactivityWarning, dialogue.TakeCard, dialogue.RefuseCard, dialogue.OutOfService)
"""What cannot wait: the visit, or a card, is about to be left behind."""
CARD_IN_THE_SLOT = (dialogue.TakeCard, dialogue.RefuseCard)


def speech_of(question: Question, manner: Preferences, *, asked: bool = False) -> Speech:
    """Return what is said when ``question`` is shown, or when the citizen has ``asked`` to hear it.

    Nobody is spoken to while the machine waits for somebody. Elders also hear what they may choose from.
    """
    if isinstance(question, dialogue.Idle) and not asked:
        return Speech()
    texts = [getattr(question, "problem", ""), *_told(question)]
    if asked or manner.elder:
        texts += choices_of(question)
    if asked:
        texts += details_of(question)
    return Speech(
        _clips(texts, manner.language, asked=asked),
        urgent=isinstance(question, URGENT),
        after=SPEECH_DELAY_SECONDS
        if isinstance(question, dialogue.Working | dialogue.AwaitReply) and not asked
        else 0,
        again=REMINDER if isinstance(question, CARD_IN_THE_SLOT) else 0,
    )


def speech_of_text(text: str, manner: Preferences = DEFAULT_PREFERENCES, *, urgent: bool = False) -> Speech:
    """Return the speech of something that is said beside a question, such as that staff have been called."""
    return Speech(_clips([text], manner.language), urgent=urgent)


def speech_of_entry(count: int, manner: Preferences = DEFAULT_PREFERENCES) -> Speech:
    """Return how many digits of a masked entry are there; which ones is never said."""
    text = _("已输入 {count} 位", count=count) if count else _("已清除")
    return Speech(_clips([text], manner.language), after=SPEECH_DELAY_SECONDS)


@singledispatch
def choices_of(_question: Question) -> list[str]:
    """Return what can be chosen, for the ear."""
    return []


@choices_of.register
def _options(question: dialogue.Choose) -> list[str]:
    return [option.label for option in question.options if not option.unavailable_reason]


@choices_of.register
def _groups(question: dialogue.FindInList) -> list[str]:
    return [title for title, _keys in question.groups]


@choices_of.register
def _yes_or_no(question: dialogue.Confirm) -> list[str]:
    return [question.yes, question.no]


@singledispatch
def details_of(_question: Question) -> list[str]:
    """Return what else is on the page, for the ear of who asked to hear it."""
    return []


@details_of.register
def _why_not(question: dialogue.Choose) -> list[str]:
    told = [(option.label, option.unavailable_reason or option.elsewhere) for option in question.options]
    return [text for label, why in told if why for text in (label, why)]


@details_of.register
def _rows(question: dialogue.ShowTable) -> list[str]:
    return [*(text for row in question.rows for text in row), question.source]


@details_of.register
def _days(question: dialogue.EnterDate) -> list[str]:
    return [_("可以选 {first} 到 {last}", first=str(question.first), last=str(question.last))]


@details_of.register
def _months(question: dialogue.EnterMonth) -> list[str]:
    return [_("可以选 {first} 到 {last}", first=f"{question.first:%Y-%m}", last=f"{question.last:%Y-%m}")]


@details_of.register
def _article(question: dialogue.ShowArticle) -> list[str]:
    sections = [text for section in question.sections for text in (section.heading, section.text)]
    return [*sections, question.source, *(action.label for action in question.actions)]


@details_of.register
def _services(question: dialogue.Idle) -> list[str]:
    services = [text for service in question.services for text in (service.label, service.unavailable_reason)]
    return [*question.troubles, *services]


@details_of.register
def _number(question: dialogue.OutOfService) -> list[str]:
    return [_("编号 {number}", number=question.number)]


@details_of.register
def _phone(question: dialogue.Notice | dialogue.RefuseCard) -> list[str]:
    return [_("电话 {phone}", phone=question.phone)] if question.phone else []


def _told(question: Question) -> list[str]:
    return [question.spoken] if question.spoken else [question.title, question.text]


def _clips(texts: Iterable[str], language: Language, *, asked: bool = False) -> tuple[Clip, ...]:
    known = catalogue()
    found = [piece for text in texts if text for piece in _pieces(text, language, known)]
    if not asked:
        found = _without_personal(found)
    return _joined([clip for piece in found for clip in _clips_of(piece, language, known)])


def _pieces(text: str, language: Language, known: Catalogue) -> list[Piece]:
    """Take ``text`` apart; whether a phrase is the machine's own is known from its having been recorded."""
    found = pieces(text, language)
    if language not in known.recordings:
        return found
    if found == [Personal(text)] and all(known.find(phrase, language) for phrase in phrases(text, language)):
        return [Phrase(phrase) for phrase in phrases(text, language)]
    return [
        Personal(piece.text) if isinstance(piece, Phrase) and not known.find(piece.text, language) else piece
        for piece in found
    ]


def _without_personal(found: list[Piece]) -> list[Piece]:
    """Leave out what is personal, and the phrase that only leads to it."""
    following = [*found[1:], None]
    return [
        piece
        for piece, after in zip(found, following, strict=True)
        if not isinstance(piece, Personal)
        and not (
            isinstance(after, Personal) and isinstance(piece, Phrase) and piece.text.endswith(("，", ","))
        )
    ]


def _clips_of(piece: Piece, language: Language, known: Catalogue) -> list[Clip]:
    match piece:
        case Phrase(text):
            recording = known.find(text, language)
            return [recording or Synthesised(text, language)]
        case Number(value):
            return _recorded_or_spoken(number_words(value, language), str(value), language, known)
        case Personal(text):
            return _recorded_or_spoken(personal_words(text, language), text, language, known)


def _recorded_or_spoken(words: list[str], text: str, language: Language, known: Catalogue) -> list[Clip]:
    recordings = [known.find(word, language) for word in words]
    found = [recording for recording in recordings if recording]
    return [*found] if found and len(found) == len(words) else [Synthesised(text, language)]


def _joined(clips: list[Clip]) -> tuple[Clip, ...]:
    """Let the synthesiser speak in one breath what follows each other."""
    joined: list[Clip] = []
    for clip in clips:
        if joined and isinstance(clip, Synthesised) and isinstance(last := joined[-1], Synthesised):
            joined[-1] = Synthesised(f"{last.text} {clip.text}", clip.language)
        else:
            joined.append(clip)
    return tuple(joined)
