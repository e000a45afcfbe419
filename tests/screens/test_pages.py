"""Every question has a page on which everything can be read, reached and answered."""

import inspect

import pytest
from kivy.uix.label import Label

from kiosk import dialogue
from kiosk.dialogue import (
    Choose,
    CitizenFinished,
    Confirm,
    EnterPin,
    Finished,
    Idle,
    Notice,
    Option,
    OutOfService,
    Picture,
    Question,
    RefuseCard,
    ShowTable,
    StillThere,
    TakeCard,
    WentBack,
    Working,
)
from kiosk.menu import menu_question

LONG = (
    "再输错一次，社保卡密码就会被锁住。如果不确定密码，请先不要试，可以到窗口重置密码，也可以拨打电话咨询。"
)
QUESTIONS = (
    Idle(
        title="您好，请插入社会保障卡", text=LONG, troubles=("打印机缺纸，暂时不能打印证明", "读卡器暂停使用")
    ),
    Choose(
        title="王*国，您好", text=LONG, options=tuple(Option(str(n), f"业务{n}", LONG[:24]) for n in range(6))
    ),
    EnterPin(title="请输入社保卡密码", text="还可以输入 2 次", problem="密码不对，请重新输入"),
    Confirm(title="只剩最后一次机会", text=LONG, yes="我记得密码，继续输入", no="不试了，结束办理"),
    ShowTable(
        title="社保卡信息",
        text=LONG,
        rows=tuple((f"项目{n}", "铜川市社会保险事业服务中心") for n in range(8)),
    ),
    Working(title="正在打印", text=LONG),
    Notice(title="暂时连不上社保中心", text=LONG, picture=Picture.PHONE, phone="12333"),
    RefuseCard(title="读不出这张卡", text=LONG, phone="12333"),
    Finished(title="证明已打印", text=LONG, picture=Picture.TAKE_PAPER),
    TakeCard(title="请取回您的社会保障卡", text=LONG),
    OutOfService(title="抱歉，本机暂时不能办理", text=LONG, number="402917"),
    StillThere(title="您还在吗？", text=LONG, seconds=30),
)
by_kind = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: type(question).__name__)


def test_every_question_of_the_dialogue_has_a_page(theme):
    from screens.frame import PAGES

    kinds = {k for _, k in inspect.getmembers(dialogue, inspect.isclass) if issubclass(k, Question)} - {
        Question
    }
    assert set(PAGES) == kinds == {type(question) for question in QUESTIONS}


@by_kind
def test_nothing_is_outside_the_window_or_cut_off(eyes, question):
    eyes.show(question)
    for label in eyes.labels():
        x, y = label.to_window(label.x, label.y)
        assert x >= -1 and y >= -1, label.text
        assert x + label.width <= eyes.window.width + 1 and y + label.height <= eyes.window.height + 1, (
            label.text
        )
        assert label.texture_size[0] <= label.width + 1, label.text
        assert label.texture_size[1] <= label.height + 1, label.text


@pytest.mark.parametrize("question", [*QUESTIONS, menu_question("王*国，您好")], ids=lambda q: q.title)
def test_nothing_of_a_page_lies_under_the_bars(eyes, question):
    eyes.show(question)
    body = eyes.frame.ids.body
    bottom, top = body.to_window(body.x, body.y)[1], body.to_window(body.x, body.top)[1]
    for label in (
        widget for widget in body.walk(restrict=True) if isinstance(widget, Label) and widget.text.strip()
    ):
        low, high = label.to_window(label.x, label.y)[1], label.to_window(label.x, label.top)[1]
        assert bottom - 1 <= low and high <= top + 1, label.text


@by_kind
def test_what_is_touched_is_large_enough_and_apart(eyes, theme, question):
    from kivy.uix.behaviors import ButtonBehavior

    eyes.show(question)
    buttons = [widget for widget in eyes.frame.walk() if isinstance(widget, ButtonBehavior)]
    assert buttons
    for button in buttons:
        assert min(button.size) >= theme.mm(16) - 1
    boxes = [(*button.to_window(*button.pos), *button.size) for button in buttons]
    for i, one in enumerate(boxes):
        for other in boxes[i + 1 :]:
            assert gap(one, other) >= theme.mm(3)


def gap(one, other):
    across = max(one[0], other[0]) - min(one[0] + one[2], other[0] + other[2])
    along = max(one[1], other[1]) - min(one[1] + one[3], other[1] + other[3])
    return max(across, along)


@by_kind
def test_letters_are_high_enough_to_be_read_at_arms_length(eyes, theme, question):
    from screens.theme import CAP_HEIGHT

    eyes.show(question)
    for label in eyes.labels():
        assert label.font_size * CAP_HEIGHT >= theme.mm(4.8) - 0.5, label.text


@by_kind
def test_no_character_is_missing_in_the_font(eyes, theme, question):
    from fontTools.ttLib import TTFont

    eyes.show(question)
    covered = TTFont(eyes.find("呼叫工作人员").font_context or font_file(), lazy=True).getBestCmap()
    for label in eyes.labels():
        assert all(ord(character) in covered for character in label.text if character != "\n"), label.text


def font_file():
    from kivy.core.text import LabelBase

    return LabelBase._fonts["Roboto"][0]


@by_kind
def test_the_ways_out_stay_in_the_same_place(eyes, question):
    eyes.show(QUESTIONS[0])
    before = {name: eyes.find(name).pos[:] for name in ("返回", "呼叫工作人员", "结束取卡")}
    eyes.show(question)
    assert {name: eyes.find(name).pos[:] for name in before} == before


@by_kind
def test_staff_can_be_called(eyes, question):
    eyes.show(question)
    eyes.touch("呼叫工作人员")
    assert eyes.staff_calls == 1
    assert eyes.frame.banner


def test_an_option_answers_with_its_key(eyes):
    eyes.show(QUESTIONS[1])
    eyes.touch("业务3")
    assert eyes.answers == [(QUESTIONS[1], "3")]


def test_the_home_menu_has_no_way_back_but_a_way_out(eyes):
    eyes.show(Choose(title="王*国，您好", options=(Option("a", "业务"),), home=True))
    eyes.touch("返回")
    assert eyes.answers == []
    eyes.touch("结束取卡")
    assert isinstance(eyes.answers[0][1], CitizenFinished)


def test_going_back_is_an_answer(eyes):
    eyes.show(QUESTIONS[2])
    eyes.touch("返回")
    assert isinstance(eyes.answers[0][1], WentBack)


def test_a_page_takes_no_touch_before_it_could_be_read(eyes):
    eyes.frame.show(QUESTIONS[3])
    eyes.look()
    eyes.touch("不试了，结束办理")
    assert eyes.answers == []
