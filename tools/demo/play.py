"""Plays one visit by touching the window and showing documents, and sums up what it saw (docs/demo.md)."""

import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image

from tools.demo.stack import REGION, Stack
from tools.demo.window import Window

CITIZEN, PIN = "wang-jianguo", "739154"
SERVICE = "打印参保证明"
DONE, DONE_WITH_CARD = "办完了", "办完了，取卡"
QUESTION, QUESTION_TYPED = "社保卡怎么激活？", "JIHUO"
"""What is asked, and the pinyin that is typed to find it."""


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


@dataclass(frozen=True)
class Play:
    """One visit: what it is called, and its acts in order."""

    title: str
    acts: tuple[Callable[[Visit], None], ...]


def play(name: str, stack: Stack, window: Window, out: Path) -> dict[str, Any]:
    """Play a visit, write pictures, paper and summary to ``out``, and return the summary."""
    visit = Visit(stack, window, out, seconds={"start_to_idle": stack.seconds_to_idle})
    visit.picture("idle")
    for act in PLAYS[name].acts:
        act(visit)
    summary = {"visit": name, **_sum_up(visit)}
    (out / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n")
    return summary


def _insert_card(visit: Visit) -> None:
    begun = time.monotonic()
    visit.stack.insert_card(CITIZEN)
    visit.window.wait_for("Home")
    visit.seconds["card_to_menu"] = time.monotonic() - begun
    visit.picture("menu")


def _print_with_pin(visit: Visit) -> None:
    begun = time.monotonic()
    _choose(visit)
    visit.window.touch("下一步：输入密码")
    visit.window.wait_for("EnterPin")
    visit.picture("pin")
    for digit in PIN:
        visit.window.touch(digit)
    visit.picture("pin-entered")
    visit.window.touch("确定")
    _print(visit)
    visit.seconds["certificate"] = time.monotonic() - begun


def _choose(visit: Visit) -> None:
    visit.window.touch(SERVICE)
    visit.window.wait_for("IntroduceService")
    visit.picture("introduction")


def _print(visit: Visit) -> None:
    visit.window.wait_for("Choose", saying="最近24个月")
    visit.picture("months")
    visit.window.touch("最近24个月")
    visit.window.wait_for("Working", saying="正在打印")
    visit.picture("printing")
    visit.window.wait_for("Finished", seconds=60)
    visit.picture("finished")


def _take_card(visit: Visit) -> None:
    visit.window.touch(DONE_WITH_CARD)
    visit.window.wait_for("TakeCard")
    visit.picture("take-card")
    visit.stack.remove_card()
    _be_gone(visit)


def _look_for_an_answer(visit: Visit) -> None:
    begun = time.monotonic()
    visit.window.touch("办事指南")
    visit.window.wait_for("Choose", saying="政策问答")
    visit.seconds["touch_to_menu"] = time.monotonic() - begun
    visit.picture("menu")
    visit.window.touch("政策问答")
    visit.window.wait_for("IntroduceService")
    visit.picture("introduction")
    visit.window.touch("开始")
    visit.window.wait_for("FindInList")
    visit.picture("questions")
    for letter in QUESTION_TYPED:
        visit.window.touch(letter)
    visit.picture("question-found")
    visit.window.touch(QUESTION)
    visit.window.wait_for("ShowArticle", saying=QUESTION)
    visit.seconds["answer"] = time.monotonic() - begun
    visit.picture("answer")


def _leave(visit: Visit) -> None:
    visit.window.touch("首页")
    visit.window.wait_for("Home")
    visit.picture("home")
    visit.window.touch("结束")
    _be_gone(visit)


def _show_e_card(visit: Visit) -> None:
    begun = time.monotonic()
    visit.stack.show_e_card(CITIZEN)
    visit.window.wait_for("Home")
    visit.seconds["code_to_menu"] = time.monotonic() - begun
    visit.picture("menu")


def _lay_id_card(visit: Visit) -> None:
    begun = time.monotonic()
    visit.stack.lay_id_card(CITIZEN)
    visit.window.wait_for("Home")
    visit.seconds["id_card_to_menu"] = time.monotonic() - begun
    visit.picture("menu")


def _print_at_once(visit: Visit) -> None:
    begun = time.monotonic()
    _choose(visit)
    visit.window.touch("开始办理")
    _print(visit)
    visit.seconds["certificate"] = time.monotonic() - begun


def _print_with_face(visit: Visit) -> None:
    begun = time.monotonic()
    visit.stack.script_face("matches")
    _choose(visit)
    visit.window.touch("开始办理")
    visit.window.wait_for("Confirm", saying="请核对本人")
    visit.picture("face")
    visit.window.touch("准备好了，开始比对")
    _print(visit)
    visit.seconds["certificate"] = time.monotonic() - begun


def _lift_id_card(visit: Visit) -> None:
    visit.window.touch(DONE)
    visit.window.wait_for("TakeCard", saying="身份证")
    visit.picture("take-id-card")
    visit.stack.lift_id_card()
    _be_gone(visit)


def _finish(visit: Visit) -> None:
    visit.window.touch(DONE)
    _be_gone(visit)


def _be_gone(visit: Visit) -> None:
    visit.window.wait_for("Idle")
    visit.picture("idle-again")


PLAYS: Mapping[str, Play] = {
    "certificate": Play("插社保卡，打印参保证明", (_insert_card, _print_with_pin, _take_card)),
    "question": Play("什么都不出示，查政策问答", (_look_for_an_answer, _leave)),
    "id-card": Play("放上身份证，核对本人，打印参保证明", (_lay_id_card, _print_with_face, _lift_id_card)),
    "e-card": Play("出示电子社保卡，打印参保证明", (_show_e_card, _print_at_once, _finish)),
}
"""What can be played, by the name that the command takes."""


def _sum_up(visit: Visit) -> dict[str, Any]:
    stack = visit.stack
    stack.wait_until_delivered()
    return {
        "visit_id": _visit_id(stack),
        "region": REGION,
        **_printed(visit),
        "outbox": {"pending": stack.sync_status()["outbox"]["queued"]},
        "central": {name: stack.central_summary()[name] for name in ("certificates", "events")},
        "seconds": {name: round(value, 3) for name, value in visit.seconds.items()},
        "screenshots": visit.screenshots,
    }


def _visit_id(stack: Stack) -> str:
    [begun] = stack.records("SELECT visit_id FROM audit WHERE event = 'visit.started'")
    return str(begun["visit_id"])


def _printed(visit: Visit) -> dict[str, Any]:
    """Return what was printed; of a visit in which nothing was, that."""
    records = visit.stack.records("SELECT outcome, details FROM journal WHERE effect = 'certificate.print'")
    if not records:
        return {"certificate": None, "print": None, "verify_url": None}
    paper = visit.out / "paper.png"
    shutil.copy(visit.stack.tickets()[-1], paper)
    qr = _read_qr(paper)
    verify_url = qr.partition("#")[0]
    [record] = records
    details = json.loads(record["details"])
    return {
        "certificate": {"number": details["number"], "code": verify_url.rpartition("/")[2], "qr": qr},
        "print": {
            "state": "confirmed" if record["outcome"] == "done" else record["outcome"],
            "bytes": details["bytes"],
            "seconds": details["seconds"],
        },
        "verify_url": verify_url,
    }


def _read_qr(paper: Path) -> str:
    """Return what an independent reader finds in the QR code on the paper."""
    found = zxingcpp.read_barcode(Image.open(paper))
    return found.text if found else ""
