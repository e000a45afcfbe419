"""Finding one of many options while typing: whole pinyin, its first letters, Chinese, and what citizens call it."""

import pytest

from kiosk.dialogue.questions import Option
from kiosk.menu.finding import find

CHANGE_PIN = Option("change-pin", "修改社保密码", words=("改密码", "换密码"))
RESET_PIN = Option("reset-pin", "重置社保密码", words=("密码忘了",))
RETIRE = Option("retire", "什么时候能退休", words=("延迟退休",))
OPTIONS = (CHANGE_PIN, RESET_PIN, RETIRE)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", OPTIONS),
        ("xiugai", (CHANGE_PIN,)),
        ("xg", (CHANGE_PIN,)),
        ("xgsb", (CHANGE_PIN,)),
        ("xiugsbmm", (CHANGE_PIN,)),
        ("gmm", (CHANGE_PIN,)),
        ("gaimima", (CHANGE_PIN,)),
        ("MMWL", (RESET_PIN,)),
        ("mima", (CHANGE_PIN, RESET_PIN)),
        ("tuix", (RETIRE,)),
        ("退休", (RETIRE,)),
        ("密码 忘了", (RESET_PIN,)),
        ("zzz", ()),
        ("医保", ()),
        ("(", ()),
    ],
)
def test_letters_and_words_find_what_they_mean(typed, found):
    assert find(OPTIONS, typed) == found


def test_letters_begin_a_syllable_and_never_stand_inside_one():
    """“an” is in 晚 and in 贷款, but no syllable of them begins with it."""
    assert find((Option("late", "晚几年退"), Option("loan", "贷款证明")), "an") == ()


def test_what_begins_with_the_letters_comes_before_what_has_them_inside():
    inside, first = Option("a", "打印参保证明"), Option("b", "参保证明")
    assert find((inside, first), "cbzm") == (first, inside)
    by_word = Option("c", "社保证明", words=("参保证明",))
    assert find((by_word, inside, first), "cbzm") == (first, inside, by_word)
