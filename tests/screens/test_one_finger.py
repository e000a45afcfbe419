"""One finger at a time; a press whose release is lost costs that tap and no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.dialogue.questions import Choose, Option

LABELS = ("业务一", "业务二")
TILES = Choose(title="请选择", options=(Option("a", "业务一"), Option("b", "业务二")))


class Hand:
    """Presses and lifts the pointers of a mouse or of a touch device, as Kivy's providers tell it."""

    def __init__(self, device, filter_):
        self.device, self._filter = device, filter_
        self.now, self._count = 0.0, 0
        self._touches = {}

    def press(self, pointer, button="left"):
        self._touches[pointer] = self._touch(pointer, button)
        return self._pass("begin", pointer)

    def move(self, pointer):
        self._touches[pointer].time_update = self.now
        return self._pass("update", pointer)

    def lift(self, pointer):
        return self._pass("end", pointer)

    def holds(self, pointer):
        return self._touches[pointer]

    def _touch(self, pointer, button):
        from kivy.core.window.window_sdl2 import SDL2MotionEvent
        from kivy.input.providers.mouse import MouseMotionEvent

        self._count += 1
        if self.device == "mouse":
            touch = MouseMotionEvent(
                "mouse", f"mouse{self._count}", [0.5, 0.5, button], is_touch=True, type_id="touch"
            )
        else:
            touch = SDL2MotionEvent("sdl", pointer, (0.5, 0.5, 1.0))
        touch.time_start = touch.time_update = self.now
        return touch

    def _pass(self, kind, pointer):
        return self._filter.process([(kind, self._touches[pointer])])


@pytest.fixture(scope="session")
def hand(window):
    from screens.one_finger import OneFinger

    return lambda device: Hand(device, OneFinger())


def kinds(events):
    return [kind for kind, _ in events]


def test_a_second_finger_is_nobody(hand):
    hand = hand("touch device")
    assert kinds(hand.press(1)) == ["begin"]
    assert hand.press(2) == hand.move(2) == hand.lift(2) == []
    assert kinds(hand.lift(1)) == ["end"]
    assert kinds(hand.press(2) + hand.lift(2)) == ["begin", "end"]


@pytest.mark.parametrize("button", ["right", "middle", "scrollup", "scrolldown"])
def test_only_the_left_button_is_a_finger(hand, button):
    hand = hand("mouse")
    assert hand.press("mouse", button) == hand.lift("mouse") == []


def test_a_mouse_that_only_goes_over_the_window_presses_nothing(hand):
    from kivy.input.providers.mouse import MouseMotionEvent

    from screens.one_finger import OneFinger

    hover = MouseMotionEvent("mouse", "mouse1", [0.5, 0.5], type_id="hover")
    assert OneFinger().process([("begin", hover), ("end", hover)]) == []


@given(taps=st.lists(st.booleans(), min_size=1, max_size=12))
@pytest.mark.parametrize("device", ["mouse", "touch device"])
def test_the_same_pointer_is_served_at_once_after_any_number_of_lost_releases(hand, device, taps):
    hand = hand(device)
    for whole in taps:
        assert kinds(hand.press(1))[-1] == "begin"
        if whole:
            assert kinds(hand.lift(1)) == ["end"]


@given(taps=st.lists(st.tuples(st.integers(1, 4), st.booleans()), min_size=1, max_size=12))
def test_no_pointer_is_held_off_by_the_lost_release_of_another(hand, taps):
    hand = hand("touch device")
    for pointer, whole in taps:
        hand.now += 0.6  # nobody taps again sooner when nothing happened
        assert kinds(hand.press(pointer))[-1] == "begin"
        if whole:
            assert kinds(hand.lift(pointer)) == ["end"]


MOVES = st.tuples(st.sampled_from(["press", "move", "lift", "lose"]), st.integers(1, 3), st.floats(0, 1))


@given(moves=st.lists(MOVES, max_size=40))
def test_whatever_fingers_do_and_devices_lose_one_press_after_the_other_comes_out(hand, moves):
    hand, down, passed = hand("touch device"), set(), []
    for what, pointer, seconds in moves:
        hand.now += seconds
        if what == "lose":
            down = down - {pointer}
        elif (what == "press") != (pointer in down):
            passed += getattr(hand, what)(pointer)
            down = down | {pointer} if what == "press" else down - {pointer} if what == "lift" else down
    held = None
    for kind, touch in passed:
        assert held is (None if kind == "begin" else touch)
        held = None if kind == "end" else touch


def test_a_finger_that_moves_is_held_off_by_nobody(hand):
    hand = hand("touch device")
    hand.press(1)
    for _ in range(10):
        hand.now += 0.4
        assert kinds(hand.move(1)) == ["update"]
        assert hand.press(2) == hand.lift(2) == []
    assert kinds(hand.lift(1)) == ["end"]


@pytest.fixture
def filtered(eyes):
    """The window with the pointer and the filter of the kiosk instead of Kivy's own mouse."""
    from kivy.base import EventLoop
    from kivy.input.factory import MotionEventFactory

    from screens.one_finger import let_one_finger_touch

    [mouse] = [provider for provider in EventLoop.input_providers if provider.device == "mouse"]
    kivys, modules = type(mouse), list(EventLoop.postproc_modules)
    let_one_finger_touch()
    pointer = MotionEventFactory.get("mouse")("mouse", "disable_multitouch")
    mouse.stop()
    EventLoop.add_input_provider(pointer)
    pointer.start()
    yield eyes
    pointer.stop()
    EventLoop.remove_input_provider(pointer)
    mouse.start()
    MotionEventFactory.register("mouse", kivys)
    EventLoop.postproc_modules[:] = modules


class Mouse:
    """The mouse, and what SDL makes of a touch panel, at a place in the window."""

    def __init__(self, eyes):
        self.eyes = eyes

    def press(self, x, y, button="left"):
        self._tell("on_mouse_down", x, y, button)

    def lift(self, x, y, button="left"):
        self._tell("on_mouse_up", x, y, button)

    def _tell(self, event, x, y, button):
        self.eyes.window.dispatch(event, x, self.eyes.window.height - y, button, [])
        self.eyes.look()


class TouchDevice:
    """A touch panel whose driver gives each touch the next number, or the same one each time."""

    def __init__(self, eyes, numbered):
        self.eyes, self._numbered, self._number = eyes, numbered, 0

    def press(self, x, y):
        self._number += self._numbered
        self._tell("fingerdown", x, y)

    def lift(self, x, y):
        self._tell("fingerup", x, y)

    def _tell(self, action, x, y):
        from kivy.core.window.window_sdl2 import SDL2MotionEventProvider

        window = self.eyes.window
        event = (action, self._number, x / window.width, 1 - y / window.height, 1.0)
        SDL2MotionEventProvider.q.appendleft(event)
        self.eyes.look()


@pytest.fixture(params=["mouse", "touch device", "numbering touch device"])
def pointer(request, filtered, monkeypatch):
    monkeypatch.setattr("screens.one_finger.SILENT_SECONDS", 0)  # as if citizens took their time
    return (
        Mouse(filtered) if request.param == "mouse" else TouchDevice(filtered, "numbering" in request.param)
    )


@pytest.mark.parametrize("lost_on", ["业务一", "业务二"])
def test_the_tap_after_a_lost_release_is_answered_and_so_are_all_others(filtered, pointer, lost_on):
    filtered.show(TILES)
    pointer.press(*filtered.find(lost_on).center)  # its release never comes
    for number, place in [(1, "业务一"), (2, "业务二"), (3, "业务一")]:
        filtered.answers.clear()
        question = Choose(title="请选择", options=tuple(Option(f"{key}{number}", key) for key in LABELS))
        filtered.show(question)
        x, y = filtered.find(place).center
        pointer.press(x, y)
        pointer.lift(x, y)
        assert filtered.answers == [(question, f"{place}{number}")]


def test_a_button_whose_release_was_lost_is_not_answered_later(filtered, pointer):
    filtered.show(TILES)
    pointer.press(*filtered.find("业务一").center)
    assert filtered.button("业务一").state == "down"
    place = filtered.find("业务二").center
    pointer.press(*place)
    pointer.lift(*place)
    assert filtered.answers == [(TILES, "b")]
    assert filtered.button("业务一").state == "normal"


@pytest.mark.parametrize("button", ["right", "middle", "scrolldown"])
def test_another_button_does_not_take_the_press_over(filtered, button):
    filtered.show(TILES)
    mouse, place = Mouse(filtered), filtered.find("业务一").center
    mouse.press(*place)
    mouse.press(*place, button=button)
    mouse.lift(*place, button=button)
    assert filtered.answers == []
    mouse.lift(*place)
    assert filtered.answers == [(TILES, "a")]
