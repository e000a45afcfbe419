"""What is said of a question: trouble first, nothing personal unasked, a PIN never."""

from concurrent.futures import Future
from datetime import date

import pytest

from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.preferences import Preferences
from kiosk.dialogue.questions import (
    AwaitReply,
    Choose,
    Confirm,
    EnterPin,
    Idle,
    InactivityWarning,
    Notice,
    Option,
    ShowTable,
    TakeCard,
    Working,
)
from kiosk.dialogue.words import _
from kiosk.voice import speech
from kiosk.voice.catalogue import Catalogue, Recording
from kiosk.voice.speech import Speech, Synthesised, speech_of, speech_of_entry, speech_of_text
from tools.voice.texts import wanted

DEFAULT_PREFERENCES, ELDER, ENGLISH = Preferences(), Preferences(elder=True), Preferences(language="en")
PIN = EnterPin(
    title=_("请输入社保卡密码"), text=_("还可以输入 {left} 次", left=2), problem=_("密码不对，请重新输入")
)
TABLE = ShowTable(title=_("社保卡信息"), rows=((_("卡号"), "A1024575X"), (_("发卡日期"), "2026-11-02")))
GREETING = Choose(
    title=_("{name}，您好", name="王*国"),
    text=_("请选择您要办理的业务"),
    options=(Option("a", _("打印参保证明")),),
)


RECORDED = Catalogue(
    {},
    {
        "zh": {
            phrase: Recording(file=phrase, seconds=1, loudness=-17, peak=0.5, phonemes="", sha256="")
            for phrase in wanted()["zh"]
        }
    },
)
"""As if all were recorded that is to be, each phrase in a file of its name."""


@pytest.fixture(autouse=True)
def _all_is_recorded(monkeypatch):
    monkeypatch.setattr(speech, "catalogue", lambda: RECORDED)


def heard(said: Speech) -> list[str]:
    """Return what is said, each clip by its text; a synthesised one stands in brackets."""
    return [f"[{clip.text}]" if isinstance(clip, Synthesised) else clip.file for clip in said.clips]


def test_the_trouble_is_said_first_then_what_is_asked_and_how_many_tries_are_left():
    assert heard(speech_of(PIN, DEFAULT_PREFERENCES)) == [
        "密码不对，请重新输入。",
        "请输入社保卡密码。",
        "还可以输入，",
        "两",
        "次。",
    ]


def test_a_name_is_not_said_unasked():
    assert heard(speech_of(GREETING, DEFAULT_PREFERENCES)) == ["您好。", "请选择您要办理的业务。"]


def test_a_name_is_said_to_who_asks_for_it():
    assert heard(speech_of(GREETING, DEFAULT_PREFERENCES, asked=True))[:2] == ["[王*国]", "您好。"]


def test_the_rows_of_a_table_are_read_only_when_asked_for():
    assert heard(speech_of(TABLE, ELDER)) == ["社保卡信息。"]
    assert heard(speech_of(TABLE, DEFAULT_PREFERENCES, asked=True)) == [
        *("社保卡信息。", "卡号。", "[A1024575X]", "发卡日期。"),
        *("二", "零", "二", "六", "年", "十一", "月", "二", "日"),
    ]


def test_a_phrase_that_only_leads_to_something_personal_goes_with_it():
    notice = Notice(
        title=_("证明没有打印好"), text=_("证明已经开具，编号 {number}，仍然有效。", number="TC01")
    )
    assert heard(speech_of(notice, DEFAULT_PREFERENCES)) == [
        "证明没有打印好。",
        "证明已经开具，",
        "仍然有效。",
    ]


def test_text_that_nobody_recorded_is_not_said_unasked():
    assert heard(
        speech_of(Notice(title=_("社保中心没有受理"), text="张三的参保关系不在本市"), DEFAULT_PREFERENCES)
    ) == ["社保中心没有受理。"]


def test_plain_text_that_was_recorded_is_the_machines_own():
    assert heard(speech_of(Confirm(title="密码不对。", text="", yes="", no=""), DEFAULT_PREFERENCES)) == [
        "密码不对。"
    ]


def test_elders_hear_what_they_may_choose_from():
    assert heard(speech_of(GREETING, ELDER))[-1] == "打印参保证明。"
    assert "打印参保证明。" not in heard(speech_of(GREETING, DEFAULT_PREFERENCES))


def test_nobody_is_spoken_to_while_the_machine_waits_for_somebody():
    idle = Idle(title=_("您好，请选择要办的事，或直接插卡"))
    assert not speech_of(idle, ELDER).clips
    assert speech_of(idle, DEFAULT_PREFERENCES, asked=True).clips


def test_what_is_written_for_the_ear_is_said_instead_of_the_page():
    assert heard(speech_of(Notice(title=_("密码不对"), spoken=_("读卡出了问题")), DEFAULT_PREFERENCES)) == [
        "读卡出了问题。"
    ]


@pytest.mark.parametrize("count", range(1, 7))
def test_of_a_masked_entry_only_the_count_is_said(count):
    said = heard(speech_of_entry(count))
    assert said[0] == "已输入，" and said[-1] == "位。"
    assert said[1:-1] == [["一", "两", "三", "四", "五", "六"][count - 1]]


def test_work_that_is_soon_over_is_not_spoken_of():
    assert speech_of(Working(title=_("正在读卡")), DEFAULT_PREFERENCES).after > 0
    waiting = AwaitReply(title=_("正在查询"), reply=Future(), seconds=8)
    assert speech_of(waiting, DEFAULT_PREFERENCES).after > 0


def test_what_is_about_to_be_left_behind_is_urgent_and_a_card_is_named_again():
    assert speech_of(InactivityWarning(title=_("您还在吗？"), seconds=30), DEFAULT_PREFERENCES).urgent
    take = speech_of(TakeCard(title=_("请取回您的社会保障卡")), DEFAULT_PREFERENCES)
    assert take.urgent and take.again
    assert not speech_of(PIN, DEFAULT_PREFERENCES).urgent


def test_english_is_said_in_english():
    said = speech_of(PIN, ENGLISH).clips
    assert all(isinstance(clip, Synthesised) and clip.language == "en" for clip in said)
    assert "Tries left" in said[-1].text


def test_every_question_has_something_to_say_or_is_idle():
    for kind in dialogue.Question.__subclasses__():
        extra = {
            "EnterDigits": {"shortest": 1, "longest": 2},
            "EnterCode": {"letters": "23", "longest": 2},
            "EnterMonth": dict.fromkeys(("first", "last", "value"), date(2026, 11, 1)),
            "EnterDate": dict.fromkeys(("first", "last", "value"), date(2026, 11, 27)),
            "Choose": {"options": ()},
            "FindInList": {"options": ()},
            "IntroduceService": {"group": "", "facts": (), "go_on": ""},
            "ShowArticle": {"sections": ()},
            "Confirm": {"yes": "", "no": ""},
            "ShowTable": {"rows": ()},
            "OutOfService": {"number": "123456"},
            "InactivityWarning": {"seconds": 30},
            "AwaitReply": {"reply": Future(), "seconds": 8},
            "PresentCredential": {"accepted": ()},
        }.get(kind.__name__, {})
        question = kind(title=_("密码不对"), **extra)
        assert bool(speech_of(question, DEFAULT_PREFERENCES).clips) != isinstance(question, Idle), kind


ARTICLE = dialogue.ShowArticle(
    title=_("社保卡信息"),
    sections=(dialogue.Section("要带什么", "本人有效身份证件。"),),
    actions=(dialogue.Option("slip", _("返回")),),
    source="《社会保险法》",
)


def test_an_article_is_read_whole_to_who_asks_and_its_title_to_all():
    assert heard(speech_of(ARTICLE, DEFAULT_PREFERENCES)) == ["社保卡信息。"]
    asked = heard(speech_of(ARTICLE, DEFAULT_PREFERENCES, asked=True))
    for words in ("要带什么", "本人有效身份证件。", "《社会保险法》", "返回"):
        assert any(words in said for said in asked), words


def test_elders_hear_the_groups_of_a_long_list_and_nobody_hears_hundreds_of_options():
    groups = ((_("打印证明"), ("1",)),)
    options = tuple(dialogue.Option(str(place), f"事项{place}") for place in range(300))
    question = dialogue.FindInList(title=_("社保卡信息"), options=options, groups=groups)
    said = heard(speech_of(question, Preferences(elder=True), asked=True))
    assert any("打印证明" in words for words in said) and not any("事项" in words for words in said)


def test_what_is_said_beside_a_question_is_in_the_same_words():
    assert heard(speech_of_text(_("密码不对"))) == ["密码不对。"]
