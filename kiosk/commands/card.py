"""``kiosk card``: for staff, to see what the card reader sees. Personal data is shown masked only."""

import json
import queue
import threading
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click

from command_line.failure import Failure, name_of
from command_line.program import Commands
from hardware.card.errors import (
    AuthenticationRequired,
    CardError,
    NoCard,
    NoReader,
    NotSocialSecurityCard,
    ReaderServiceDown,
)
from hardware.card.masking import mask_card_number, mask_id_number, mask_name
from hardware.card.monitor import CardReaderStatus
from hardware.card.reader import CardReader
from hardware.card.session import CardSession
from hardware.status import ChipState, DeviceState

_ENDS: list[tuple[type[CardError], int, str]] = [
    (ReaderServiceDown, 3, "读卡服务（pcscd）没有运行。请运行：systemctl start pcscd.socket"),
    (NoReader, 4, "没有找到读卡器。请检查 USB 线和电源，再试一次。"),
    (NoCard, 5, "读卡器里没有卡。请把卡插到底，再试一次。"),
    (NotSocialSecurityCard, 7, "这张卡不是社会保障卡，卡没有被改动。"),
    (CardError, 6, "卡读不出来，卡没有被改动。请检查卡的方向和芯片是否干净，再试一次；仍不行请换卡。"),
]
_WARNINGS = {
    "card_number_check_digit": "卡号校验位不符（旧卡常见，不影响使用）",
    "holder_needs_authentication": "持卡人信息受保护",
}
_FIRST_LOOK = 5.0

reader_option = click.option("--reader", "name", default="", help="The reader's PC/SC name, or a part of it.")


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
    7 not a social security card.
    """
    try:
        report = _read_card(name)
    except CardError as error:
        code, advice = next((code, advice) for kind, code, advice in _ENDS if isinstance(error, kind))
        raise Failure(f"{advice} ({type(error).__name__}: {error})", name_of(type(error)), code) from error
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else _as_text(report))


@card.command()
@reader_option
def watch(name: str) -> None:
    """Print a line for each event at the reader, until Ctrl-C.

    Example: kiosk card watch
    """
    changes: queue.SimpleQueue[CardReaderStatus] = queue.SimpleQueue()
    reader = CardReader(name, changes.put)
    reader.start()
    try:
        while True:
            click.echo(f"{datetime.now():%H:%M:%S} {_words(changes.get())}")
    except KeyboardInterrupt:
        reader.close()


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
        holder = _holder(session)
    except AuthenticationRequired:
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


def _holder(session: CardSession) -> dict[str, Any]:
    holder = session.read_holder()
    return {
        "name_masked": mask_name(holder.name),
        "id_number_masked": mask_id_number(holder.id_number),
        "sex": holder.sex.value,
        "birth_year": holder.birth.year,
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
    if not status.insertion:
        return f"没有卡 | {status.reader}"
    fault = "，卡没有应答" if status.chip == ChipState.HARDWARE_ERROR else ""
    return f"第 {status.insertion} 张卡已插入{fault} | {status.reader}"
