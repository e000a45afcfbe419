"""Invented questions for every page and every error state, to be looked at and to be measured."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.dialogue import (
    Choose,
    Confirm,
    EnterDigits,
    EnterPin,
    EnterText,
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
    Working,
)
from kiosk.menu import menu_question
from kiosk.periods import choose_period
from kiosk.troubles import PRINTER_PROBLEMS, locked_notice, notice_of, refusal_of
from kiosk.words import _

REGION = "610200"
TODAY = date(2026, 11, 22)
STEPS = (_("选时间"), _("输密码"), _("打印"))
NO_CENTRE = _("暂时连不上社保中心")
OPTIONS = menu_question("").options


@dataclass(frozen=True)
class Shot:
    """One picture of the gallery: a question, what was touched on it, and whether it is done for another person."""

    name: str
    question: Question
    touches: tuple[str, ...] = ()
    on_behalf: bool = False
    staff_called: bool = False
    settings: bool = False


def shots() -> Iterator[Shot]:
    """Return every picture: each question as it is met in a visit, then each trouble."""
    yield from _visit()
    yield from (Shot(f"trouble-{name}", notice) for name, notice in notices().items())
    yield from (Shot(f"refused-{name}", page) for name, page in refusals().items())


def _visit() -> Iterator[Shot]:
    yield Shot("idle", idle())
    yield Shot("idle-troubled", idle(why_not=NO_CENTRE, troubles=_troubles()))
    yield Shot(
        "reading", Working(title="正在读卡", text="请不要拔出社会保障卡。", picture=Picture.INSERT_CARD)
    )
    menu = menu_question("王*国，您好")
    yield Shot("menu", Choose(title=menu.title, text=menu.text, options=OPTIONS, home=True, search=True))
    yield Shot("menu-partly", _partly())
    yield Shot("choose-two", _two(), on_behalf=True)
    yield Shot("choose-period", choose_period(TODAY))
    yield from _entries()
    yield Shot("confirm", _last_try())
    yield Shot("confirm-on-behalf", _read_back(), on_behalf=True)
    yield Shot("table", _card())
    yield Shot("table-long", _months())
    yield Shot("working", Working(title="正在打印", text="请稍候，不要离开。", steps=STEPS, step=2))
    yield Shot("finished", _finished())
    yield Shot("take-card", TakeCard(title="请取回您的社会保障卡", text="请带好卡和打印的材料，再见。"))
    rated = TakeCard(title="请取回您的社会保障卡", text="请带好卡和打印的材料，再见。", rating=True)
    yield Shot("take-card-rating", rated)
    yield Shot("take-card-rated", rated, touches=("满意",))
    yield Shot(
        "still-there", StillThere(title="您还在吗？", text="需要更多时间，请点下面的按钮。", seconds=30)
    )
    yield Shot("staff-called", _two(), staff_called=True)
    yield Shot("settings", _two(), settings=True)
    yield Shot("out-of-service", _out_of_service())
    yield Shot("card-pulled", _pulled())


def _entries() -> Iterator[Shot]:
    pin = EnterPin(title="请输入社保卡密码", text="还可以输入 3 次", steps=STEPS, step=1)
    yield Shot("pin", pin, touches=("2", "5", "8"))
    wrong = EnterPin(
        title=pin.title, text="还可以输入 2 次", problem="密码不对，请重新输入", steps=STEPS, step=1
    )
    yield Shot("pin-wrong", wrong)
    new = "6位数字。不要用生日、身份证号码后几位、连着的或相同的数字。"
    yield Shot("pin-new", EnterPin(title="请设置新密码", text=new, problem="两次输入的不一样，请重新设置。"))
    text = EnterText(title="您想办什么？", text="用拼音写出您要办的事，比如“养老金”。")
    yield Shot("text", text)
    yield Shot("text-pinyin", text, touches=tuple("SHEBAO"))
    identity = EnterDigits(
        title="请输入代办人的身份证号码",
        text="18位，最后一位可能是X。",
        shortest=18,
        longest=18,
        may_end_in_x=True,
    )
    yield Shot("digits", identity, touches=tuple("99999919750317"), on_behalf=True)
    yield Shot("digits-empty", identity)
    phone = EnterDigits(
        title="请输入手机号码", shortest=11, longest=11, private=True, problem="号码少了一位，请看一看"
    )
    yield Shot("digits-private", phone, touches=tuple("1390000"))


def idle(why_not: str = "", troubles: tuple[str, ...] = ()) -> Idle:
    """Return the page between visits; ``why_not`` holds for all that needs the centre or the printer."""
    services = tuple(
        Option(option.key, option.label, why_not="" if option.key == "card-information" else why_not)
        for option in OPTIONS
    )
    return Idle(
        title="您好，请插入社会保障卡",
        text="芯片朝上、朝里。插好以后，屏幕会一步一步告诉您怎么做。",
        services=services,
        troubles=troubles,
    )


def _troubles() -> tuple[str, ...]:
    problem = next(iter(PRINTER_PROBLEMS.values()))
    return (f"{problem}，暂时不能打印证明", "读卡器暂停使用，请到窗口办理")


def _partly() -> Choose:
    options = tuple(
        Option(o.key, o.label, o.hint, why_not=f"{NO_CENTRE}，请稍后再来" if place % 3 else "")
        for place, o in enumerate(OPTIONS)
    )
    return Choose(title="李*英，您好", text="请选择您要办理的业务", options=options, home=True)


def _two() -> Choose:
    options = (
        Option("24", "最近24个月", "一般单位、学校都要这个"),
        Option("12", "最近12个月", "纸短一些"),
    )
    return Choose(
        title="要打印多长时间的？", text="证明会写明每个月的参保情况。", options=options, steps=STEPS
    )


def _last_try() -> Confirm:
    return Confirm(
        title="只剩最后一次机会",
        text="再输错一次，社保卡密码就会被锁住。如果不确定密码，请先不要试，可以到窗口重置密码。",
        yes="我记得密码，继续输入",
        no="不试了，结束办理",
    )


def _read_back() -> Confirm:
    return Confirm(
        title="请核对",
        text="您要替王*国打印最近24个月的参保证明，打印1份，共1页。打印好以后，请从右下方出纸口取走。",
        yes="对，打印",
        no="不对，改一改",
        steps=STEPS,
        step=1,
    )


def _card() -> ShowTable:
    rows = (
        ("姓名", "欧*晴"),
        ("卡号", "A1****996"),
        ("发卡日期", "2024-05-06"),
        ("有效期至", "2034-05-06"),
        ("社保密码", "正常，还可以输入 6 次"),
    )
    return ShowTable(
        title="社保卡信息", text="以下是您卡上记录的信息。", rows=rows, source="来源：您的社保卡"
    )


def _months() -> ShowTable:
    rows = tuple(
        (
            f"{2025 + month // 12}年{month % 12 + 1}月",
            "缴费基数 4,188.00 元，铜川市耀州区石柱镇某某建材有限公司",
        )
        for month in range(24)
    )
    source = "来源：陕西省社会保险信息系统，2026年11月20日的数据"
    return ShowTable(title="最近24个月的缴费", text="共24个月，没有中断。", rows=rows, source=source)


def _finished() -> Finished:
    return Finished(
        title="证明已打印",
        text="请从出纸口取走证明。编号 61020020261122000017，有效期至 2027-02-22。",
        picture=Picture.TAKE_PAPER,
        steps=STEPS,
        step=2,
    )


def _out_of_service() -> OutOfService:
    return OutOfService(
        title="抱歉，本机暂时不能办理",
        text="刚才的业务没有办完，没有重复办理。请取回您的卡，把下面的编号告诉工作人员。",
        number="402917",
    )


def _pulled() -> Notice:
    return Notice(
        title="卡已取出，业务没有办完",
        text="没有重复办理，也没有信息丢失。如需继续，请重新插入社会保障卡。",
        picture=Picture.INSERT_CARD,
    )


# Troubles: one of each kind that kiosk.troubles has words for.

SAMPLES: dict[str, Callable[[Any], Exception]] = {
    "CertificateNotHandedOver": lambda kind: kind("61020020261122000017"),
    "CentralRefused": lambda kind: kind("not-insured", "没有查到您在本省的参保记录，请到窗口核对。"),
    "CentralUnreachable": lambda kind: kind("no answer"),
    "NotPermitted": lambda kind: kind("您的卡正在挂失，请先到窗口办理解挂。"),
    "NotInitialPin": lambda kind: kind(4),
    "InvalidPin": lambda kind: kind(2),
    "AuthenticationRequired": lambda kind: kind("name"),
    "AuthenticationFailed": lambda kind: kind(3),
    "CardUnreadable": lambda kind: kind("name"),
    "PinRejected": lambda kind: kind(0x6A80),
}
"""How to make a trouble whose kind wants to be told something; all others want nothing."""


def _sample(kind: type[Exception]) -> Exception:
    return SAMPLES.get(kind.__name__, lambda kind: kind())(kind)


def notices() -> dict[str, Notice]:
    """Return the notice of every kind of trouble that can end a service, and of every problem of the printer."""
    found = {"locked": locked_notice(REGION)}
    for kind in notice_of.registry:
        if kind.__name__ == "PrinterNotReady":
            found |= {f"printer-{problem}": notice_of(kind(problem)) for problem in PRINTER_PROBLEMS}
        elif kind not in (object, Exception):
            found[kind.__name__] = notice_of(_sample(kind))
    return found


def refusals() -> dict[str, RefuseCard]:
    """Return the page of every kind of card that cannot be used, each page once."""
    card_error = next(kind for kind in notice_of.registry if kind.__name__ == "CardError")
    pages = {kind.__name__: refusal_of(_sample(kind)) for kind in card_error.__subclasses__()}
    return {
        name: page
        for place, (name, page) in enumerate(pages.items())
        if page not in list(pages.values())[:place]
    }
