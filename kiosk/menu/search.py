"""Looking for a service by what citizens call it: Chinese, pinyin, initials, dialect and mistakes."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from math import log, sqrt
from unicodedata import normalize

from kiosk.dialogue.language import say
from kiosk.dialogue.preferences import LANGUAGES
from kiosk.menu.topics import Topic, topics
from kiosk.services.service import Service, services
from kiosk.voice.pinyin import to_pinyin

EQUAL, SAME_SOUND, INITIALS, CONTAINED, ALIKE = 1.0, 0.98, 0.96, 0.9, 0.85
"""How sure each kind of match is,"""
BEGINNING = 0.05
"""and what is added where letters begin a phrase."""
WORTH_TELLING = 0.25
"""A hit with a lower score says nothing."""
LONGEST_QUERY = 40
LEFT_OUT = re.compile(r"[\W_]|[吗呢啊了呀吧嘛哦的]")
DIALECT = {
    "额": "我",
    "咋": "怎么",
    "啥": "什么",
    "寻": "找",
    "莫": "没",
    "娃": "孩子",
    "俺": "我",
    "嘎": "家",
}
FOLDED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"))
"""Sounds that many people do not keep apart."""

Features = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class Hit:
    """One topic that was perhaps meant, and how likely, from 0 to 1."""

    topic: Topic
    score: float


@dataclass(frozen=True)
class Phrase:
    """Something that people say, in every form that it is compared in."""

    text: str
    letters: str
    initials: str
    features: Features


def search(query: str, more: Iterable[Topic] = ()) -> tuple[Hit, ...]:
    """Return what ``query`` may mean, the likeliest first.

    :param more: what else can be found, such as guides and answers; their keys say what they lead to.
    """
    wanted = phrase(query[:LONGEST_QUERY])
    if not wanted.text:
        return ()
    listed = (*topics().values(), *more)
    hits = (Hit(topic, round(_score(wanted, topic), 3)) for topic in listed)
    worth = (hit for hit in hits if hit.score >= WORTH_TELLING)
    return tuple(sorted(worth, key=lambda hit: -hit.score))


def matching(query: str) -> tuple[Service, ...]:
    """Return the services of this machine that ``query`` may mean, the likeliest first."""
    names = dict.fromkeys(hit.topic.service for hit in search(query) if hit.topic.service)
    return tuple(services()[name] for name in names)


def _score(wanted: Phrase, topic: Topic) -> float:
    return max((_likeness(wanted, said) for said in _phrases(topic)), default=0)


def _likeness(wanted: Phrase, said: Phrase) -> float:
    if wanted.text == said.text:
        return EQUAL
    if len(wanted.letters) > 1 and wanted.letters == said.letters:
        return SAME_SOUND
    if wanted.text.isascii() and len(wanted.text) > 1:
        return _of_letters(wanted, said)
    shorter, longer = sorted((wanted.text, said.text), key=len)
    alike = ALIKE * _cosine(wanted.features, said.features)
    if len(shorter) > 1 and shorter in longer:
        return max(alike, CONTAINED * (0.6 + 0.4 * len(shorter) / len(longer)))
    return alike


def _of_letters(wanted: Phrase, said: Phrase) -> float:
    """Compare what was typed in letters: initials, the beginning of the pinyin, or pinyin with mistakes."""
    if wanted.text == said.initials:
        return INITIALS
    share = len(wanted.text) / max(len(wanted.text), len(said.letters))
    if len(wanted.text) > 2 and wanted.letters in said.letters:
        begins = BEGINNING if said.letters.startswith(wanted.letters) else 0
        return begins + CONTAINED * (0.6 + 0.4 * share)
    if len(wanted.text) > 2 and wanted.text in said.initials:
        return 0.7
    if len(said.letters) > 3 and said.letters in wanted.letters:
        return CONTAINED * (0.6 + 0.4 * len(said.letters) / len(wanted.letters))
    return ALIKE * _cosine(wanted.features, _only_letters(said))


@lru_cache(maxsize=4_096)
def _phrases(topic: Topic) -> tuple[Phrase, ...]:
    labels = [topic.title]
    if topic.key in services():
        label = services()[topic.key].label
        labels += [say(label, language) for language in LANGUAGES]
    return tuple(phrase(text) for text in (*labels, *topic.words))


@lru_cache(maxsize=16_384)
def phrase(text: str) -> Phrase:
    """Return ``text`` in every form that it is compared in."""
    plain = LEFT_OUT.sub("", normalize("NFKC", text).lower())
    plain = "".join(DIALECT.get(character, character) for character in plain)
    syllables = re.sub(r"[^a-z ]", "", to_pinyin(plain)).split()
    letters = plain if plain.isascii() else "".join(syllables)
    folded = _folded(letters)
    return Phrase(plain, folded, "".join(each[0] for each in syllables), _features(plain, syllables, folded))


def _folded(letters: str) -> str:
    for sound, plain in FOLDED:
        letters = letters.replace(sound, plain)
    return letters


def _features(text: str, syllables: list[str], letters: str) -> Features:
    found: Counter[tuple[str, str]] = Counter()
    if not text.isascii():
        sounds = [_folded(each) for each in syllables]
        found.update(("character", each) for each in text)
        found.update(("pair", text[at : at + 2]) for at in range(len(text) - 1))
        found.update(("sound", each) for each in sounds)
        found.update(("sounds", "".join(sounds[at : at + 2])) for at in range(len(sounds) - 1))
    found.update(("letters", each) for each in _threes(letters))
    return dict(found)


def _threes(letters: str) -> Iterator[str]:
    return (letters[at : at + 3] for at in range(max(1, len(letters) - 2)))


def _only_letters(said: Phrase) -> Features:
    return {feature: count for feature, count in said.features.items() if feature[0] == "letters"}


def _cosine(one: Features, other: Features) -> float:
    """Return how much of two texts is the same; what few texts have counts most."""
    weight = _weights()
    rare = log(len(topics()) * 10)
    common = sum(min(one[each], other[each]) * weight.get(each, rare) for each in one.keys() & other.keys())
    if not common:
        return 0
    sizes = [sum(count * weight.get(each, rare) for each, count in some.items()) for some in (one, other)]
    return common / sqrt(sizes[0] * sizes[1])


@cache
def _weights() -> Mapping[tuple[str, str], float]:
    """Return how much each feature tells: the logarithm of how few topics have it."""
    having: Counter[tuple[str, str]] = Counter()
    for topic in topics().values():
        having.update({feature for said in _phrases(topic) for feature in said.features})
    return {feature: log(1 + len(topics()) / count) for feature, count in having.items()}
