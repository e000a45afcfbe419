"""Digits and text: what is typed is what is answered, and nothing of it stays."""

import gc
from dataclasses import replace
from datetime import date

import pytest

from kiosk.config import Panel
from kiosk.dialogue.preferences import Preferences
from kiosk.dialogue.questions import EnterDate, EnterDigits, EnterMonth, EnterText, Idle
from screens.pages.pinyin import Candidate, pinyin
from tests.screens.conftest import Eyes

IDENTITY = EnterDigits(title="请输入身份证号码", shortest=18, longest=18, may_end_in_x=True)
PHONE = EnterDigits(title="请输入手机号码", shortest=11, longest=11, private=True)
TEXT = EnterText(title="您要办什么？", longest=6)
SEARCHED = replace(TEXT, takes_pinyin=True)
BIRTH = EnterMonth(
    title="哪年哪月出生？", first=date(1930, 1, 1), last=date(2010, 12, 1), value=date(1976, 9, 1)
)
DIED = EnterDate(
    title="哪一天？",
    first=date(2011, 7, 1),
    last=date(2026, 11, 27),
    value=date(2026, 11, 27),
    problem="不对",
)
SMALL = Panel(width=800, height=480, width_mm=152)

needs_pinyin = pytest.mark.skipif(pinyin() is None, reason="libgooglepinyin0 is not installed")


def type_in(eyes, keys):
    for key in keys:
        eyes.touch(key)


def test_an_identity_number_is_shown_in_groups_and_may_end_in_x(eyes):
    eyes.show(IDENTITY)
    type_in(eyes, "X")  # not before the last place
    type_in(eyes, "99999919750317061X")
    assert "999999 19750317 061X" in eyes.texts
    eyes.touch("确定")
    assert eyes.answers == [(IDENTITY, "99999919750317061X")]


def test_too_short_a_number_cannot_be_confirmed(eyes):
    eyes.show(IDENTITY)
    type_in(eyes, "9999991975031706")
    eyes.touch("确定")
    assert eyes.answers == []


def test_private_digits_are_dots_but_for_the_last_and_their_number_is_told(eyes):
    eyes.show(PHONE)
    type_in(eyes, "139")
    assert "●●9" in eyes.texts
    eyes.touch("退格")
    assert "●3" in eyes.texts
    assert eyes.entered == [1, 2, 3, 2]
    assert eyes.keys == 4


def test_a_month_is_chosen_by_its_parts_and_the_button_says_which(eyes):
    eyes.show(BIRTH)
    type_in(eyes, ("195_", "1958", "12"))
    eyes.touch("确定：1958年12月")
    assert eyes.answers == [(BIRTH, date(1958, 12, 1))]


def test_what_is_asked_for_already_is_one_touch_away(eyes):
    eyes.show(DIED)
    assert "不对" in eyes.texts
    eyes.touch("确定：2026年11月27日")
    assert eyes.answers == [(DIED, date(2026, 11, 27))]


def test_a_small_panel_asks_for_one_part_after_the_other_and_again_if_it_was_wrong(window):
    eyes = Eyes(window, SMALL)
    eyes.show(DIED)
    type_in(eyes, ("开始输入", "202_", "2025", "2", "20", "28"))
    assert "2025年2月28日" in eyes.texts
    type_in(eyes, ("重新选", "202_", "2024", "2", "20", "29", "确定"))
    assert eyes.answers == [(DIED, date(2024, 2, 29))]
    window.remove_widget(eyes.frame)


def test_a_chosen_month_outlives_a_change_of_letters_and_not_another_question(eyes):
    eyes.show(BIRTH)
    type_in(eyes, ("195_", "1958"))
    eyes.show(BIRTH, Preferences(elder=True))
    assert "确定：1958年9月" in eyes.texts
    eyes.show(DIED)
    eyes.show(BIRTH)
    assert "确定：1976年9月" in eyes.texts


@needs_pinyin
def test_chinese_is_typed_by_pinyin_and_chosen_from_a_strip(eyes):
    eyes.show(TEXT)
    type_in(eyes, "SHEBAO")
    eyes.touch("确定")
    assert eyes.answers == []  # the pinyin is not Chinese yet
    eyes.touch("社保")
    eyes.touch("确定")
    assert eyes.answers == [(TEXT, "社保")]


def test_what_is_looked_for_may_stay_pinyin(eyes):
    eyes.show(SEARCHED)
    type_in(eyes, "GMM")
    eyes.touch("确定")
    [(_question, typed)] = eyes.answers
    assert typed.lower() == "gmm"


@needs_pinyin
def test_a_name_is_put_together_character_by_character(eyes):
    eyes.show(TEXT)
    type_in(eyes, "WANGXIAOMING")
    eyes.touch("王")
    assert "王xiaoming" in eyes.texts
    eyes.touch("退格")
    assert "王xiaomin" in eyes.texts


@needs_pinyin
def test_on_a_small_panel_choosing_ends_with_the_letters(window):
    eyes = Eyes(window, Panel(width=800, height=480, width_mm=152))
    eyes.show(TEXT)
    eyes.touch("开始输入")
    for letter in "SHEBAO":
        while letter not in eyes.texts:
            assert "选字" in eyes.texts  # letters stay until the citizen wants to choose
            eyes.touch("更多")
        eyes.touch(letter)
    eyes.touch("选字")
    eyes.touch("社")
    assert "社bao" in eyes.texts and "字母" in eyes.texts  # the rest is still to be chosen for
    eyes.touch("保")
    assert "社保" in eyes.texts and "选字" in eyes.texts
    eyes.window.remove_widget(eyes.frame)


def test_without_the_library_letters_are_letters(eyes, monkeypatch):
    monkeypatch.setattr("screens.pages.text.pinyin", lambda: None)
    eyes.show(TEXT)
    type_in(eyes, "ABCDEFG")
    eyes.touch("确定")
    assert eyes.answers == [(TEXT, "ABCDEF")]


@needs_pinyin
def test_pinyin_offers_phrases_first_and_then_characters_for_the_beginning():
    found = pinyin().candidates("shanxisheng")
    assert found[0].text in ("陕西省", "山西省")
    assert Candidate("山", 4) in found


@needs_pinyin
@pytest.mark.parametrize("letters", ["", "v", "zzzz", "a" * 60])
def test_pinyin_survives_what_is_no_pinyin(letters):
    for candidate in pinyin().candidates(letters):
        assert 0 < candidate.letters <= len(letters)


@pytest.mark.parametrize("question", [IDENTITY, TEXT], ids=["digits", "text"])
def test_nothing_that_was_typed_is_left_anywhere_after_the_visit(eyes, question):
    typed = "739154" if question is IDENTITY else "QWXZ"
    eyes.show(question)
    type_in(eyes, typed)
    eyes.show(Idle(title="您好"))
    assert not left_of(typed), left_of(typed)


def left_of(typed):
    """Return what Kivy's widgets and pictures of texts still say of ``typed``."""
    from kivy.core.text import LabelBase
    from kivy.uix.widget import Widget

    gc.collect()
    alive = [thing for thing in gc.get_objects() if issubclass(type(thing), (LabelBase, Widget))]
    said = [
        value
        for thing in alive
        for value in (
            getattr(thing, "text", ""),
            getattr(thing, "entered", ""),
            getattr(thing, "_letters", ""),
        )
    ]
    return [text for text in said if isinstance(text, str) and typed.lower() in text.replace(" ", "").lower()]
