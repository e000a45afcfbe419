"""``kiosk id-card``: for staff, to see whether the ID card reader works. Personal data is shown masked only."""

import json
from datetime import date
from typing import Any

import click

from command_line.failure import CommandError, name_of
from command_line.program import Commands
from hardware.id_card.card import IdCard
from hardware.id_card.errors import (
    IdCardContentError,
    IdCardError,
    NoIdCardError,
    ReaderError,
    ReaderNotConnectedError,
)
from hardware.id_card.module import BAUD
from hardware.id_card.reader import IdCardReader
from text.masking import mask_id_number, mask_name

_ENDS: list[tuple[type[IdCardError], int, str]] = [
    (ReaderNotConnectedError, 3, "没有找到身份证阅读器的串口。请检查 USB 线和 --port，再试一次。"),
    (ReaderError, 4, "身份证阅读器没有正确应答。请检查电源、波特率和 --port；仍不行请报修。"),
    (NoIdCardError, 5, "没有找到证件。请把证件放在阅读区；如果已经放着，请拿开再放一次，然后重试。"),
    (IdCardContentError, 7, "证件读出来了，但证上的内容本机不能办，请持证人到窗口办理；证件没有坏。"),
    (IdCardError, 6, "证件读不出来。请拿开证件再平放一次，读完前不要移动，然后重试；仍不行请换证件。"),
]
_WARNINGS = {
    "sex_contradicts_number": "性别项与号码不符（以号码为准）",
    "birth_contradicts_number": "出生日期项与号码不符（以号码为准）",
    "number_check_digit": "号码校验位不符（以证件为准）",
}
_KINDS = {
    "ResidentIdCard": "居民身份证",
    "ResidencePermit": "港澳台居民居住证",
    "PermanentResidentCard": "外国人永久居留身份证",
}


@click.group(cls=Commands)
def id_card() -> None:
    """Look at the ID card reader and the card on it.

    Example: kiosk id-card read --port /dev/serial/by-id/usb-… --json
    """


@id_card.command()
@click.option("--port", required=True, help="The stable path of the serial device.")
@click.option(
    "--baud",
    type=click.Choice(sorted(BAUD, reverse=True)),
    default=115200,
    show_default=True,
    help="Baud rate configured on the reader.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def read(port: str, baud: int, as_json: bool) -> None:
    """Read the card that lies on the reader. Personal data is masked, nothing is kept.

    Exit codes: 0 done, 3 no serial device, 4 no answer from the reader, 5 no card, 6 card not readable,
    7 read, but what is on it is not for this kiosk (the reason stands in brackets).

    Example: kiosk id-card read --port /tmp/id-reader --json
    """
    reader = IdCardReader(port, baud=baud)
    try:
        report = _report(reader.read())
    except IdCardError as error:
        code, advice = next((code, advice) for kind, code, advice in _ENDS if isinstance(error, kind))
        raise CommandError(
            f"{advice} ({type(error).__name__}: {error})", name_of(type(error)), code
        ) from error
    finally:
        reader.close()
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else _as_text(report))


def _report(card: IdCard) -> dict[str, Any]:
    return {
        "kind": type(card).__name__,
        "name_masked": mask_name(card.name),
        "number_masked": mask_id_number(card.number),
        "sex": card.sex.value,
        "birth_year": card.birth.year,
        "valid_from": card.valid_from.isoformat(),
        "valid_until": card.valid_until.isoformat() if card.valid_until else None,
        "valid_today": card.valid_on(date.today()),
        "warnings": list(card.warnings),
    }


def _as_text(report: dict[str, Any]) -> str:
    lines = [
        ("证件", _KINDS[report["kind"]]),
        ("持证人", f"{report['name_masked']} {report['number_masked']}"),
        ("有效期", f"{report['valid_from']} 至 {report['valid_until'] or '长期'}"),
        ("今天", "有效" if report["valid_today"] else "不在有效期内"),
        ("提示", "、".join(_WARNINGS[warning] for warning in report["warnings"]) or "无"),
    ]
    return "\n".join(f"{label}：{value}" for label, value in lines)
