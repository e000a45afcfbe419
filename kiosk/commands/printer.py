"""``kiosk printer``: show printer status, and print a test page."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from command_line.failure import CommandError
from command_line.program import Commands
from command_line.types import Named
from kiosk import config
from kiosk.commands.machine import config_option

if TYPE_CHECKING:
    from hardware.printer.document import Document
    from hardware.printer.receipt_printer import ReceiptPrinter

_SETTLE_SECONDS = 30.0

_PROBLEMS = {
    "disconnected": "串口设备不存在，请检查连接线和 --port",
    "offline": "打印机没有应答，请检查电源、连接线和波特率",
    "cover_open": "打印机上盖打开，请合上",
    "paper_out": "打印机缺纸，请换纸",
    "paper_jam": "打印机卡纸，请清理",
    "cutter": "切刀故障，请检查切刀",
    "overheated": "打印头过热，请稍候",
    "hardware": "打印机硬件故障，请报修",
    "wrong_profile": "打印机有应答，但不认识所选型号的确认命令：打印机和 profile 不符，"
    "请核对型号，改 --profile（和 kiosk.toml 里 [printer] 的 profile）",
    "restarted": "打印中打印机重新启动过，结果不确定，请看纸",
    "garbled": "收到乱码，结果不确定，请检查波特率和连接线",
    "no_answer": "打印机没有确认，结果不确定，请看纸",
}


@click.group(cls=Commands)
def printer() -> None:
    """Look after the receipt printer.

    Example: kiosk printer status --port /dev/serial/by-id/usb-… --profile epson-tm-t88v
    """


def _profiles() -> list[str]:
    from hardware.printer import profile

    return profile.names()


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
        click.option(
            "--profile",
            "name",
            type=Named("printer profile", _profiles),
            help="One of the printer profiles, or a .toml file.",
        ),
        click.option("--port", help="The stable path of the serial device."),
        config_option,
    ):
        command = option(command)
    return command


@printer.command
@_options
def status(file: Path, port: str | None, name: str | None, as_json: bool) -> None:
    """Return whether the printer can print; exit 1 if it cannot.

    Without --port and --profile it is the printer of the kiosk's configuration.

    Example: kiosk printer status --port /tmp/printer --profile epson-tm-t88v --json
    """
    with _open(file, port, name) as device:
        now, left = device.settle(_SETTLE_SECONDS), device.profile.status.near_end_mm / 1000
    said = "可以打印" if now.problem is None else _PROBLEMS[now.problem]
    if now.problem is None and now.paper == "low":
        said += f"；纸将用完（约剩 {left:g} 米），请备纸"
    _report(now.as_dict(), said, as_json)
    sys.exit(0 if now.problem is None else 1)


@printer.command
@_options
def test(file: Path, port: str | None, name: str | None, as_json: bool) -> None:
    """Print a test page; exit 1 unless the printer confirms it.

    Without --port and --profile it is the printer of the kiosk's configuration.

    Example: kiosk printer test --port /tmp/printer --profile epson-tm-t88v
    """
    from hardware.printer.receipt_printer import PrinterNotReadyError

    with _open(file, port, name) as device:
        device.settle(_SETTLE_SECONDS)
        try:
            job = device.prepare(_test_page(device))
            outcome = device.print(job, reference=int(time.time()))
        except PrinterNotReadyError as error:
            _report(
                {"state": "not_sent", "reason": error.problem},
                f"没有打印：{_PROBLEMS[error.problem]}",
                as_json,
            )
            sys.exit(1)
    said = f"打印机已确认，{outcome.bytes} 字节，{outcome.seconds:.1f} 秒"
    if outcome.reason:
        said = f"结果不确定：{_PROBLEMS[outcome.reason]}"
    values = {
        "state": outcome.state,
        "reason": outcome.reason,
        "bytes": outcome.bytes,
        "seconds": outcome.seconds,
    }
    _report(values, said, as_json)
    sys.exit(0 if outcome.reason is None else 1)


def _open(file: Path, port: str | None, name: str | None) -> "ReceiptPrinter":
    from hardware.printer import profile as profiles
    from hardware.printer.receipt_printer import ReceiptPrinter

    if not (port and name):
        if not file.exists():
            raise click.UsageError(f"--port and --profile are needed: there is no configuration {file}")
        configured = config.load(file).printer
        port, name = port or configured.port, name or configured.profile
    try:
        return ReceiptPrinter(port, profiles.load(name))
    except profiles.ProfileError as error:
        raise CommandError(str(error), "profile") from error


def _report(values: dict[str, Any], said: str, as_json: bool) -> None:
    click.echo(json.dumps(values, ensure_ascii=False) if as_json else said)


def _test_page(device: "ReceiptPrinter") -> "Document":
    from hardware.printer.document import Align, Cell, Columns, Document, Feed, QrCode, Rule, Table, Text

    right = (Align.LEFT, Align.RIGHT, Align.RIGHT)
    ruler = "".join(str(column % 10) for column in range(1, device.profile.paper.columns + 1))
    return Document(
        "test page",
        [
            Text("打印测试", size=2, bold=True, align=Align.CENTER),
            Text(device.profile.title, align=Align.CENTER),
            Feed(),
            Text(ruler),
            Columns([Cell("左对齐", 1), Cell("居中", 1, Align.CENTER), Cell("右对齐", 1, Align.RIGHT)]),
            Columns([Cell("生僻字", 10), Cell("䶮 㛃 𬭎 龦 鿏 龘", 32)]),
            Rule(),
            Table(["年月", "基数", "个人"], [["2024-01", "4188.00", "335.04"]] * 3, [8, 10, 10], right),
            Rule(),
            Text("加粗", bold=True),
            Text("下划线 underline", underline=True),
            QrCode("https://example.cn/printer-test"),
            Text("切纸位置在此行之下", align=Align.CENTER),
        ],
    )
