"""Every question has a page, and every touch on it means what it says."""

import inspect
from concurrent.futures import Future
from dataclasses import replace

import pytest

from kiosk.config import Panel
from kiosk.dialogue import questions as dialogue
from kiosk.dialogue.language import LONGEST
from kiosk.dialogue.phone import local_text
from kiosk.dialogue.preferences import DEFAULT_PREFERENCES, Preferences
from kiosk.dialogue.questions import (
    SEARCH,
    AwaitReply,
    Choose,
    CitizenFinished,
    Confirm,
    Finished,
    Idle,
    InactivityWarning,
    Notice,
    Option,
    OutOfService,
    Question,
    ShowTable,
    TakeCard,
    WentBack,
    WentHome,
    Working,
)
from kiosk.paper.issuing import ISSUING
from kiosk.services.service import Offline, services
from tests.screens.conftest import Eyes

WAYS_OUT = ("返回", "首页", "呼叫工作人员", "结束取卡")
CONFIRM = Confirm(title="只剩最后一次机会", text="要不要再试？", yes="继续输入", no="不试了")
CHOOSE = Choose(title="请选择", options=tuple(Option(str(n), f"业务{n}") for n in range(4)))


@pytest.fixture(scope="module")
def shots(window):
    from screens.gallery.pages import shots

    return list(shots(Preferences()))


@pytest.mark.parametrize("elder", [False, True])
def test_a_text_of_any_length_is_cut_visibly(eyes, elder):
    """The page says so itself; laid out whole, 200,000 characters took the window 17 s."""
    page = OutOfService(title="本机暂停服务", text="停" * 200_000, number="1")
    eyes.show(page, Preferences(elder=elder))
    eyes.frame.page.turn(eyes.frame.page.pages - 1)
    eyes.look()
    assert any(text.endswith("停…") for text in eyes.texts)
    assert eyes.frame.page.pages < LONGEST / 10


def test_every_question_of_the_dialogue_has_a_page_and_a_picture(shots):
    from screens.frame import PAGES

    kinds = {k for _, k in inspect.getmembers(dialogue, inspect.isclass) if issubclass(k, Question)} - {
        Question
    }
    assert set(PAGES) == kinds == {type(shot.question) for shot in shots}


def test_the_picture_of_a_menu_without_the_centre_shows_what_is_off_then(shots):
    options = next(shot.question.options for shot in shots if shot.name == "group-partly")
    off = {option.key for option in options if option.unavailable_reason}
    needing = {name for name, service in services().items() if service.offline is Offline.REFUSE}
    assert off == needing & {option.key for option in options} != set()


def test_every_trouble_that_has_words_has_a_picture(shots):
    from kiosk.attendant.error_notices import notice_of
    from kiosk.paper.printer_words import PRINTER_PROBLEMS

    names = {shot.name.removeprefix("trouble-") for shot in shots if shot.name.startswith("trouble-")}
    kinds = {kind.__name__ for kind in notice_of.registry} - {"object", "Exception", "PrinterNotReadyError"}
    assert names == kinds | {f"printer-{problem}" for problem in PRINTER_PROBLEMS} | {
        "locked",
        "card-pulled",
        "reader-lost",
    }


def test_the_ways_out_stay_in_the_same_place(eyes):
    eyes.show(Idle(title="您好"))
    before = {name: eyes.find(name).pos[:] for name in WAYS_OUT}
    for question in (CONFIRM, CHOOSE, Working(title="正在打印"), TakeCard(title="请取卡")):
        eyes.show(question)
        assert {name: eyes.find(name).pos[:] for name in WAYS_OUT} == before


def test_staff_can_be_called_and_the_screen_says_so_until_the_next_visit(eyes):
    eyes.show(CONFIRM)
    eyes.touch("呼叫工作人员")
    eyes.touch("呼叫工作人员")
    assert eyes.staff_calls == 1
    assert any(text.startswith("已通知工作人员") for text in eyes.texts)
    eyes.show(CHOOSE)
    assert any(text.startswith("已通知工作人员") for text in eyes.texts)
    eyes.show(Idle(title="您好"))
    assert not any(text.startswith("已通知工作人员") for text in eyes.texts)


def test_an_option_answers_with_its_key(eyes):
    eyes.show(CHOOSE)
    eyes.touch("业务3")
    assert eyes.answers == [(CHOOSE, "3")]


def test_an_option_that_cannot_be_chosen_says_why_and_answers_nothing(eyes):
    eyes.show(Choose(title="请选择", options=(Option("a", "打印", unavailable_reason="打印机缺纸"),)))
    assert "打印机缺纸" in eyes.texts
    eyes.touch("打印")
    assert eyes.answers == []


def test_a_search_is_offered_where_there_is_one(eyes):
    eyes.show(Choose(title="请选择", options=CHOOSE.options, search=True))
    eyes.touch("查找业务")
    assert eyes.answers[0][1] == SEARCH


def test_a_card_is_spoken_of_at_the_end_only_while_one_is_in(eyes):
    done = Finished(title="核验完毕")
    eyes.show(done)
    place = eyes.button("结束取卡").pos[:]
    assert "办完了，取卡" in eyes.texts
    eyes.card_is_in = False
    eyes.show(done)
    assert not any("取卡" in text for text in eyes.texts)
    assert eyes.button("结束").pos[:] == place
    eyes.touch("办完了")
    eyes.show(CHOOSE)
    eyes.touch("结束")
    assert [type(value) for _question, value in eyes.answers] == [CitizenFinished] * 2
    eyes.show(done, Preferences(language="en"))
    assert {"End", "Done"} <= set(eyes.texts)


def test_who_called_staff_is_told_the_telephone_of_the_region(window):
    from screens.bars import STAFF_CALLED, WindowCallbacks
    from screens.frame import Frame

    frame = Frame(Panel(), "大厅", WindowCallbacks(), local_text(STAFF_CALLED, "371003"))
    frame.call_staff()
    said = [text for text in (getattr(each, "text", "") for each in frame.walk()) if "已通知" in text]
    assert said == ["已通知工作人员，请在机旁稍候；也可以到窗口，或拨打 0631-8468753。"]


def test_the_home_menu_has_no_way_back_but_a_way_out(eyes):
    eyes.show(Choose(title="王*国，您好", options=CHOOSE.options, home=True))
    eyes.touch("返回")
    eyes.touch("首页")
    assert eyes.answers == []
    eyes.touch("结束取卡")
    assert isinstance(eyes.answers[0][1], CitizenFinished)


@pytest.mark.parametrize(("way", "answer"), [("返回", WentBack), ("首页", WentHome)])
def test_going_back_and_going_home_are_answers(eyes, way, answer):
    eyes.show(CONFIRM)
    eyes.touch(way)
    assert isinstance(eyes.answers[0][1], answer)


@pytest.mark.parametrize(
    ("question", "touched", "answer"),
    [
        (CONFIRM, "继续输入", True),
        (CONFIRM, "不试了", False),
        (Notice(title="连不上中心"), "我知道了", None),
        (Finished(title="证明已打印"), "继续办理其他业务", None),
        (ShowTable(title="社保卡信息", rows=(("姓名", "王*国"),)), "看完了", None),
        (InactivityWarning(title="您还在吗？", seconds=30), "还需要时间", None),
        (TakeCard(title="请取卡", rating=True), "很满意", 5),
    ],
)
def test_a_button_answers(eyes, question, touched, answer):
    eyes.show(question)
    eyes.touch(touched)
    assert eyes.answers == [(question, answer)]


def test_a_rating_is_given_once(eyes):
    eyes.show(TakeCard(title="请取卡", rating=True))
    for word in ("满意", "很不满意"):
        eyes.touch(word)
    assert [value for _question, value in eyes.answers] == [4]


def test_a_long_table_is_turned_over_and_back(eyes):
    rows = tuple((f"{n}月", "4,188.00") for n in range(40))
    eyes.show(ShowTable(title="缴费", rows=rows))
    assert "0月" in eyes.texts and "39月" not in eyes.texts
    while "39月" not in eyes.texts:
        eyes.touch("下一页")
    assert "0月" not in eyes.texts
    eyes.touch("上一页")
    assert "39月" not in eyes.texts


def test_a_page_takes_no_touch_before_it_could_be_read(eyes, monkeypatch):
    monkeypatch.setattr("screens.frame.SETTLE_SECONDS", 60)  # drawing may take as long as it likes
    eyes.frame.show(CONFIRM)
    eyes.look()
    eyes.touch("不试了")
    assert eyes.answers == []


def test_a_countdown_ends_with_its_page(eyes):
    eyes.show(InactivityWarning(title="您还在吗？", seconds=30))
    page = eyes.frame.page
    page._tick(0)
    assert "29 秒" in eyes.texts
    eyes.show(CONFIRM)
    assert not page._clock.is_triggered


def test_steps_show_the_place_in_the_job(eyes):
    eyes.show(Confirm(title="请核对", yes="对", no="不对", steps=("输密码", "选时间", "打印"), step=1))
    assert {"1 输密码", "2 选时间", "3 打印"} <= set(eyes.texts)
    assert eyes.find("2 选时间").bold and not eyes.find("3 打印").bold


WAITING = AwaitReply(title=ISSUING.title, text=ISSUING.text, reply=Future(), seconds=10)


@pytest.mark.parametrize(
    ("way_out", "answer"), [("返回", WentBack), ("首页", WentHome), ("结束取卡", CitizenFinished)]
)
def test_whoever_waits_for_the_centre_may_leave(eyes, way_out, answer):
    eyes.show(WAITING)
    eyes.touch(way_out)
    [(question, value)] = eyes.answers
    assert question is WAITING and isinstance(value, answer)


def test_where_there_is_nothing_to_go_back_to_only_the_card_is_offered(eyes):
    eyes.show(replace(WAITING, home=True))
    for way in ("返回", "首页", "结束取卡"):
        eyes.touch(way)
    assert [type(value) for _question, value in eyes.answers] == [CitizenFinished]


def test_the_sign_walks_on_where_it_stands_on_a_later_page_of_the_smallest_panel(window):
    eyes = Eyes(window, Panel(width=800, height=480, width_mm=152))
    eyes.show(WAITING, replace(DEFAULT_PREFERENCES, elder=True, language="en"))
    eyes.frame.page._step_on()
    window.remove_widget(eyes.frame)
