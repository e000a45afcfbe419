"""Looking for a service by what citizens call it."""

from kiosk.dialogue.language import say
from kiosk.dialogue.preferences import LANGUAGES
from kiosk.dialogue.words import Words
from kiosk.menu.menu import Item, menu

CALLED, LABELLED, SPELLED, COMMON = 4, 3, 2, 1
"""How alike a query and an entry are."""


def matching(query: str) -> tuple[Item, ...]:
    """Return the entries that ``query`` may mean, the likelier first.

    What citizens call a service counts most, then its label in any language, then, for who types no Chinese, its
    pinyin or their initials. Only when nothing of that fits, two characters in a row in common are enough.
    """
    scored = [(_likeness(query.lower(), item), item) for item in menu().items]
    best = max((score for score, _item in scored), default=0)
    near = [(score, item) for score, item in scored if score and (score > COMMON or best <= COMMON)]
    return tuple(item for _score, item in sorted(near, key=lambda pair: -pair[0]))


def _likeness(query: str, item: Item) -> int:
    wanted = "".join(query.split())
    if any(word in wanted or wanted in word for word in item.words):
        return CALLED
    if wanted in item.label or item.label in wanted or _shares_a_word(query, item):
        return LABELLED
    initials = "".join(syllable[0] for syllable in item.pinyin.split())
    if len(wanted) > 1 and (wanted in item.pinyin.replace(" ", "") or wanted in initials):
        return SPELLED
    pairs = {wanted[place : place + 2] for place in range(len(wanted) - 1)}
    return (
        COMMON if any(pair in text for pair in pairs for text in (item.label, item.hint, *item.words)) else 0
    )


def _shares_a_word(query: str, item: Item) -> bool:
    labels = [say(Words(item.label), language).lower().split() for language in LANGUAGES]
    return any(word in label for word in query.split() for label in labels)
