"""``kiosk card``: for staff, to see what the card reader sees. Personal data is shown masked only."""

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click

from command_line.failure import CommandError, name_of
from command_line.program import Commands
from command_line.signals import told_to_stop
from hardware.card.choice import choose, kind_of, name_to_configure
from hardware.card.errors import (
    AmbiguousReaderError,
    AuthenticationRequiredError,
    CardContentError,
    CardError,
    NoCardError,
    NoReaderError,
    NotSocialSecurityCardError,
    ReaderServiceDownError,
)
from hardware.card.items import Holder
from hardware.card.monitor import CardReaderStatus
from hardware.card.reader import CardReader, list_readers
from hardware.card.session import CardSession
from hardware.status import ChipState, DeviceState
from text.masking import mask_card_number, mask_id_number, mask_name

_ENDS: list[tuple[type[CardError], int, str]] = [
    (ReaderServiceDownError, 3, "读卡服务（pcscd）没有运行。请运行：systemctl start pcscd.socket"),
    (
        AmbiguousReaderError,
        4,
        "有几个读卡器，不知道该用哪一个。请用 --reader 指定；kiosk card readers 会列出名称。",
    ),
    (NoReaderError, 4, "没有找到读卡器。请检查 USB 线和电源，再试一次。"),
    (NoCardError, 5, "读卡器里没有卡。请把卡插到底，再试一次。"),
    (NotSocialSecurityCardError, 7, "这张卡不是社会保障卡，卡没有被改动。"),
    (CardContentError, 8, "卡读出来了，但卡上的内容本机不能办，请持卡人到窗口办理；卡没有坏，没有被改动。"),
    (CardError, 6, "卡读不出来，卡没有被改动。请检查卡的方向和芯片是否干净，再试一次；仍不行请换卡。"),
]
_WARNINGS = {
    "card_number_check_digit": "卡号校验位不符（旧卡常见，不影响使用）",
    "holder_needs_authentication": "持卡人信息受保护",
    "sex_contradicts_id_number": "性别项与社会保障号码不符（以号码为准）",
    "birth_contradicts_id_number": "出生日期项与社会保障号码不符（以号码为准）",
    "nation_malformed": "民族项不合格式（不影响使用）",
}
_KINDS = {"contact": "接触式", "contactless": "非接触式", "sam": "安全模块（PSAM）", "unknown": "未注明"}
_FIRST_LOOK = 5.0
_UNINTERRUPTED = 0.2
"""Seconds between two looks whether it is to stop."""

reader_option = click.option(
    "--reader", "name", default="", help="The reader's PC/SC name, or whole words of it."
)


@click.group(cls=Commands)
def card() -> None:
    """Look at the card reader and the card in it.

    Example: kiosk card read --json
    """


@card.command()
@reader_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def read(name: str, as_json: bool) -> None:
    """Read the card that is in, without spending a PIN try. Personal data is masked.

    Example: kiosk card read --json

    Exit codes: 0 done, 3 no reader service, 4 no reader, 5 no card, 6 card not readable,
    7 not a social security card, 8 read, but what is on it is not for this kiosk (the reason stands in brackets).
    """
    with _ending():
        report = _read_card(name)
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else _as_text(report))


@card.command()
@reader_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def readers(name: str, as_json: bool) -> None:
    """List the card readers, and the name of each for [card_reader] in kiosk.toml.

    The one marked * is the one for citizens' cards. Exit codes: 0 done, 3 no reader service, 4 no reader.

    Example: kiosk card readers --json
    """
    with _ending():
        report = _list(name)
        if not report["readers"]:
            raise NoReaderError("there is none")
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else _list_as_text(report))


@card.command()
@reader_option
def watch(name: str) -> None:
    """Print a line for each event at the reader, until Ctrl-C.

    Example: kiosk card watch
    """
    changes: queue.SimpleQueue[CardReaderStatus] = queue.SimpleQueue()
    reader = CardReader(name, changes.put)
    stopped = threading.Event()
    with told_to_stop(lambda _: stopped.set()), closing(reader):
        reader.start()
        while not stopped.is_set():
            with suppress(queue.Empty):
                click.echo(f"{datetime.now():%H:%M:%S} {_words(changes.get(timeout=_UNINTERRUPTED))}")


@contextmanager
def _ending() -> Iterator[None]:
    """Turn card trouble into advice for staff and an exit code."""
    try:
        yield
    except CardError as error:
        code, advice = next((code, advice) for kind, code, advice in _ENDS if isinstance(error, kind))
        raise CommandError(
            f"{advice} ({type(error).__name__}: {error})", name_of(type(error)), code
        ) from error


def _list(name: str) -> dict[str, Any]:
    """Return all readers, and which one is taken: None when there is none or nobody can tell."""
    found = list_readers()
    try:
        chosen = choose(list(found), name) or None
    except AmbiguousReaderError:
        chosen = None
    readers = [
        {
            "name": reader,
            "configure": name_to_configure(reader, list(found)),
            "kind": kind_of(reader),
            "card": has_card,
            "chosen": reader == chosen,
        }
        for reader, has_card in found.items()
    ]
    return {"readers": readers, "chosen": chosen}


def _list_as_text(report: dict[str, Any]) -> str:
    lines = [
        f"{'*' if reader['chosen'] else ' '} {reader['name']} | {_KINDS[reader['kind']]} | "
        f"{'有卡' if reader['card'] else '没有卡'} | name = {json.dumps(reader['configure'], ensure_ascii=False)}"
        for reader in report["readers"]
    ]
    if not report["chosen"]:
        lines.append("不知道该用哪一个：请在 kiosk.toml 的 [card_reader] 里写上办事群众用的那一个的 name。")
    return "\n".join(lines)


def _read_card(name: str) -> dict[str, Any]:
    known = threading.Event()
    reader = CardReader(name, lambda status: known.set())
    reader.start()
    try:
        known.wait(_FIRST_LOOK)
        with reader.session(reader.status.insertion) as session:
            return _report(session)
    finally:
        reader.close()


def _report(session: CardSession) -> dict[str, Any]:
    basics = session.read_basic()
    warnings = list(basics.warnings)
    try:
        read = session.read_holder()
        holder = _holder(read)
        warnings += read.warnings
    except AuthenticationRequiredError:
        holder = None
        warnings.append("holder_needs_authentication")
    return {
        "region": basics.region,
        "card_number_masked": mask_card_number(basics.card_number),
        "card_identity": basics.card_identity,
        "version": basics.version,
        "issued": _iso(basics.issued),
        "valid_until": _iso(basics.valid_until),
        "holder": holder,
        "pin": asdict(session.pin_status()),
        "bank": asdict(session.read_bank()),
        "warnings": warnings,
    }


def _holder(holder: Holder) -> dict[str, Any]:
    return {
        "name_masked": mask_name(holder.name),
        "id_number_masked": mask_id_number(holder.id_number),
        "sex": holder.sex.value if holder.sex else None,
        "birth_year": holder.birth.year if holder.birth else None,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _as_text(report: dict[str, Any]) -> str:
    pin, bank, holder = report["pin"], report["bank"], report["holder"]
    tries = "已锁定" if pin["locked"] else f"还可以输 {pin['tries_left']} 次"
    who = f"{holder['name_masked']} {holder['id_number_masked']}" if holder else "3.0 卡，需中心认证后读取"
    lines = [
        ("持卡人", who),
        ("发卡地区", report["region"]),
        ("卡号", report["card_number_masked"]),
        ("卡的识别码", report["card_identity"]),
        ("规范版本", report["version"]),
        ("发卡日期", report["issued"] or "未写入"),
        ("有效期至", report["valid_until"] or "未写入"),
        ("密码", tries if pin["set"] else "未设置"),
        ("银行账户", f"尾号 {bank['last4'] or '读不出'}" if bank["present"] else "没有"),
        ("提示", "、".join(_WARNINGS[warning] for warning in report["warnings"]) or "无"),
    ]
    return "\n".join(f"{label}：{value}" for label, value in lines)


def _words(status: CardReaderStatus) -> str:
    if status.device == DeviceState.OFFLINE:
        return "读卡服务没有运行，正在重试"
    if status.device == DeviceState.NO_DEVICE:
        return "没有读卡器"
    if status.candidates:
        return f"有几个读卡器，请用 --reader 指定：{'；'.join(status.candidates)}"
    if not status.insertion:
        return f"没有卡 | {status.reader}"
    fault = "，卡没有应答" if status.chip == ChipState.HARDWARE_ERROR else ""
    return f"第 {status.insertion} 张卡已插入{fault} | {status.reader}"
