"""A text is taken apart into phrases that were recorded, numbers, and what is the citizen's own."""

import pytest

from kiosk.dialogue.words import _
from kiosk.voice.numbers import UNITS, number_words
from kiosk.voice.personal import personal_words
from kiosk.voice.phrases import Number, Personal, Phrase, phrases_of, pieces
from kiosk.voice.pinyin import to_pinyin


def test_a_text_is_said_sentence_by_sentence_without_its_quotes():
    text = _("没有打印。请点“呼叫工作人员”，或到窗口打印")
    assert pieces(text) == [Phrase("没有打印。"), Phrase("请点呼叫工作人员，或到窗口打印。")]


def test_what_stands_around_a_count_is_said_around_it():
    assert pieces(_("还可以输入 {left} 次", left=3)) == [Phrase("还可以输入，"), Number(3), Phrase("次。")]


def test_the_words_in_a_text_are_the_machines_own_and_other_values_are_the_citizens():
    said = pieces(_("{problem}，编号 {number}", problem=_("打印机缺纸"), number="A1024575X"))
    assert said == [Phrase("打印机缺纸。"), Phrase("编号，"), Personal("A1024575X")]


def test_a_text_of_unknown_origin_is_the_citizens():
    assert pieces("王*国，您好") == [Personal("王*国，您好")]


def test_the_phrases_to_record_are_those_that_will_be_said():
    template = "证明已经开具，编号 {number}，仍然有效。可以稍后再打吗？"
    said = pieces(_(template, number="1"))
    assert {piece.text for piece in said if isinstance(piece, Phrase)} == phrases_of(template, "zh")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "零"),
        (2, "两"),
        (12, "十二"),
        (20, "二十"),
        (35, "三十 五"),
        (105, "一 百 零 五"),
        (115, "一 百 一 十五"),
        (2024, "二 千 零 二十 四"),
        (10060, "一 万 零 六十"),
        (120000, "十二 万"),
    ],
)
def test_numbers_are_said_as_chinese_counts(number, words):
    assert " ".join(number_words(number, "zh")) == words


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_number_is_made_of_recorded_words(language):
    said = {word for number in range(0, 200_000, 97) for word in number_words(number, language)}
    assert said <= set(UNITS[language])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-11-02", "二 零 二 六 年 十一 月 二 日"),
        ("1,234.50", "一 千 二 百 三十 四 点 五 元"),
        ("12333", "幺 二 三 三 三"),
        ("24", "二十 四"),
        ("A1024575X", ""),
    ],
)
def test_dates_amounts_and_numbers_are_read_as_people_read_them(text, words):
    assert " ".join(personal_words(text, "zh")) == words


def test_words_are_read_whole_where_their_characters_are_read_otherwise():
    assert to_pinyin("银行行了，1张") == "yin2hang2 xing2 le5 , yi1 zhang1"
