"""How the kiosk speaks can be changed at any time, and nothing that was typed is lost by it."""

from dataclasses import replace

import pytest

from kiosk.dialogue.preferences import DEFAULT_PREFERENCES, Preferences
from kiosk.dialogue.questions import Confirm, EnterDigits, EnterPin, Idle, InactivityWarning
from kiosk.dialogue.words import TranslatableText
from screens.theme.palette import HIGH_CONTRAST, LIGHT, contrast

PIN = EnterPin(
    title=TranslatableText("请输入社保卡密码"), text=TranslatableText("还可以输入 {left} 次", left=3)
)
DIGITS = EnterDigits(title="请输入身份证号码", shortest=18, longest=18, may_end_in_x=True)


def test_the_language_is_asked_for_and_then_spoken(eyes):
    eyes.show(PIN)
    eyes.touch("English")
    assert eyes.preferred == [replace(DEFAULT_PREFERENCES, language="en")]
    eyes.show(PIN, eyes.preferred[0])
    assert {"Enter the PIN of your social security card", "Tries left: 3", "Back", "中文"} <= set(eyes.texts)


def test_elders_have_an_entry_on_every_page_and_a_large_one_between_visits(eyes):
    eyes.show(Idle(title="您好"))
    eyes.touch("长辈版：大字、大按钮")
    eyes.show(PIN)
    eyes.touch("长辈版")
    assert eyes.preferred == [replace(DEFAULT_PREFERENCES, elder=True)] * 2


def test_letters_and_targets_grow_for_elders(eyes):
    eyes.show(PIN)
    before = eyes.find("还可以输入 3 次").font_size
    eyes.show(PIN, Preferences(elder=True))
    assert eyes.find("还可以输入 3 次").font_size > 1.3 * before


def test_volume_speed_and_contrast_are_set_on_a_sheet_that_leaves_the_question_as_it_is(eyes):
    eyes.show(PIN)
    eyes.touch("1")
    eyes.touch("声音与显示")
    eyes.touch("大一点")
    eyes.touch("慢一点")
    eyes.touch("显示：黑底亮字")
    assert eyes.preferred == [
        replace(DEFAULT_PREFERENCES, volume=4),
        replace(DEFAULT_PREFERENCES, speed=80),
        replace(DEFAULT_PREFERENCES, high_contrast=True),
    ]
    eyes.show(PIN, eyes.preferred[2])
    assert "设置好了" in eyes.texts
    eyes.touch("设置好了")
    assert eyes.frame.page._digits == b"1"


def test_a_page_is_read_aloud_when_asked(eyes):
    eyes.show(PIN)
    eyes.touch("朗读")
    assert eyes.read == 1


def test_what_was_typed_is_still_there_in_another_language_and_after_a_pause(eyes):
    eyes.show(DIGITS)
    for digit in "1234567":
        eyes.touch(digit)
    eyes.show(DIGITS, Preferences(language="en"))
    assert "123456 7" in eyes.texts
    eyes.show(InactivityWarning(title="您还在吗？", seconds=30), Preferences(language="en"))
    assert "123456 7" not in eyes.texts
    eyes.show(DIGITS, Preferences(language="en"))
    assert "123456 7" in eyes.texts


def test_acting_for_another_is_announced_on_every_page(eyes):
    for question in (PIN, DIGITS, Confirm(title="请核对", yes="对", no="不对")):
        eyes.show(question, Preferences(on_behalf=True))
        assert "代办：您正在替持卡人办理" in eyes.texts


@pytest.mark.parametrize("palette", [LIGHT, HIGH_CONTRAST], ids=["light", "high"])
def test_text_stands_out_7_to_1_and_controls_3_to_1(palette):
    p = palette
    for text, ground in (
        *((text, ground) for text in (p.ink, p.soft, p.primary, p.danger) for ground in (p.ground, p.paper)),
        *((text, p.ground) for text in (p.success, p.warning)),
        (p.success, p.paper),
        (p.primary, p.tint),
        (p.success, p.success_ground),
        (p.danger, p.danger_ground),
        (p.on_primary, p.primary),
        *((p.on_primary, hue) for hue in p.hues.values()),
        (p.on_bar, p.bar),
        (p.warning, p.warning_ground),
        (p.warning, p.off),
        (p.soft, p.off),
    ):
        assert contrast(text, ground) >= 7, (text, ground)
    for edge, ground in ((p.primary, p.ground), (p.border, p.ground), (p.border, p.paper), (p.on_bar, p.bar)):
        assert contrast(edge, ground) >= 3
