"""The visit: a card goes in, a certificate comes out, and the centre has it exactly once."""

from datetime import date

import zxingcpp
from PIL import Image

from tests.central.centre import HTTP
from tests.people import PINS


def test_a_citizen_leaves_with_a_certificate_that_the_centre_has_exactly_once(kiosk):
    window, stack = kiosk.window, kiosk.stack
    certificates, events = kiosk.central("certificates"), kiosk.central("events")
    tickets = len(stack.tickets())

    # Given a kiosk at rest, when a citizen puts in a card
    kiosk.see("Idle", "请选择要办的事，或直接插卡")
    kiosk.insert()
    # then the kiosk greets the holder by masked name
    kiosk.see("Home", "王*国，您好", "打印参保证明")

    # when the citizen asks for the certificate and enters the PIN
    kiosk.begin("打印参保证明")
    kiosk.see("EnterPin", "还可以输入")
    kiosk.enter_pin_and_choose_months()
    # then it is printed, and confirmed by the printer
    kiosk.see("Finished", "证明已打印")
    assert kiosk.prints()[-1]["outcome"] == "done"
    assert len(stack.tickets()) == tickets + 1

    # and when the citizen ends the visit and takes the card, the kiosk is at rest again
    window.touch("办完了，取卡")
    kiosk.see("TakeCard", "请取回您的社会保障卡")
    kiosk.pull()
    kiosk.see("Idle")

    # and the centre has one more certificate, and heard of its print once
    assert kiosk.central("certificates") == certificates + 1
    assert kiosk.central("events") == events + 1

    # and what the QR code on the paper leads to says what the certificate says
    qr = zxingcpp.read_barcode(Image.open(stack.tickets()[-1])).text
    page = HTTP.get(qr.partition("#")[0]).text
    assert "社会保险参保证明" in page
    assert "王*国" in page
    assert "王建国" not in page


def test_a_second_certificate_in_one_visit_needs_no_second_pin(kiosk):
    kiosk.print_certificate()
    kiosk.window.wait_for("Finished")
    kiosk.window.touch("继续办理其他业务")
    kiosk.window.wait_for("Home")
    kiosk.begin("打印参保证明")
    kiosk.choose_months()
    kiosk.window.wait_for("Working", saying="正在打印")
    kiosk.window.wait_for("Finished")


def test_the_holder_sees_what_the_card_says_masked(kiosk):
    kiosk.reach_menu("ouyang-qing")
    kiosk.begin("查看社保卡信息")
    kiosk.see("ShowTable", "欧*晴", "A1****996")


def test_a_pensioner_prints_the_pension_and_who_has_none_is_told_so(kiosk):
    tickets = len(kiosk.stack.tickets())
    kiosk.reach_menu("li-xiuying")
    kiosk.begin("打印待遇领取证明")
    kiosk.window.wait_for("EnterPin")
    kiosk.window.enter_pin(PINS["li-xiuying"])
    kiosk.see("Finished", "证明已打印")
    paper = zxingcpp.read_barcode(Image.open(kiosk.stack.tickets()[tickets]))
    assert "养老保险待遇领取证明" in HTTP.get(paper.text.partition("#")[0]).text
    kiosk.leave()

    kiosk.reach_menu("wang-jianguo")
    kiosk.begin("打印待遇领取证明")
    kiosk.window.wait_for("EnterPin")
    kiosk.window.enter_pin(PINS["wang-jianguo"])
    kiosk.see("Notice", "没有查到您领取养老待遇的记录")
    assert len(kiosk.stack.tickets()) == tickets + 1


def test_the_record_of_a_chosen_year_is_printed(kiosk):
    kiosk.reach_menu()
    kiosk.begin("打印权益记录单")
    kiosk.window.wait_for("EnterPin")
    kiosk.window.enter_pin(PINS["wang-jianguo"])
    kiosk.window.wait_for("Choose", saying="请选择年份")
    kiosk.window.touch(f"{date.today().year - 1}年")
    kiosk.see("Finished", "证明已打印")
