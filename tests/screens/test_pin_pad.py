"""The PIN pad: digits go into the answer and nowhere else, and nothing on the page moves."""

from kiosk.config import Panel
from kiosk.dialogue.questions import EnterPin, Idle

QUESTION = EnterPin(title="请输入社保卡密码", text="还可以输入 3 次")
WORDS = ("1", "5", "0", "清除", "确定")


def press(eyes, digits):
    for digit in digits:
        eyes.touch(digit)


def test_six_digits_and_a_confirmation_make_the_pin(eyes):
    eyes.show(QUESTION)
    press(eyes, "482913")
    eyes.touch("确定")
    [(question, pin)] = eyes.answers
    assert question is QUESTION
    with pin:
        assert bytes(pin.digits) == b"482913"


def test_too_few_digits_cannot_be_confirmed(eyes):
    eyes.show(QUESTION)
    press(eyes, "48291")
    eyes.touch("确定")
    assert eyes.answers == []


def test_more_digits_than_wanted_are_not_taken(eyes):
    eyes.show(QUESTION)
    press(eyes, "4829137")
    eyes.touch("确定")
    with eyes.answers[0][1] as pin:
        assert bytes(pin.digits) == b"482913"


def test_a_digit_can_be_taken_back_and_all_can_be_cleared(eyes):
    eyes.show(QUESTION)
    press(eyes, "99")
    eyes.touch("清除")
    press(eyes, "4829138")
    eyes.touch("退格")
    eyes.touch("3")
    eyes.touch("确定")
    with eyes.answers[0][1] as pin:
        assert bytes(pin.digits) == b"482913"


def test_the_page_never_shows_which_digits_were_pressed(eyes):
    eyes.show(QUESTION)
    before = [label.text for label in eyes.labels()]
    press(eyes, "482913")
    assert [label.text for label in eyes.labels()] == before


def test_a_key_looks_the_same_while_it_is_pressed(eyes):
    eyes.show(QUESTION)
    key = eyes.button("4")
    before = key.colours
    key.state = "down"
    assert key.colours == before


def test_digits_are_wiped_when_the_page_leaves(eyes):
    eyes.show(QUESTION)
    press(eyes, "4829")
    page = eyes.frame.page
    digits = page._digits
    eyes.show(Idle(title="您好"))
    assert not any(digits)
    assert len(digits) == 0


def test_nothing_moves_when_a_try_was_wrong(eyes):
    eyes.show(QUESTION)
    before = {word: eyes.find(word).pos[:] for word in WORDS}
    eyes.show(EnterPin(title="请输入社保卡密码", text="还可以输入 2 次", problem="密码不对，请重新输入"))
    assert {word: eyes.find(word).pos[:] for word in WORDS} == before


def scramble(eyes):
    from screens.frame import pages_for

    eyes.frame._pages = pages_for(Panel(scrambled_keys=True))


def key_places(eyes):
    return {label.text: tuple(label.parent.pos) for label in eyes.labels() if label.text in KEY_NAMES}


KEY_NAMES = (*"0123456789", "清除", "退格")


def test_scrambled_digits_change_places_for_each_question_and_the_pad_stays_where_it_is(eyes):
    eyes.show(QUESTION)
    usual = key_places(eyes)
    scramble(eyes)
    orders = []
    for _ in range(4):
        eyes.show(QUESTION)
        places = key_places(eyes)
        assert sorted(places.values()) == sorted(usual.values())
        assert (places["清除"], places["退格"]) == (usual["清除"], usual["退格"])
        orders.append(tuple(places[digit] for digit in "0123456789"))
    assert len(set(orders)) > 1  # four times the same order: once in 10^19


def test_scrambled_digits_enter_what_they_say(eyes):
    scramble(eyes)
    eyes.show(QUESTION)
    press(eyes, "482913")
    eyes.touch("确定")
    with eyes.answers[0][1] as pin:
        assert bytes(pin.digits) == b"482913"


def test_the_answer_keeps_its_digits_when_the_page_leaves(eyes):
    eyes.show(QUESTION)
    press(eyes, "482913")
    eyes.touch("确定")
    eyes.show(Idle(title="您好"))
    with eyes.answers[0][1] as pin:
        assert bytes(pin.digits) == b"482913"


def test_the_pin_is_confirmed_once(eyes):
    eyes.show(QUESTION)
    press(eyes, "482913")
    eyes.touch("确定")
    eyes.touch("确定")
    assert len(eyes.answers) == 1
