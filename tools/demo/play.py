"""Plays one visit, 打印参保证明, by touching the window, and sums up what it saw."""

import json
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image

from tools.demo.stack import REGION, Stack
from tools.demo.window import Window

CITIZEN, PIN = "wang-jianguo", "739154"


@dataclass
class Visit:
    """What the player has seen so far."""

    stack: Stack
    window: Window
    out: Path
    screenshots: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def picture(self, name: str) -> None:
        """Take the next screenshot."""
        file = f"{len(self.screenshots) + 1:02}-{name}.png"
        self.texts += self.window.screenshot(self.out / file)
        self.screenshots.append(file)


def play_certificate(stack: Stack, window: Window, out: Path) -> dict[str, Any]:
    """Play the visit, write pictures, paper and summary to ``out``, and return the summary."""
    visit = Visit(stack, window, out, seconds={"start_to_idle": stack.seconds_to_idle})
    _insert_card(visit)
    _print_certificate(visit)
    _take_card(visit)
    summary = _sum_up(visit)
    (out / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n")
    return summary


def _insert_card(visit: Visit) -> None:
    visit.picture("idle")
    begun = time.monotonic()
    visit.stack.insert_card(CITIZEN)
    visit.window.wait_for("Home")
    visit.seconds["card_to_menu"] = time.monotonic() - begun
    visit.picture("menu")


def _print_certificate(visit: Visit) -> None:
    begun = time.monotonic()
    visit.window.touch("打印参保证明")
    visit.window.wait_for("IntroduceService")
    visit.picture("introduction")
    visit.window.touch("下一步：输入密码")
    visit.window.wait_for("EnterPin")
    visit.picture("pin")
    for digit in PIN:
        visit.window.touch(digit)
    visit.picture("pin-entered")
    visit.window.touch("确定")
    visit.window.wait_for("Choose", saying="最近24个月")
    visit.picture("months")
    visit.window.touch("最近24个月")
    visit.window.wait_for("Working", saying="正在打印")
    visit.picture("printing")
    visit.window.wait_for("Finished", seconds=60)
    visit.seconds["certificate"] = time.monotonic() - begun
    visit.picture("finished")


def _take_card(visit: Visit) -> None:
    visit.window.touch("办完了，取卡")
    visit.window.wait_for("TakeCard")
    visit.picture("take-card")
    visit.stack.remove_card()
    visit.window.wait_for("Idle")
    visit.picture("idle-again")


def _sum_up(visit: Visit) -> dict[str, Any]:
    stack = visit.stack
    stack.wait_until_delivered()
    paper = visit.out / "paper.png"
    shutil.copy(stack.tickets()[-1], paper)
    qr = _read_qr(paper)
    verify_url = qr.partition("#")[0]
    [record] = stack.records(
        "SELECT visit_id, outcome, details FROM journal WHERE effect = 'certificate.print'"
    )
    details = json.loads(record["details"])
    return {
        "visit_id": record["visit_id"],
        "region": REGION,
        "certificate": {"number": details["number"], "code": verify_url.rpartition("/")[2], "qr": qr},
        "print": {
            "state": "confirmed" if record["outcome"] == "done" else record["outcome"],
            "bytes": details["bytes"],
            "seconds": details["seconds"],
        },
        "outbox": {"pending": stack.sync_status()["outbox"]["queued"]},
        "central": {name: stack.central_summary()[name] for name in ("certificates", "events")},
        "seconds": {name: round(value, 3) for name, value in visit.seconds.items()},
        "screenshots": visit.screenshots,
        "verify_url": verify_url,
    }


def _read_qr(paper: Path) -> str:
    """Return what an independent reader finds in the QR code on the paper."""
    found = zxingcpp.read_barcode(Image.open(paper))
    return found.text if found else ""
