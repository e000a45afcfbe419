"""What each event means while something is waited for: in every order, and without a kiosk."""

from concurrent.futures import Future
from dataclasses import replace
from time import monotonic

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hardware.card.pin import Pin
from hardware.scanner.token import Token, TokenGoneError
from kiosk.attendant import unexpected
from kiosk.attendant.events import (
    Answered,
    CardIn,
    CardOut,
    CodeScanned,
    DeviceChanged,
    IdCardLaid,
    IdCardLifted,
    PreferencesChanged,
    ReaderGone,
    Replied,
    Stop,
    TimeUp,
)
from kiosk.attendant.reactions import GoOn, Interrupt, Stage, Then, Waiting, reaction
from kiosk.attendant.session import Linger, Session, UntilTaken
from kiosk.attendant.timeouts import Timeouts
from kiosk.attendant.window import Window
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES
from kiosk.dialogue.questions import (
    AwaitReply,
    CardPulled,
    CitizenFinished,
    Confirm,
    EnterPin,
    InactivityTimeout,
    Interruption,
    KioskStopping,
    Notice,
    ReaderLost,
    TakeCard,
    WentBack,
    WindowFailed,
    Working,
)
from kiosk.visit.visit import UnexpectedEventError

MINE = 7
PAGE = Confirm(title="?", yes="是", no="否")
RATED = TakeCard(title="!", rating=True)
BEFORE_THE_CARD_IS_TAKEN = sorted(set(Stage) - {Stage.UNTIL_TAKEN, Stage.LINGERING})
QUESTIONS = sorted({Stage.ASKING, Stage.WARNING, Stage.AWAITING_REPLY, Stage.PASSING})


def waiting(stage, shown=PAGE):
    return Waiting(stage, shown, MINE)


def interruption(then):
    assert isinstance(then, Interrupt)
    return type(then.interruption)


@pytest.mark.parametrize("stage", Stage)
def test_a_kiosk_that_is_stopped_interrupts_whatever_goes_on(stage):
    assert interruption(reaction(waiting(stage), Stop())) is KioskStopping


@pytest.mark.parametrize("stage", BEFORE_THE_CARD_IS_TAKEN)
def test_a_card_or_a_reader_that_is_gone_interrupts_and_is_told_apart(stage):
    assert interruption(reaction(waiting(stage), CardOut(MINE))) is CardPulled
    assert interruption(reaction(waiting(stage), ReaderGone(MINE))) is ReaderLost


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("event", [CardOut(MINE - 1), ReaderGone(MINE - 1), CardIn(MINE - 1), CardIn(MINE)])
def test_what_became_of_an_earlier_card_means_nothing_any_more(stage, event):
    assert reaction(waiting(stage), event) is Then.NOTHING


def test_a_card_that_is_taken_back_ends_the_wait_for_it():
    assert reaction(waiting(Stage.UNTIL_TAKEN), CardOut(MINE)) == GoOn(CardOut(MINE))


def test_the_next_card_ends_a_page_that_only_lingers():
    assert reaction(waiting(Stage.LINGERING), CardIn(MINE + 1)) == GoOn()


@pytest.mark.parametrize("stage", sorted(set(Stage) - {Stage.LINGERING}))
def test_a_second_card_beside_the_first_one_cannot_be(stage):
    with pytest.raises(UnexpectedEventError, match="CardIn means nothing in"):
        reaction(waiting(stage), CardIn(MINE + 1))


@pytest.mark.parametrize("stage", BEFORE_THE_CARD_IS_TAKEN)
def test_a_reader_that_goes_means_nothing_to_a_visit_without_a_card(stage):
    assert reaction(Waiting(stage, PAGE), ReaderGone(0)) is Then.NOTHING


@pytest.mark.parametrize("stage", QUESTIONS)
@pytest.mark.parametrize("way_out", [WentBack(), CitizenFinished(), WindowFailed()])
def test_every_way_out_is_heard_while_something_is_asked_or_waited_for(stage, way_out):
    assert reaction(waiting(stage), Answered(PAGE, way_out)) == Interrupt(way_out)


@pytest.mark.parametrize("stage", Stage)
def test_an_answer_to_another_page_is_stale(stage):
    assert reaction(waiting(stage), Answered(replace(PAGE), CitizenFinished())) is Then.NOTHING


PRESENTED = (CardIn(MINE), IdCardLaid(1), CodeScanned(Token(bytearray(b"token"))))


@pytest.mark.parametrize("event", PRESENTED, ids=["card", "id-card", "code"])
def test_a_credential_is_taken_between_two_questions_and_waits_for_what_goes_on(event):
    for stage in (Stage.ASKING, Stage.WARNING):
        assert reaction(Waiting(stage, PAGE), event) == GoOn(event)
    for stage in (Stage.PASSING, Stage.AWAITING_REPLY):
        assert reaction(Waiting(stage, PAGE), event) is Then.LATER
    stays = isinstance(event, IdCardLaid)
    assert reaction(Waiting(Stage.UNTIL_TAKEN, PAGE), event) is (Then.LATER if stays else Then.NOTHING)


@pytest.mark.parametrize(("event", "then"), [*zip(PRESENTED, (GoOn(), GoOn(), Then.NOTHING), strict=True)])
def test_the_next_document_ends_a_page_that_lingers_and_a_code_has_to_be_shown_again(event, then):
    assert reaction(Waiting(Stage.LINGERING, PAGE), event) == then


@pytest.mark.parametrize("stage", Stage)
def test_an_id_card_that_is_lifted_matters_only_where_it_is_waited_for(stage):
    mine, other = IdCardLifted(3), IdCardLifted(2)
    waiting_for_mine = Waiting(stage, PAGE, placement=3)
    is_waited_for = stage is Stage.UNTIL_TAKEN
    assert reaction(waiting_for_mine, mine) == (GoOn(mine) if is_waited_for else Then.NOTHING)
    assert reaction(waiting_for_mine, other) is Then.NOTHING


def test_a_document_that_nobody_takes_is_told_to_the_conversation():
    assert reaction(waiting(Stage.UNTIL_TAKEN), TimeUp()) == GoOn(TimeUp())


def test_silence_is_asked_about_and_then_ends_the_visit():
    assert reaction(waiting(Stage.ASKING), TimeUp()) is Then.WARN
    assert interruption(reaction(waiting(Stage.WARNING), TimeUp())) is InactivityTimeout
    assert reaction(waiting(Stage.WARNING), Answered(PAGE, None)) is Then.SHOW_AGAIN


@pytest.mark.parametrize("stage", Stage)
def test_a_reply_of_the_centre_counts_where_it_is_waited_for_and_may_be_late(stage):
    reply = Future()
    page = AwaitReply(title="?", reply=reply, seconds=8)
    assert reaction(waiting(stage, page), Replied(reply)) == GoOn()
    assert reaction(waiting(stage), Replied(reply)) is Then.NOTHING


@pytest.mark.parametrize(("level", "counts"), [(1, True), (5, True), (0, False), (6, False), ("5", False)])
def test_a_rating_is_one_of_five(level, counts):
    event = Answered(RATED, level)
    if counts:
        assert reaction(waiting(Stage.UNTIL_TAKEN, RATED), event) == GoOn(level)
    else:
        with pytest.raises(UnexpectedEventError):
            reaction(waiting(Stage.UNTIL_TAKEN, RATED), event)


def test_a_window_that_failed_is_drawn_again_where_there_is_nothing_to_interrupt():
    for stage in (Stage.UNTIL_TAKEN, Stage.LINGERING):
        assert reaction(waiting(stage), Answered(PAGE, WindowFailed())) is Then.SHOW_AGAIN


# A whole session, without a kiosk: a conversation that asks everything there is, in any order.


class Talk:
    """A conversation of these pages; it notes what it was told, and that it cleaned up."""

    def __init__(self, pages):
        self.pages, self.told, self.is_cleaned = pages, [], False

    def __iter__(self):
        try:
            for page in self.pages:
                try:
                    self.told.append((yield page))
                except (WentBack, CardPulled) as interruption:
                    self.told.append(interruption)
        finally:
            self.is_cleaned = True


REPLY = Future()
PAGES = (
    PAGE,
    EnterPin(title="?"),
    Working(title="…"),
    AwaitReply(title="…", reply=REPLY, seconds=8),
    Notice(title="!"),
    UntilTaken(RATED),
    Linger(PAGE),
    lambda _manner: PAGE,
)
VALUES = (None, 3, True, WentBack(), CitizenFinished(), WindowFailed(), "pin", "token")
PREFERENCES = PreferencesChanged(DEFAULT_PREFERENCES, replace(DEFAULT_PREFERENCES, elder=True))
OTHERS = (
    *(CardIn(MINE), CardIn(MINE - 1), CardIn(MINE + 1), CardOut(MINE), CardOut(MINE - 1)),
    *(ReaderGone(MINE), ReaderGone(0)),
    *(DeviceChanged(), PREFERENCES, Replied(REPLY), Replied(Future()), TimeUp()),
)
HAPPENINGS = st.lists(st.sampled_from([*VALUES, *OTHERS]), max_size=25)


class Course:
    """A session that was carried on by what happened, until it was over or broke off."""

    def __init__(self, pages, happenings, *, stop=False):
        self.talk, self.pins, self.tokens, self.refused = Talk(pages), [], [], []
        self.window = Window(lambda *_: None, lambda _: None)
        self.broke_off = None
        before = unexpected.handle_with(self.refused.append)
        self.session = session = Session(
            iter(self.talk), self.window, Timeouts, lambda: (MINE, 0), lambda _: None
        )
        try:
            session.begin()
            for happening in happenings:
                if not session.is_over:
                    session.take(self.event(happening))
            if stop and not session.is_over:
                session.take(Stop())
        except Interruption as interruption:
            self.broke_off = interruption
        finally:
            unexpected.handle_with(before)
        self.is_over = session.is_over
        self.deadline = session.deadline
        session.close()

    def event(self, happening):
        if isinstance(happening, OTHER_TYPES):
            return happening
        if happening == "token":
            self.tokens.append(Token(bytearray(b"token")))
            return CodeScanned(self.tokens[-1])
        if happening == "pin":
            happening = Pin(bytearray(b"123456"))
            self.pins.append(happening)
        return Answered(self.window.shown, happening)


OTHER_TYPES = tuple({type(event) for event in OTHERS})
TALKS = st.lists(st.sampled_from(PAGES), max_size=6)


@given(TALKS, HAPPENINGS)
def test_whatever_happens_a_stopped_kiosk_ends_the_session_and_cleans_up(pages, happenings):
    course = Course(pages, happenings, stop=True)
    assert course.is_over or isinstance(course.broke_off, Interruption)
    assert course.talk.is_cleaned


@example(pages=[Linger(PAGE)], happenings=["pin"])
@given(TALKS, HAPPENINGS)
def test_whatever_happens_a_pin_is_given_to_the_conversation_or_wiped(pages, happenings):
    course = Course(pages, happenings)
    given_away = [told for told in course.talk.told if isinstance(told, Pin)]
    for pin in course.pins:
        assert pin in given_away or not any(pin.digits)
    handed_on = [told.token for told in course.talk.told if isinstance(told, CodeScanned)]
    for token in (token for token in course.tokens if token not in handed_on):
        with pytest.raises(TokenGoneError):
            token.take()


@given(TALKS, HAPPENINGS)
def test_once_the_card_is_gone_nothing_more_is_asked_but_a_page_may_linger(pages, happenings):
    course = Course(pages, [*happenings, CardOut(MINE)])
    assert course.is_over or course.broke_off or course.deadline <= monotonic() + Timeouts().linger
    assert course.is_over or course.broke_off or any(isinstance(page, Linger) for page in pages)
