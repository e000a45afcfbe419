"""社保功能激活 and 修改社保密码: what is refused, warned of and explained. Real card, centre and printer; no window."""

import json
import re

import pytest

from central.store import tables as models
from hardware.simulator.personalisation import CARDS
from tests.people import NEW_PIN, PINS
from tests.visit.windowless import Blow, Plan

INITIAL = "666666"
ACTIVATE = Plan("activate-card")


@pytest.fixture
def special_card(branch):
    """Bring Zhao's card with another PIN, or fewer tries left."""

    def bring(pin, left):
        about = (CARDS / "zhao-min.toml").read_text().partition("[pin]")[0]
        path = branch.folder / "card.toml"
        path.write_text(f'{about}[pin]\nvalue = "{pin}"\ntries = 6\nleft = {left}\n')
        branch.bring(str(path))

    return bring


def saw(shown, kind, *words):
    return any(page.kind == kind and all(word in page.words for word in words) for page in shown)


def asked_for_a_pin(shown):
    return any(page.kind == "EnterPin" for page in shown)


def acts(branch):
    return branch.rows("SELECT * FROM journal WHERE effect = 'card.pin_change' ORDER BY id")


def test_a_card_that_is_activated_already_is_good_news(branch):
    branch.bring("wang-jianguo")
    shown = branch.visit(ACTIVATE)
    assert saw(shown, "Notice", "您的社保功能已经激活，可以直接使用")
    assert acts(branch) == [] and not asked_for_a_pin(shown)


def test_a_card_that_is_not_activated_is_sent_to_activation_before_its_pin_is_changed(branch):
    branch.bring("zhao-min")
    shown = branch.visit(Plan("change-pin"))
    assert saw(shown, "Notice", "请先激活社保功能")
    assert not asked_for_a_pin(shown)


@pytest.mark.parametrize("service", ["activate-card", "change-pin"])
@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("lost-oral", ("口头挂失", "解除挂失", "社保卡服务网点")),
        ("lost-formal", ("正式挂失", "发卡银行补卡")),
        ("cancelled", ("已注销", "到窗口询问")),
    ],
)
def test_a_lost_or_cancelled_card_is_refused_and_told_what_to_do(branch, service, state, words):
    branch.bring("zhao-min")
    branch.set_card_state(state)
    shown = branch.visit(Plan(service))
    assert saw(shown, "Notice", *words)
    assert not asked_for_a_pin(shown)


def test_a_card_of_nobody_is_refused_in_the_words_of_the_centre(branch):
    branch.bring("zhao-min")
    branch.forget_card()
    assert saw(branch.visit(ACTIVATE), "Notice", "社保中心没有受理", "没有查到这张社保卡，业务没有办理")


def test_without_the_centre_no_pin_is_asked_for(branch):
    branch.bring("wang-jianguo")
    shown = branch.visit(Plan("change-pin"), Blow("centre", "ask the centre", "before"))
    assert saw(shown, "Notice", "暂时连不上社保中心", "没有办理")
    assert not asked_for_a_pin(shown)
    branch.restore_centre()


def test_weak_pins_and_unequal_ones_are_refused_in_the_words_of_the_rules(branch):
    branch.bring("wang-jianguo")
    refused = {
        PINS["wang-jianguo"]: "新密码不能和原密码一样",
        INITIAL: "新密码不能用初始密码",
        "234567": "密码不能是连着的数字",
        "888888": "密码不能是6个相同的数字",
        "750317": "密码不能用您的生日",
        "170619": "密码不能用身份证号码的后几位",
    }
    plan = Plan(
        "change-pin",
        known=(PINS["wang-jianguo"],),
        new=(*refused, NEW_PIN, NEW_PIN),
        again=("394029", NEW_PIN),
    )
    shown = branch.visit(plan)
    asked = [page.words for page in shown if "请设置新密码" in page.words]
    for words, page in zip([*refused.values(), "两次输入的不一样"], asked[1:], strict=True):
        assert words in page
    assert saw(shown, "Finished", "社保密码已经修改")
    assert branch.changes_sent() == 1


def test_the_tries_left_are_shown_before_and_after(branch):
    branch.bring("wang-jianguo")
    shown = branch.visit(Plan("change-pin", known=("481516", "481517", PINS["wang-jianguo"])))
    asked = [page.words for page in shown if "请输入原密码" in page.words]
    assert [re.search(r"还可以输入 (\d) 次", words)[1] for words in asked] == ["6", "5", "4"]
    assert saw(shown, "Finished", "输错密码最多可以试 6 次")


def test_a_card_with_another_pin_than_the_initial_one_is_left_as_it_is(branch, special_card):
    special_card("481516", 6)
    shown = branch.visit(ACTIVATE)
    assert saw(shown, "Notice", "已经不是初始密码", "密码没有改变，还可以输入 5 次")
    [act] = acts(branch)
    assert act["outcome"] == "failed"
    assert json.loads(act["details"])["tries_left"] == 5
    branch.deliver()
    assert {row.type for row in branch.centre.rows(models.events)}.isdisjoint({"card.activated"})


def test_before_the_last_try_the_citizen_may_stop(branch, special_card):
    special_card("481516", 1)
    shown = branch.visit(Plan("activate-card", yes=False))
    assert saw(shown, "Confirm", "现在还可以试 1 次", "只剩最后一次机会")
    assert branch.changes_sent() == 0


def test_a_last_try_that_the_citizen_wants_locks_the_card_and_tells_the_place_that_helps(
    branch, special_card
):
    special_card("481516", 1)
    shown = branch.visit(ACTIVATE)
    assert saw(shown, "Notice", "社保卡密码已锁定", "社保卡服务网点")
    assert [act["outcome"] for act in acts(branch)] == ["failed"]


def test_a_locked_card_is_told_the_place_that_helps_before_anything_is_entered(branch, special_card):
    special_card(INITIAL, 0)
    shown = branch.visit(ACTIVATE)
    assert saw(shown, "Notice", "这项业务现在不能办", "密码已锁定", "社保卡服务网点")
    assert not asked_for_a_pin(shown)


def test_the_number_on_the_screen_finds_the_act_in_the_journal_and_at_the_centre(branch):
    branch.bring("zhao-min")
    shown = branch.visit(ACTIVATE)
    [finished] = [page.words for page in shown if page.kind == "Finished"]
    number = re.search(r"办理编号 (\S+)。", finished)[1]
    [act] = acts(branch)
    assert number == f"{act['visit_id'][-8:].upper()}-{act['id']}"
    branch.deliver()
    [event] = [row for row in branch.centre.rows(models.events) if row.type == "card.activated"]
    assert json.loads(event.content)["body"]["act"] == number


def test_a_receipt_that_may_not_be_whole_leaves_the_act_done(branch):
    branch.bring("zhao-min")
    branch.printer.at(400, "paper", "out")
    shown = branch.visit(ACTIVATE)
    assert saw(shown, "Finished", "社保功能已经激活", "回执可能没有打印完整", "不用再办")
    assert [act["outcome"] for act in acts(branch)] == ["done"]


def test_any_service_that_wants_the_pin_resolves_what_was_not_finished(branch):
    branch.bring("wang-jianguo")
    garbled = Blow("garble the answer", "change the PIN", "before")
    branch.visit(Plan("change-pin", known=(PINS["wang-jianguo"],)), garbled)
    branch.put_back()
    shown = branch.visit(Plan("print-participation-certificate", known=(NEW_PIN,)))
    assert saw(shown, "Notice", "上次设置密码没有办完", "还可以输入 6 次")
    assert saw(shown, "Confirm", "是上次要设置的新密码吗")
    assert saw(shown, "Finished", "证明已打印")
    assert [act["outcome"] for act in acts(branch)] == ["done"]


def test_before_the_last_try_to_find_out_the_citizen_may_stop(branch):
    branch.bring("wang-jianguo")
    branch.visit(
        Plan("change-pin", known=(PINS["wang-jianguo"],)),
        Blow("pull in answering", "change the PIN", "before"),
    )
    branch.put_back()
    shown = branch.visit(Plan("change-pin", known=(NEW_PIN,) * 6, yes=False))
    assert saw(shown, "Confirm", "只剩最后一次机会")
    assert [act["outcome"] for act in acts(branch)] == ["uncertain"]


def test_a_card_that_is_pulled_between_the_pin_and_its_check_is_told(branch):
    branch.bring("wang-jianguo")
    plan = Plan("print-participation-certificate", known=(PINS["wang-jianguo"],))
    shown = branch.visit(plan, Blow("pull", "verify the PIN", "before"))
    assert saw(shown, "Notice", "卡已取出，业务没有办完", "没有信息丢失")
    assert not saw(shown, "Notice", "读卡")


@pytest.mark.parametrize("step", ["verify the PIN", "ask the centre"])
def test_a_reader_service_that_stops_is_told_as_trouble_of_the_reader(branch, step):
    branch.bring("wang-jianguo")
    stopped = Blow("stop the reader service", step, "before")
    try:
        shown = branch.visit(Plan("change-pin", known=(PINS["wang-jianguo"],)), stopped)
    finally:
        branch.restore_reader_service()
    assert saw(shown, "Notice", "读卡器出了问题，业务没有办完", "您的卡没有问题")
    assert not any("卡已取出" in page.words for page in shown)
    assert acts(branch) == []
