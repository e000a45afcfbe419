"""The questions a service may ask, and what the machine says between services.

A service yields one of these and gets the answer back; ``screens/`` has one screen for each. A question that
only informs (``Working``) is answered at once with None, so that the service can go on with its work.
"""

from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hardware.card.pin import Pin
from kiosk.dialogue.words import _

BEGIN = "begin"
"""The answer to ``Idle`` when somebody wants to see everything that can be done."""
SEARCH = "search"
"""The answer to a ``Choose`` with ``search`` when the citizen wants to look for something."""


class Interruption(Exception):
    """Something ends the question that a service is waiting on; thrown into the service."""


class CardPulled(Interruption):
    """The card of this visit is no longer in the reader."""


class ReaderLost(CardPulled):
    """The card reader or its service is gone, and with it the card as far as a service goes; nobody has taken it."""


class InactivityTimeout(Interruption):
    """Nobody answered, not even when asked whether more time is needed."""


class WentBack(Interruption):
    """The citizen pressed 返回: back to the menu."""


class WentHome(Interruption):
    """The citizen pressed 首页: to the first page of the menu, whatever was going on."""


class CitizenFinished(Interruption):
    """The citizen pressed 结束: end the visit and give the card back."""


class WindowFailed(Interruption):
    """Something unexpected happened in the window; the screen is wiped, and the visit ends."""


class KioskStopping(Interruption):
    """The kiosk is being shut down."""


class Picture(StrEnum):
    """The drawings a screen may show beside its words."""

    INSERT_CARD = "insert-card"
    CARD_NOT_READ = "card-not-read"
    LAY_ID_CARD = "lay-id-card"
    SHOW_CODE = "show-code"
    CARD_WRONG_WAY = "card-wrong-way"
    TAKE_CARD = "take-card"
    TAKE_ID_CARD = "take-id-card"
    TAKE_PAPER = "take-paper"
    DONE = "done"
    ATTENTION = "attention"
    PHONE = "phone"
    STAFF = "staff"
    WAIT = "wait"


@dataclass(frozen=True, kw_only=True)
class Question:
    """What every question has: a title, and a text of one or two plain sentences.

    ``steps`` name the steps of the job that is going on, ``step`` is the place in them, from 0. ``spoken`` is what
    the voice says where title and text are not meant for the ear.
    """

    title: str
    text: str = ""
    steps: tuple[str, ...] = ()
    step: int = 0
    spoken: str = ""


@dataclass(frozen=True)
class Option:
    """One thing to choose. ``unavailable_reason`` says in plain words why it cannot be chosen now.

    ``icon`` is the name of its sign, ``tint`` the group of the menu whose colour the sign has.
    ``elsewhere`` marks what is not done here: to choose it is to be told where.
    ``words`` are what citizens call it; they are not shown, but it is found by them.
    """

    key: str
    label: str
    hint: str = ""
    unavailable_reason: str = ""
    elsewhere: str = ""
    words: tuple[str, ...] = ()
    icon: str = ""
    tint: str = ""


@dataclass(frozen=True, kw_only=True)
class Choose(Question):
    """Choose one option; the answer is its key. ``home`` is set where there is nothing to go back to.

    ``search`` offers to look for an option by what citizens call it: the answer may then be ``SEARCH`` too.
    ``value`` is the option that was chosen before.
    """

    options: tuple[Option, ...]
    home: bool = False
    search: bool = False
    value: str = ""


@dataclass(frozen=True)
class NotListed:
    """The answer to a ``FindInList`` when what was ``typed`` (letters, as they came) found nothing."""

    typed: str


@dataclass(frozen=True, kw_only=True)
class FindInList(Question):
    """Find one of hundreds of options by their groups, or by typing; the answer is an option's key.

    ``groups`` are titles with the keys of their options; without them, all options are listed at once. Letters find
    the options whose label or words they spell, whole or by their first letters. Where that finds none, ``missing``
    labels a button that says so: the answer is then ``NotListed``.
    """

    options: tuple[Option, ...]
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    missing: str = ""


@dataclass(frozen=True, kw_only=True)
class Home(Choose):
    """The first page of the menu: its options are groups of services, or in 长辈版 the services asked for most.

    ``suggested`` are services that this citizen may want, ``others`` what is no service; ``troubles`` are what does not
    work now. All of them may be the answer.
    """

    home: bool = True
    search: bool = True
    suggested: tuple[Option, ...] = ()
    others: tuple[Option, ...] = ()
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fact:
    """One thing to know of a service before it begins: its ``name``, and what it is.

    ``details`` can be left out where there is little room.
    """

    name: str
    value: str
    icon: str
    details: bool = False


@dataclass(frozen=True, kw_only=True)
class IntroduceService(Question):
    """Say what a service needs, takes and gives, before anything is asked; the answer is None to go on.

    ``group`` is the title of its group. One with an ``unavailable_reason`` cannot begin.
    """

    group: str
    facts: tuple[Fact, ...]
    go_on: str
    unavailable_reason: str = ""
    icon: str = ""
    tint: str = ""


@dataclass(frozen=True, kw_only=True)
class EnterPin(Question):
    """Enter the card's PIN of ``length`` digits; the answer is a ``Pin``. ``problem`` is the last try's trouble."""

    length: int = 6
    problem: str = ""

    def pin(self, digits: bytearray) -> Pin:
        """Return ``digits`` (ASCII) as the answer to this question; they are wiped with it."""
        return Pin(digits)


@dataclass(frozen=True, kw_only=True)
class EnterText(Question):
    """Enter Chinese text, by pinyin where the machine can, or Latin letters; the answer is a str, never empty.

    With ``takes_pinyin``, pinyin that was not turned into Chinese is an answer too.
    """

    longest: int = 20
    takes_pinyin: bool = False
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class EnterDigits(Question):
    """Enter between ``shortest`` and ``longest`` digits, the last of which may be X; the answer is a str.

    ``private`` digits are shown as dots but for the last one. ``value`` is there from the start.
    """

    shortest: int
    longest: int
    may_end_in_x: bool = False
    private: bool = False
    problem: str = ""
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class EnterCode(Question):
    """Enter a code of ``longest`` characters out of ``letters``, or show it to the scanner.

    The answer is a str, or the ``Token`` of what was shown.
    """

    letters: str
    longest: int
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class PresentCredential(Question):
    """Show one of the ``accepted`` credentials, by their keys ``card``, ``id-card``, ``e-card``.

    The answer is the key of the one that was shown. One with an ``unavailable_reason`` this machine cannot read now.
    """

    accepted: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class EnterMonth(Question):
    """Choose a month from ``first`` to ``last``, beginning at ``value``; each is the first day of its month.

    The answer is a date too, the first day of the month.
    """

    first: date
    last: date
    value: date
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class EnterDate(Question):
    """Choose a day from ``first`` to ``last``, beginning at ``value``; the answer is a date."""

    first: date
    last: date
    value: date
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Confirm(Question):
    """Say yes or no; the answer is a bool."""

    yes: str
    no: str


@dataclass(frozen=True, kw_only=True)
class ShowTable(Question):
    """Show rows of (name, value); the answer is None when the citizen has read them."""

    rows: tuple[tuple[str, str], ...]
    source: str = ""


@dataclass(frozen=True)
class Section:
    """A piece of an article; its ``text`` may have several paragraphs, one a line."""

    heading: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ShowArticle(Question):
    """Show sections to be read, and what may follow; the answer is the key of the action that was touched.

    The first action is the primary one. ``source`` says where all of it comes from.
    """

    sections: tuple[Section, ...]
    actions: tuple[Option, ...] = ()
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Working(Question):
    """Say what the machine is doing. Answered at once, so that the service goes on with it."""

    picture: Picture = Picture.WAIT


@dataclass(frozen=True, kw_only=True)
class AwaitReply(Question):
    """Say that the centre was asked. Answered with None when ``reply`` is there, or ``seconds`` are over.

    ``home`` is set where there is nothing to go back to.
    """

    reply: Future[Any]
    seconds: float
    home: bool = False
    picture: Picture = Picture.WAIT


@dataclass(frozen=True, kw_only=True)
class Notice(Question):
    """Tell what happened and what to do next; the answer is None."""

    picture: Picture = Picture.ATTENTION
    phone: str = ""
    understood: str = _("我知道了")


@dataclass(frozen=True, kw_only=True)
class Finished(Question):
    """What a service returns: what was done and what comes next."""

    picture: Picture = Picture.DONE


@dataclass(frozen=True, kw_only=True)
class Idle(Question):
    """Nobody is here: the ``groups`` of the menu, its ``services``, what works, and the office's ``notices``.

    The answer begins a visit: ``BEGIN``, ``SEARCH``, or the key of a service or of a group of the menu. ``working``
    says that all can be done, when there are no ``troubles`` to be told; each unavailable service has its reason.
    """

    groups: tuple[Option, ...] = ()
    services: tuple[Option, ...] = ()
    working: str = ""
    troubles: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    picture: Picture = Picture.INSERT_CARD


@dataclass(frozen=True, kw_only=True)
class RefuseCard(Question):
    """The card in the slot cannot be used; it stays until the card is taken."""

    picture: Picture = Picture.CARD_WRONG_WAY
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class TakeCard(Question):
    """The visit is over; it stays until the card, and the ID card, are taken.

    With ``rating``, the citizen may say how it was, from 1 (bad) to 5 (very good): the answer is that number. With
    ``alarm`` nobody has taken them for a while: a tone calls them back.
    """

    rating: bool = False
    alarm: bool = False
    picture: Picture = Picture.TAKE_CARD


@dataclass(frozen=True, kw_only=True)
class OutOfService(Question):
    """Something unexpected happened; ``number`` is what staff quote."""

    number: str
    picture: Picture = Picture.ATTENTION


@dataclass(frozen=True, kw_only=True)
class InactivityWarning(Question):
    """Nobody has touched the screen for a while; the answer is None for yes. ``seconds`` are left to say so."""

    seconds: int
