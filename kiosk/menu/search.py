"""Looking for a service by what citizens call it."""

import re
from functools import cache

from kiosk.dialogue.language import say
from kiosk.dialogue.preferences import LANGUAGES
from kiosk.menu.menu import menu
from kiosk.services.service import Service
from kiosk.voice.pinyin import to_pinyin

CALLED, LABELLED, SPELLED, COMMON = 4, 3, 2, 1
"""How alike a query and a service are."""


def matching(query: str) -> tuple[Service, ...]:
    """Return the services that ``query`` may mean, the best match first.

    What citizens call a service counts most, then its label in any language, then, for people who type no Chinese, its
    pinyin or their initials. Only when nothing of that fits, two characters in a row in common are enough.
    """
    query = query.lower()
    scored = [(_likeness(query, service), service) for service in menu().services]
    best = max((score for score, _service in scored), default=0)
    near = [(score, each) for score, each in scored if score and (score > COMMON or best <= COMMON)]
    return tuple(each for _score, each in sorted(near, key=lambda pair: (-pair[0], -_called(query, pair[1]))))


def _called(query: str, service: Service) -> int:
    """Return how many characters of the query are what citizens call the service: 密码忘了 is more than 密码."""
    return max((len(word) for word in map(_bare, service.words) if word in _bare(query)), default=0)


def _bare(text: str) -> str:
    """Return a text without spaces and the particles that change nothing."""
    return re.sub(r"[\s吗呢啊了吧]", "", text)


def _likeness(query: str, service: Service) -> int:
    wanted = _bare(query)
    if any(word in wanted or wanted in word for word in map(_bare, service.words)):
        return CALLED
    if wanted in service.label or service.label in wanted or _shares_a_word(query, service):
        return LABELLED
    syllables = _syllables(service.label)
    initials = "".join(syllable[0] for syllable in syllables)
    if len(wanted) > 1 and (wanted in "".join(syllables) or wanted in initials):
        return SPELLED
    pairs = {wanted[place : place + 2] for place in range(len(wanted) - 1)}
    texts = (service.label, service.hint, *service.words)
    return COMMON if any(pair in text for pair in pairs for text in texts) else 0


@cache
def _syllables(label: str) -> list[str]:
    """Return a label as syllables without tones."""
    return re.sub(r"\d", "", to_pinyin(label)).split()


def _shares_a_word(query: str, service: Service) -> bool:
    labels = [say(service.label, language).lower().split() for language in LANGUAGES]
    return any(word in label for word in query.split() for label in labels)
