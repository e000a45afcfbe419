"""Articles that are read page by page, and lists of hundreds that are found by typing."""

import pytest

from kiosk.config import Panel
from kiosk.dialogue.preferences import Preferences
from kiosk.dialogue.questions import FindInList, NotListed, Option, Section, ShowArticle
from kiosk.guidance.library import Library
from kiosk.services.guides.read_guides import fields

LONG = "第{}条：到法定退休年龄，又缴满最低年限，就能申请，金额以经办机构核定为准。"
COMPACT = Panel(width=800, height=480, width_mm=152)


def article(**changes):
    sections = tuple(
        Section(f"第{place}部分", "\n".join(LONG.format(place) for _ in range(12))) for place in range(6)
    )
    given = {
        "title": "退休",
        "text": "简短的答复。",
        "sections": sections,
        "actions": (Option("do", "现在就办"), Option("slip", "打印小票")),
        "source": "依据：《社会保险法》",
    }
    return ShowArticle(**(given | changes))


def read_through(eyes):
    """Return the words of every page."""
    page, words = eyes.frame.page, []
    for turned in range(page.pages):
        page.turned = turned
        page.draw()
        words.append(list(eyes.texts))
    return words


def test_a_long_article_is_dealt_on_pages_and_nothing_of_it_is_lost(eyes):
    eyes.show(article())
    pages = read_through(eyes)
    assert len(pages) > 1
    read = "".join("".join(page) for page in pages)
    for section in article().sections:
        assert section.heading in read
    assert read.count("到法定退休年龄") == 72
    assert "依据：《社会保险法》" in read


def test_the_primary_action_is_on_every_page_and_answers_with_its_key(eyes):
    eyes.show(article())
    for turned in range(eyes.frame.page.pages):
        eyes.frame.page.turned = turned
        eyes.frame.page.draw()
        assert eyes.button("现在就办").kind == "primary"
        assert eyes.button("打印小票").kind == "plain"
    eyes.look()
    eyes.touch("打印小票")
    assert eyes.answers == [(eyes.frame.question, "slip")]


def test_every_bundled_guide_is_read_in_at_most_four_pages(eyes):
    for guide in Library().guides("610200").values():
        sections = tuple(Section(heading, text) for heading, text in fields(guide, "610200"))
        page = ShowArticle(title=guide.item, sections=sections, actions=article().actions)
        eyes.frame.show(page, Preferences(elder=True))
        assert eyes.frame.page.pages <= 4, guide.item


@pytest.mark.parametrize("elder", [False, True])
def test_no_heading_stands_alone_at_the_foot_of_a_page(eyes, elder):
    eyes.show(article(), Preferences(elder=elder))
    for page in read_through(eyes):
        words = [text for text in page if text.startswith("第") and "页" not in text]
        assert not words[-1].endswith("部分")


def hundreds(count=500):
    return tuple(
        Option(str(place), f"事项{place}号", words=("密码忘了",) if place == 7 else ())
        for place in range(count)
    )


def test_letters_leave_what_they_spell_and_the_touched_one_is_the_answer(eyes):
    eyes.show(FindInList(title="办事指南", options=hundreds()))
    for letter in "MMWL":
        eyes.touch(letter)
    assert [text for text in eyes.texts if text.startswith("事项")] == ["事项7号"]
    eyes.touch("事项7号")
    assert eyes.answers == [(eyes.frame.question, "7")]


def test_of_five_hundred_only_what_is_seen_is_drawn(eyes):
    from screens.widgets.controls import Tile

    eyes.show(FindInList(title="办事指南", options=hundreds()))
    assert 0 < sum(isinstance(widget, Tile) for widget in eyes.frame.walk()) < 12
    assert eyes.frame.page.pages > 30


def test_groups_come_first_and_typing_looks_into_all_of_them(eyes):
    options = hundreds(20)
    groups = (
        ("社保卡", tuple(each.key for each in options[:10])),
        ("养老", tuple(each.key for each in options[10:])),
    )
    eyes.show(FindInList(title="办事指南", options=options, groups=groups))
    assert {"社保卡", "养老"} <= set(eyes.texts) and "事项1号" not in eyes.texts
    eyes.touch("养老")
    assert "事项10号" in eyes.texts and "事项1号" not in eyes.texts
    eyes.touch("全部分类")
    for letter in "MIMA":
        eyes.touch(letter)
    assert "事项7号" in eyes.texts


def test_who_finds_nothing_may_say_so_with_what_was_typed(eyes):
    eyes.show(FindInList(title="办事指南", options=hundreds(9), missing="没有我要找的"))
    assert "没有我要找的" not in eyes.texts
    for letter in "ZZ":
        eyes.touch(letter)
    eyes.touch("没有我要找的")
    assert eyes.answers == [(eyes.frame.question, NotListed("zz"))]


def test_what_was_typed_stays_when_the_manner_changes(eyes):
    question = FindInList(title="办事指南", options=hundreds(50))
    eyes.show(question)
    for letter in "MMW":
        eyes.touch(letter)
    eyes.show(question, Preferences(elder=True))
    assert "MMW" in eyes.texts and "事项7号" in eyes.texts
    eyes.touch("清除")
    assert "MMW" not in eyes.texts and "事项1号" in eyes.texts


def test_on_a_compact_panel_list_and_keys_take_turns(window):
    from tests.screens.conftest import Eyes

    eyes = Eyes(window, COMPACT)
    try:
        eyes.show(FindInList(title="办事指南", options=hundreds(30)))
        assert "事项0号" in eyes.texts
        eyes.touch("查找")
        for letter in "MMWL":
            while letter not in eyes.texts:
                eyes.touch("更多")
            eyes.touch(letter)
        eyes.touch("确定")
        assert [text for text in eyes.texts if text.startswith("事项")] == ["事项7号"]
    finally:
        window.remove_widget(eyes.frame)
