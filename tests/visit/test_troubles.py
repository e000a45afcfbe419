"""Trouble: a clear Chinese screen that says what to do next, and nothing lost."""

import pytest

WRONG = "000001"
COVER = "打印机盖子没有关好，暂时不能打印证明"
NO_CENTRE = "暂时连不上社保中心，请到窗口办理"


def test_a_wrong_pin_is_told_with_the_tries_left(kiosk):
    kiosk.reach_pin()
    [before] = [text for text in kiosk.window.texts if "还可以输入" in text]
    kiosk.window.enter_pin(WRONG)
    kiosk.window.wait_for("EnterPin", saying="密码不对")
    [after] = [text for text in kiosk.window.texts if "还可以输入" in text]
    assert after != before
    # and the right one still works
    kiosk.enter_pin_and_choose_months()
    kiosk.see("Finished", "证明已打印")


def spend_all_tries_but_one(kiosk):
    while kiosk.window.screen == "EnterPin":
        tries = next(text for text in kiosk.window.texts if "还可以输入" in text)
        kiosk.window.enter_pin(WRONG)
        kiosk.wait_for_change(tries, "EnterPin", "Confirm")


def test_the_last_try_is_warned_of_and_a_locked_pin_says_where_to_go(kiosk):
    kiosk.reach_pin("li-xiuying")
    spend_all_tries_but_one(kiosk)
    kiosk.see("Confirm", "只剩最后一次机会")
    kiosk.window.touch("我记得密码，继续输入")
    kiosk.window.wait_for("EnterPin")
    kiosk.window.enter_pin(WRONG)
    kiosk.see("Notice", "社保卡密码已锁定", "社保卡服务网点", "12333")


def test_at_the_last_try_a_citizen_may_stop(kiosk):
    kiosk.reach_pin("li-xiuying")
    spend_all_tries_but_one(kiosk)
    kiosk.window.touch("不试了，结束办理")
    kiosk.see("TakeCard")


def test_a_card_that_is_locked_already_is_told_at_once(kiosk):
    kiosk.reach_menu("zhou-qiang")
    kiosk.open_group("certificates")
    kiosk.see("Choose", "社保密码已锁定")
    kiosk.window.touch("打印参保证明")
    kiosk.go_home()
    kiosk.begin("查看社保卡信息")
    kiosk.see("ShowTable", "已锁定", "社保卡服务网点")


def test_a_card_put_in_the_wrong_way_round_is_drawn_and_explained(kiosk):
    kiosk.insert("wrong-way-round")
    kiosk.see("RefuseCard", "读不出这张卡", "芯片朝上")
    kiosk.leave()


def test_a_bank_card_is_told_apart(kiosk):
    kiosk.insert("bank-card")
    kiosk.see("RefuseCard", "这不是社会保障卡")
    kiosk.leave()


def test_a_card_pulled_in_the_middle_ends_the_service_and_says_so(kiosk):
    kiosk.reach_pin()
    kiosk.pull()
    kiosk.see("Notice", "卡已取出，业务没有办完", "请重新插入")


def test_a_card_pulled_while_printing_does_not_lose_the_print(kiosk):
    kiosk.print_certificate()
    kiosk.pull()
    kiosk.window.wait_for("Idle")
    assert kiosk.prints()[-1]["outcome"] == "done"


def test_without_paper_nothing_is_begun(kiosk):
    certificates = kiosk.central("certificates")
    kiosk.stack.tell_printer("paper", "out")
    kiosk.window.wait_for("Idle", saying="打印机缺纸")
    kiosk.reach_menu()
    kiosk.open_group("certificates")
    kiosk.see("Choose", "打印机缺纸，暂时不能打印证明")
    kiosk.window.touch("打印参保证明")
    kiosk.go_home()
    kiosk.begin("查看社保卡信息")
    kiosk.see("ShowTable")
    assert kiosk.central("certificates") == certificates


def test_paper_that_ends_while_printing_makes_the_print_uncertain_and_never_repeats_it(kiosk):
    tickets, prints = len(kiosk.stack.tickets()), len(kiosk.prints())
    kiosk.reach_pin()
    kiosk.stack.tell_printer("paper", "out", "60")
    kiosk.enter_pin_and_choose_months()
    kiosk.see("Choose", "没能确认证明是否打印完整")
    kiosk.stack.tell_printer("paper", "full")
    kiosk.window.touch("先不打了")
    kiosk.see("Notice", "证明没有打印好", "仍然有效")
    [uncertain] = kiosk.prints()[prints:]
    assert uncertain["outcome"] == "failed"  # the citizen has said so
    assert len(kiosk.stack.tickets()) <= tickets + 1  # what was on paper already is cut off, no second copy
    assert last_event(kiosk, "certificate.printed")["body"].count('"uncertain"')


def test_an_uncertain_print_is_repeated_when_the_citizen_asks_for_it_under_the_same_number(kiosk):
    prints = len(kiosk.prints())
    certificates = kiosk.central("certificates")
    kiosk.reach_pin()
    kiosk.stack.tell_printer("paper", "out", "60")
    kiosk.enter_pin_and_choose_months()
    kiosk.window.wait_for("Choose", saying="没能确认")
    kiosk.stack.tell_printer("paper", "full")
    kiosk.window.touch("没有打印好，再打一份")
    kiosk.see("Finished", "证明已打印")
    first, second = kiosk.prints()[prints:]
    assert (first["outcome"], second["outcome"]) == ("failed", "done")
    assert '"copy": 2' in second["intent"]
    assert kiosk.central("certificates") == certificates + 1


def test_a_kiosk_killed_while_printing_neither_forgets_nor_repeats(kiosk):
    tickets, prints = len(kiosk.stack.tickets()), len(kiosk.prints())
    kiosk.print_certificate()
    kiosk.wait_until(lambda: len(kiosk.prints()) == prints + 1)
    kiosk.stack.end("window", at_once=True)
    assert kiosk.prints()[-1]["outcome"] is None
    kiosk.pull()
    kiosk.stack.start_window()
    kiosk.window.wait_for("Idle")
    assert [row["outcome"] for row in kiosk.prints()[prints:]] == ["uncertain"]
    assert "kiosk-restarted" in last_event(kiosk, "certificate.printed")["body"]
    assert len(kiosk.stack.tickets()) <= tickets + 1

    # and the next visit of the card asks what became of it, and goes on with the same certificate
    certificates = kiosk.central("certificates")
    kiosk.reach_pin()
    kiosk.enter_pin_and_choose_months()
    kiosk.see("Choose", "没能确认证明是否打印完整")
    kiosk.window.touch("没有打印好，再打一份")
    kiosk.see("Finished", "证明已打印")
    first, second = kiosk.prints()[prints:]
    assert (first["outcome"], second["outcome"]) == ("failed", "done")
    assert kiosk.central("certificates") == certificates


def test_a_cover_that_is_opened_before_the_pin_is_entered_has_nothing_issued(kiosk):
    certificates = kiosk.central("certificates")
    kiosk.reach_pin()
    kiosk.stack.tell_printer("cover", "open")
    kiosk.enter_pin_and_choose_months()
    kiosk.see("Notice", "打印机盖子没有关好", "还没有办理")
    assert kiosk.central("certificates") == certificates


def test_a_cover_that_is_opened_while_the_menu_is_shown_greys_what_prints_until_it_is_closed(kiosk):
    kiosk.reach_menu()
    kiosk.open_group("certificates")
    kiosk.stack.tell_printer("cover", "open")
    kiosk.see("Choose", COVER)
    kiosk.window.touch("打印参保证明")
    kiosk.stack.tell_printer("cover", "closed")
    kiosk.wait_for_change(COVER, "Choose")
    kiosk.go_home()
    kiosk.begin("打印参保证明")
    kiosk.see("EnterPin")


def test_a_centre_that_goes_while_the_menu_is_shown_greys_what_needs_it_until_it_is_back(kiosk):
    kiosk.reach_menu()
    kiosk.stack.end("centre")
    try:
        kiosk.see("Home", NO_CENTRE)
        kiosk.begin("查看社保卡信息")
        kiosk.see("ShowTable")
        kiosk.window.touch("首页")
    finally:
        kiosk.stack.start_centre()
    kiosk.window.wait_for("Home")
    kiosk.wait_for_change(NO_CENTRE, "Home")
    kiosk.begin("打印参保证明")
    kiosk.see("EnterPin")


def test_a_centre_that_goes_after_the_service_was_chosen_refuses_it_with_a_number_to_call(kiosk):
    kiosk.reach_pin()
    kiosk.stack.end("centre")
    try:
        kiosk.enter_pin_and_choose_months()
        kiosk.see("Notice", "暂时连不上社保中心", "没有办理", "12333")
    finally:
        kiosk.stack.start_centre()


@pytest.fixture
def kiosk_with_a_broken_service(kiosk):
    kiosk.stack.end("window")
    kiosk.stack.start_window(program="tests.visit.window_with_broken_service")
    kiosk.window.wait_for("Idle")
    yield kiosk
    kiosk.pull()
    kiosk.stack.end("window")
    kiosk.stack.start_window()


def test_a_service_that_raises_shows_a_number_and_the_machine_returns_to_rest(kiosk_with_a_broken_service):
    kiosk = kiosk_with_a_broken_service
    kiosk.reach_menu()
    kiosk.begin("查看社保卡信息")
    kiosk.see("OutOfService", "暂时不能办理", "编号")
    kiosk.leave()
    # and the next citizen is served
    kiosk.reach_menu("ouyang-qing")


def test_staff_can_be_called_from_every_screen_and_the_centre_hears_of_it(kiosk):
    kiosk.reach_pin()
    kiosk.window.touch("呼叫工作人员")
    kiosk.window.wait_for("EnterPin", saying="已通知工作人员")
    kiosk.wait_until(lambda: '"service"' in last_event(kiosk, "staff.called")["body"])
    kiosk.leave()
    kiosk.window.touch("呼叫工作人员")
    kiosk.window.wait_for("Idle", saying="已通知工作人员")
    kiosk.wait_until(lambda: '"idle"' in last_event(kiosk, "staff.called")["body"])


def test_going_back_from_the_pin_leads_to_the_menu(kiosk):
    kiosk.reach_pin()
    kiosk.window.touch("返回")
    kiosk.see("Home", "王*国，您好")


def last_event(kiosk, kind):
    return kiosk.stack.records(f"SELECT * FROM outbox WHERE type = '{kind}' ORDER BY seq DESC LIMIT 1")[0]
