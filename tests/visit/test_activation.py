"""社保功能激活 and 修改社保密码 through the real window: done, refused, broken off, and finished the next time."""

import json
import sqlite3

import pytest

from hardware.simulator.control import tell
from tests.people import NEW_PIN, PINS

ZHAO, WANG = "zhao-min", "wang-jianguo"
INITIAL = "666666"
CHANGE = "805E0100"


class Citizen:
    """Somebody at the kiosk who activates a card or changes its PIN."""

    def __init__(self, kiosk):
        self.kiosk, self.window, self.stack = kiosk, kiosk.window, kiosk.stack
        self.first_row = max((row["id"] for row in kiosk.stack.records("SELECT id FROM journal")), default=0)

    def begin(self, service="社保功能激活", card=ZHAO):
        self.kiosk.reach_menu(card)
        self.kiosk.begin(service)

    def reach_new_pin(self, card=ZHAO):
        self.begin(card=card)
        self.window.wait_for("Confirm", saying="还可以试")
        self.window.touch("开始设置密码")
        self.window.wait_for("EnterPin", saying="请设置新密码")

    def enter(self, pin, title):
        self.window.wait_for("EnterPin", saying=title)
        self.window.enter_pin(pin)

    def choose_new_pin(self):
        self.enter(NEW_PIN, "请设置新密码")
        self.enter(NEW_PIN, "请再输入一次新密码")

    def break_off(self, fault, value):
        """Choose a new PIN, and let the card do ``fault`` when it is told to take it."""
        self.enter(NEW_PIN, "请设置新密码")
        self.window.wait_for("EnterPin", saying="请再输入一次新密码")
        for digit in NEW_PIN:
            self.window.touch(digit)
        tell(self.stack.folder / "card/control", "fault", fault, value)
        self.window.touch("确定")

    def put_in_again(self, card=ZHAO):
        tell(self.stack.folder / "card/control", "fault", "remove_after", "none")
        self.kiosk.leave()
        self.begin(card=card)

    def acts(self):
        return self.stack.records(
            f"SELECT * FROM journal WHERE effect = 'card.pin_change' AND id > {self.first_row} ORDER BY id"
        )

    def outcomes(self):
        return [row["outcome"] for row in self.acts()]

    def reports(self, kind):
        numbers = [f"{row['visit_id'][-8:].upper()}-{row['id']}" for row in self.acts()]
        bodies = [
            json.loads(row["body"])
            for row in self.stack.records(f"SELECT body FROM outbox WHERE type = '{kind}' ORDER BY seq")
        ]
        return [body for body in bodies if body["act"] in numbers]

    def changes_sent(self):
        return tell(self.stack.folder / "card/control", "headers").count(CHANGE)

    def state_at_the_centre(self, card_number="A10246007"):
        self.stack.wait_until_delivered()
        return self._centre("SELECT status FROM cards WHERE number = ?", card_number)[0][0]

    def set_state_at_the_centre(self, status, card_number="A10246007"):
        self._centre("UPDATE cards SET status = ?, activated_at = NULL WHERE number = ?", status, card_number)

    def _centre(self, sql, *parameters):
        with sqlite3.connect(self.stack.folder / "centre/central.db", timeout=30) as database:
            return database.execute(sql, parameters).fetchall()


@pytest.fixture
def citizen(kiosk):
    citizen = Citizen(kiosk)
    yield citizen
    kiosk.stack.wait_until_delivered()
    citizen.set_state_at_the_centre("not-activated")
    citizen.set_state_at_the_centre("normal", "A1024575X")


def test_a_new_card_is_activated_with_a_receipt_and_can_be_used_at_once(citizen):
    tickets = len(citizen.stack.tickets())
    citizen.begin()
    citizen.kiosk.see("Confirm", "激活社保功能", "还可以试 6 次")
    citizen.window.touch("开始设置密码")
    citizen.kiosk.see("EnterPin", "请设置新密码")
    citizen.choose_new_pin()
    citizen.kiosk.see("Finished", "社保功能已经激活", "请从出纸口取走回执")
    assert citizen.outcomes() == ["done"]
    assert len(citizen.stack.tickets()) == tickets + 1
    assert citizen.state_at_the_centre() == "normal"
    assert [body["resolved"] for body in citizen.reports("card.activated")] == [False]

    citizen.window.touch("继续办理其他业务")
    citizen.window.wait_for("Home")
    citizen.kiosk.begin("打印参保证明")
    citizen.enter(NEW_PIN, "请输入社保卡密码")
    citizen.kiosk.choose_months()
    citizen.kiosk.see("Finished", "证明已打印")


def test_a_pin_is_changed_after_the_old_one(citizen):
    citizen.begin("修改社保密码", WANG)
    citizen.kiosk.see("EnterPin", "请输入原密码", "还可以输入 6 次")
    citizen.window.enter_pin(PINS[WANG])
    citizen.choose_new_pin()
    citizen.kiosk.see("Finished", "社保密码已经修改", "请从出纸口取走回执")
    assert citizen.outcomes() == ["done"]
    assert len(citizen.reports("card.pin_changed")) == 1

    citizen.window.touch("继续办理其他业务")
    citizen.window.wait_for("Home")
    citizen.kiosk.begin("修改社保密码")
    citizen.enter(PINS[WANG], "请输入原密码")
    citizen.kiosk.see("EnterPin", "密码不对", "还可以输入 5 次")


@pytest.mark.parametrize("service", ["社保功能激活", "修改社保密码"])
def test_without_the_centre_no_pin_is_asked_for(citizen, service):
    citizen.kiosk.reach_menu(ZHAO)
    citizen.stack.end("centre")
    try:
        citizen.kiosk.see("Home", "暂时连不上社保中心，请到窗口办理")
        citizen.kiosk.open_group("card")
        citizen.window.touch(service)
        citizen.kiosk.go_home()
        citizen.window.touch("代别人办理")
        citizen.kiosk.see("Confirm", "您是替别人办理吗？")
    finally:
        citizen.stack.start_centre()
    assert citizen.outcomes() == []


def test_without_paper_the_act_is_done_and_nothing_else_is_needed(citizen):
    citizen.reach_new_pin()
    citizen.stack.tell_printer("paper", "out")
    citizen.choose_new_pin()
    citizen.kiosk.see("Finished", "社保功能已经激活", "回执没有打印", "不用再办")
    assert citizen.outcomes() == ["done"]


def test_a_card_pulled_before_it_took_the_pin_is_found_out_and_finished_the_next_time(citizen):
    citizen.reach_new_pin()
    citizen.break_off("remove_after", "0")
    citizen.kiosk.see("Notice", "不知道新密码有没有生效", "重新插入")
    assert citizen.outcomes() == ["uncertain"]

    citizen.put_in_again()
    citizen.kiosk.see("Notice", "上次设置密码没有办完", "还可以输入 6 次")
    citizen.window.touch("知道了，输入密码")
    citizen.enter(NEW_PIN, "请输入社保卡密码")
    citizen.kiosk.see("EnterPin", "密码不对", "还可以输入 5 次")
    citizen.window.enter_pin(INITIAL)
    citizen.kiosk.see("Confirm", "激活社保功能")
    citizen.window.touch("开始设置密码")
    citizen.choose_new_pin()
    citizen.kiosk.see("Finished", "社保功能已经激活")
    assert citizen.outcomes() == ["failed", "done"]
    assert citizen.state_at_the_centre() == "normal"
    assert len(citizen.reports("card.activated")) == len(citizen.reports("card.pin_unchanged")) == 1


def test_no_pin_is_left_in_any_log_row_or_screen(citizen):
    citizen.begin("修改社保密码", WANG)
    citizen.enter(PINS[WANG], "请输入原密码")
    citizen.enter(PINS[WANG], "请设置新密码")
    citizen.kiosk.see("EnterPin", "新密码不能和原密码一样")
    citizen.choose_new_pin()
    citizen.kiosk.see("Finished", "社保密码已经修改")
    citizen.stack.wait_until_delivered()
    told = [path.read_text(errors="replace") for path in citizen.stack.folder.glob("*.log")]
    told += [str(citizen.stack.records(f"SELECT * FROM {table}")) for table in ("journal", "outbox", "audit")]
    told += citizen.kiosk.shown
    assert not any(pin in text for text in told for pin in (NEW_PIN, PINS[WANG]))
