"""Invented questions for every page and every error state, to be looked at and to be measured."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

from kiosk.attendant.citizen_visit import TAKE_PERHAPS_DONE
from kiosk.attendant.error_notices import (
    CARD_PULLED,
    READER_LOST,
    locked_notice,
    notice_of,
    refusal_of,
)
from kiosk.attendant.idle import idle_page
from kiosk.attendant.service_selection import FOR_WHOM, LOOK_FOR, OFFER_ELDER
from kiosk.credentials.card_proof import CardNotProvenError
from kiosk.credentials.presenting import require_credential
from kiosk.dialogue.periods import choose_period
from kiosk.dialogue.preferences import Preferences
from kiosk.dialogue.questions import (
    AwaitReply,
    Confirm,
    EnterDate,
    EnterDigits,
    EnterMonth,
    EnterPin,
    Finished,
    Idle,
    InactivityWarning,
    Notice,
    OutOfService,
    Picture,
    Question,
    RefuseCard,
    ShowTable,
    TakeCard,
    Working,
)
from kiosk.dialogue.words import TranslatableText
from kiosk.menu.availability import NO_CENTRE, NO_ID_CARD_READER, availabilities, best_conditions
from kiosk.menu.introduction import introduction
from kiosk.menu.menu import Offer, group_question, home_question, menu, offered
from kiosk.paper import issuing
from kiosk.paper.printer_words import PRINTER_PROBLEMS
from kiosk.services.certificates.print_participation_certificate import SPAN
from kiosk.services.certificates.verify_certificate import ASK_FOR_CODE
from kiosk.services.guides.unanswered import NOTHING_FOUND
from kiosk.services.service import services
from kiosk.visit.person import Credential
from kiosk.visit.visit import Visit, VisitState
from screens.gallery.reading import article, find_in_list
from screens.pages.entry import ENTER
from screens.pages.find import LOOK_FOR as LOOK_FOR_OPTION
from screens.pages.introduced import BEGIN

REGION = "610200"
TODAY = date(2026, 11, 22)
STEPS = (TranslatableText("核实身份"), TranslatableText("选择月份"), TranslatableText("打印证明"))
WUHAN = "420100"
"""A region that has much done elsewhere."""
NAMED = TranslatableText("{name}，您好", name="王*国")


@dataclass(frozen=True)
class Shot:
    """One picture of the gallery: a question, what was touched on it, and the state of the visit."""

    name: str
    question: Question
    touches: tuple[str, ...] = ()
    on_behalf: bool = False
    staff_called: bool = False
    settings: bool = False


def shots(manner: Preferences) -> Iterator[Shot]:
    """Return every picture in ``manner``: each question as it is met in a visit, then each trouble."""
    yield from _begin(manner)
    yield from _choices(manner)
    yield from _entries()
    yield from _answers()
    yield from _ends()
    yield from (Shot(f"trouble-{name}", notice) for name, notice in notices().items())
    yield from (Shot(f"refused-{name}", page) for name, page in refusals().items())


def _begin(manner: Preferences) -> Iterator[Shot]:
    yield from _idle_pages()
    reading = TranslatableText("正在读卡"), TranslatableText("请不要拔出社会保障卡。")
    yield Shot("reading", Working(title=reading[0], text=reading[1], picture=Picture.INSERT_CARD))
    yield Shot("offer-elder", OFFER_ELDER)
    first, offer = menu().services[:3], offered_in(REGION)
    yield Shot("home", home_question(NAMED, offer, manner, suggested=first))
    without_centre = offered_in(REGION, NO_CENTRE)
    partly = home_question(NAMED, without_centre, manner, suggested=first, troubles=(NO_CENTRE,))
    yield Shot("home-partly", partly)
    yield Shot("home-nobody", home_question(TranslatableText("您好"), offer, manner, has_holder=False))
    for group in (group for group, listed in menu().groups.items() if listed):
        yield Shot(f"group-{group.name}", group_question(group, offer))
    certificates, card = (
        next(each for each in menu().groups if each.name == name) for name in ("certificates", "card")
    )
    yield Shot("group-partly", group_question(certificates, without_centre))
    yield Shot("group-elsewhere", group_question(card, offered_in(WUHAN)))
    service = services()["print-contributions-certificate"]
    yield Shot("introduction", introduction(service, "12333", has_shown=True, asks_pin=True))
    yield Shot("introduction-unavailable", introduction(service, "12333", NO_CENTRE))
    yield Shot("for-whom", FOR_WHOM)
    yield Shot("present-credential", _present_credential())
    yield Shot("nothing-found", NOTHING_FOUND)


def _present_credential() -> Question:
    visit = SimpleNamespace(
        state=VisitState,
        missing_credential=lambda each: NO_ID_CARD_READER if each is Credential.ID_CARD else "",
    )
    accepted = frozenset({Credential.CARD, Credential.ID_CARD, Credential.E_CARD})
    return next(require_credential(cast("Visit", visit), accepted))


def offered_in(region: str, unavailable_reason: str = "") -> Offer:
    """Return what offers services in ``region``; ``unavailable_reason`` holds for all that needs the centre."""
    now = replace(best_conditions(region), is_centre_reachable=not unavailable_reason)
    return lambda listed: offered(listed, availabilities(now))


def _choices(manner: Preferences) -> Iterator[Shot]:
    span = replace(SPAN, steps=STEPS, step=1)
    yield Shot("choose-two", span, on_behalf=True)
    yield Shot("choose-period", choose_period(TODAY))
    yield Shot("find-groups", find_in_list(groups=True))
    yield Shot("find-list", find_in_list(groups=False))
    yield Shot("find-typed", find_in_list(groups=False), touches=(LOOK_FOR_OPTION, *"CB", ENTER))
    yield Shot("find-nothing", find_in_list(groups=True), touches=(LOOK_FOR_OPTION, *"ZZ", ENTER))
    yield Shot("find-keys", find_in_list(groups=True), touches=(LOOK_FOR_OPTION, "C"))
    yield Shot("staff-called", span, staff_called=True)
    yield Shot("settings", span, settings=True)


def _entries() -> Iterator[Shot]:
    left = TranslatableText("还可以输入 {left} 次", left=3)
    pin = EnterPin(title=TranslatableText("请输入社保卡密码"), text=left, steps=STEPS)
    yield Shot("pin", pin, touches=("2", "5", "8"))
    left, problem = TranslatableText("还可以输入 {left} 次", left=2), TranslatableText("密码不对，请重新输入")
    yield Shot("pin-wrong", replace(pin, text=left, problem=problem))
    text = TranslatableText("6位数字。不要用生日、身份证号码后几位、连着的或相同的数字。")
    problem = TranslatableText("两次输入的不一样，请重新设置。")
    yield Shot("pin-new", EnterPin(title=TranslatableText("请设置新密码"), text=text, problem=problem))
    yield Shot("text", LOOK_FOR)
    yield Shot("text-pinyin", LOOK_FOR, touches=(BEGIN, *"SHEBAO"))
    identity = EnterDigits(
        title=TranslatableText("请输入身份证号码"),
        text=TranslatableText("18位，最后一位可能是X。"),
        shortest=18,
        longest=18,
        may_end_in_x=True,
    )
    yield Shot("digits-empty", identity)
    yield Shot("digits", identity, touches=(BEGIN, *"99999919750317"), on_behalf=True)
    phone = EnterDigits(title=TranslatableText("请输入手机号码"), shortest=11, longest=11, private=True)
    yield Shot("digits-private", phone, touches=(BEGIN, *"1390000"))
    yield Shot("code", ASK_FOR_CODE, touches=(BEGIN, *"7K3M9PQR"))
    problem = TranslatableText("这不是本系统证明的二维码。请扫描证明上的二维码，或输入校验码。")
    yield Shot("code-problem", replace(ASK_FOR_CODE, problem=problem))
    yield from _calendar()


def _calendar() -> Iterator[Shot]:
    birth = EnterMonth(
        title=TranslatableText("您是哪年哪月出生的？"),
        text=TranslatableText("请按身份证上的出生日期选。"),
        first=date(1930, 1, 1),
        last=date(2010, 12, 1),
        value=date(1976, 9, 1),
    )
    yield Shot("month", birth, touches=(BEGIN,))
    yield Shot("month-chosen", birth, touches=(BEGIN, "196_", "1966", "12"))
    died = EnterDate(
        title=TranslatableText("是哪一天去世的？"),
        text=TranslatableText("请按医学证明上的日期选。"),
        first=date(2011, 7, 1),
        last=TODAY,
        value=TODAY,
    )
    yield Shot("date", died, touches=(BEGIN,))
    yield Shot("date-days", died, touches=(BEGIN, "202_", "2025", "12"))
    yield Shot("date-chosen", died, touches=(BEGIN, "202_", "2025", "12", "20", "28"))


ALL_WELL = best_conditions(REGION)
DEVICES, PAPER = type(ALL_WELL.reader), type(ALL_WELL.printer.paper)
"""The states of a device and of paper."""
NOTICES = (TranslatableText("12月1日起，缴费证明可以打印最近60个月"),)


def idle() -> Idle:
    """Return the page between visits of a kiosk that nothing ails."""
    return idle_page(ALL_WELL)


def _idle_pages() -> Iterator[Shot]:
    yield Shot("idle", idle())
    yield Shot("idle-notice", idle_page(ALL_WELL, NOTICES))
    out_of_paper = replace(ALL_WELL.printer, paper=PAPER.OUT)
    yield Shot("idle-no-paper", idle_page(replace(ALL_WELL, printer=out_of_paper)))
    yield Shot("idle-no-reader", idle_page(replace(ALL_WELL, reader=DEVICES.NO_DEVICE)))
    yield Shot(
        "idle-troubled",
        idle_page(
            replace(ALL_WELL, printer=out_of_paper, reader=DEVICES.NO_DEVICE, is_centre_reachable=False)
        ),
    )


def _answers() -> Iterator[Shot]:
    last = Confirm(
        title=TranslatableText("只剩最后一次机会"),
        text=TranslatableText(
            "再输错一次，社保卡密码就会被锁住。如果不确定密码，请先不要试，可以到窗口重置密码。"
        ),
        yes=TranslatableText("我记得密码，继续输入"),
        no=TranslatableText("不试了，结束办理"),
    )
    yield Shot("confirm", last)
    read_back = Confirm(
        title=TranslatableText("请您核对"),
        text=TranslatableText("您要打印最近{months}个月的参保证明。", months="24"),
        yes=TranslatableText("对，办理"),
        no=TranslatableText("不对，返回"),
        steps=STEPS,
        step=2,
    )
    yield Shot("confirm-on-behalf", read_back, on_behalf=True)
    yield Shot("table", _card())
    yield Shot("table-long", _months())
    yield Shot("article", article())
    yield Shot("article-plain", replace(article(), sections=article().sections[1:], actions=(), source=""))


def _card() -> ShowTable:
    rows = (
        (TranslatableText("姓名"), "欧*晴"),
        (TranslatableText("卡号"), "A1****996"),
        (TranslatableText("发卡日期"), "2024-05-06"),
        (TranslatableText("有效期至"), "2034-05-06"),
        (TranslatableText("社保密码"), TranslatableText("正常，还可以输入 {left} 次", left=6)),
    )
    return ShowTable(
        title=TranslatableText("社保卡信息"), text=TranslatableText("以下是您卡上记录的信息。"), rows=rows
    )


def _months() -> ShowTable:
    rows = tuple(
        (f"{2024 + month // 12}-{month % 12 + 1:02}", "4,188.00  铜川市耀州区某某镇综合服务有限责任公司")
        for month in range(24)
    )
    source = TranslatableText("来源：陕西省社会保险信息系统，2026年11月20日的数据")
    return ShowTable(title=TranslatableText("最近24个月"), rows=rows, source=source)


def _ends() -> Iterator[Shot]:
    text = TranslatableText("请稍候，打印完成前请不要离开，也不要拉扯纸张。")
    yield Shot("working", Working(title=TranslatableText("正在打印"), text=text, steps=STEPS, step=2))
    asked = issuing.ISSUING
    reply: Future[Any] = Future()
    waiting = AwaitReply(title=asked.title, text=asked.text, reply=reply, seconds=10, steps=STEPS, step=2)
    yield Shot("await-reply", waiting)
    yield Shot("finished", _finished())
    taken = TakeCard(
        title=TranslatableText("请取回您的社会保障卡"), text=TranslatableText("请带好卡和打印的材料，再见。")
    )
    yield Shot("take-card", taken)
    yield Shot("take-card-perhaps-done", replace(taken, text=TAKE_PERHAPS_DONE))
    yield Shot("take-card-rating", replace(taken, rating=True))
    yield Shot("take-card-rated", replace(taken, rating=True), touches=(TranslatableText("满意"),))
    more_time = TranslatableText("需要更多时间，请点下面的按钮。")
    yield Shot(
        "still-there", InactivityWarning(title=TranslatableText("您还在吗？"), text=more_time, seconds=30)
    )
    yield Shot("out-of-service", _out_of_service())
    yield Shot("card-pulled", _pulled())


def _finished() -> Finished:
    until = TranslatableText("有效期至 {day}", day="2027-02-22")
    return Finished(
        title=TranslatableText("证明已打印"),
        text=TranslatableText(
            "请从出纸口取走证明。编号 {number}，{until}。", number="610200 2026 0000 0017", until=until
        ),
        picture=Picture.TAKE_PAPER,
        steps=STEPS,
        step=2,
    )


def _out_of_service() -> OutOfService:
    return OutOfService(
        title=TranslatableText("抱歉，本机暂时不能办理"),
        text=TranslatableText("刚才的业务没有办完，没有重复办理。请取回您的卡，把下面的编号告诉工作人员。"),
        number="402917",
    )


def _pulled() -> Notice:
    return Notice(
        title=TranslatableText("卡已取出，业务没有办完"),
        text=TranslatableText("没有重复办理，也没有信息丢失。如需继续，请重新插入社会保障卡。"),
        picture=Picture.INSERT_CARD,
    )


# Troubles: one of each kind that kiosk.attendant.error_notices has words for.

SAMPLES: dict[str, Callable[[Any], Exception]] = {
    "CertificateNotHandedOverError": lambda kind: kind("610200202600000017"),
    "CentralRefusedError": lambda kind: kind(
        "card-unknown", "中心没有查到这张社保卡，业务没有办理。请带身份证到人工窗口查询。"
    ),
    "CentralUnreachableError": lambda kind: kind("no answer"),
    "AnswerLostError": lambda kind: kind("no answer"),
    "NotPermittedError": lambda kind: kind(
        TranslatableText(
            "为保护持卡人，本机不能办理，卡没有被收走。请取出卡，本人带身份证到窗口核实，也可以拨打电话咨询。"
        )
    ),
    "UnavailableError": lambda kind: kind(NO_CENTRE),
    "NotGenuineError": lambda kind: kind("signature"),
    "NotInitialPinError": lambda kind: kind(4),
    "InvalidPinError": lambda kind: kind(2),
    "AuthenticationRequiredError": lambda kind: kind("name"),
    "AuthenticationFailedError": lambda kind: kind(3),
    "CardUnreadableError": lambda kind: kind("name"),
    "CardContentError": lambda kind: kind("name", "foreign-number"),
    "PinRejectedError": lambda kind: kind(0x6A80),
}
"""How to make a trouble whose kind wants to be told something; all others want nothing."""


def _sample(kind: type[Exception]) -> Any:
    make = SAMPLES.get(kind.__name__)
    return make(kind) if make else kind()


def notices() -> dict[str, Notice]:
    """Return the notice of every kind of trouble that can end a service, and of every problem of the printer."""
    found = {"locked": locked_notice(REGION), "card-pulled": CARD_PULLED, "reader-lost": READER_LOST}
    for kind in notice_of.registry:
        if kind.__name__ == "PrinterNotReadyError":
            found |= {f"printer-{problem}": notice_of(kind(problem)) for problem in PRINTER_PROBLEMS}
        elif kind not in (object, Exception):
            found[kind.__name__] = notice_of(_sample(kind))
    return found


def refusals() -> dict[str, RefuseCard]:
    """Return the page of every kind of card that cannot be used, each page once."""
    card_error = next(kind for kind in notice_of.registry if kind.__name__ == "CardError")
    pages = {kind.__name__: refusal_of(_sample(kind)) for kind in card_error.__subclasses__()}
    pages[CardNotProvenError.__name__] = refusal_of(CardNotProvenError("wrong-answer"))
    return {
        name: page
        for place, (name, page) in enumerate(pages.items())
        if page not in list(pages.values())[:place]
    }
