"""The kiosk's window with a peephole: tests and the demo ask what it shows and where, and touch it there.

The product has no such hole: this wraps ``kiosk run`` from outside, for simulated kiosks only.
"""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, NoReturn

from hardware.simulator.control import ControlServer
from kiosk.attendant import unexpected
from kiosk.attendant.timeouts import Timeouts
from kiosk.config import load
from kiosk.visit.visit import UnexpectedEventError
from screens.cli import log_as_json_lines, window


def serve_peephole(path: Path) -> None:
    """Offer to say what the window shows and where, to touch it and to take its picture, on a UNIX socket."""
    from kivy.app import App
    from kivy.clock import Clock
    from kivy.core.window import Window

    from screens.widgets.controls import Control, TextBlock

    def on_window(work: Callable[..., Any]) -> Callable[..., Any]:
        def verb(*words: str) -> Any:
            result: Future[Any] = Future()

            def run(_elapsed: float) -> None:
                try:
                    result.set_result(work(*words))
                except Exception as error:
                    result.set_exception(error)

            Clock.schedule_once(run)
            return result.result(timeout=60)

        return verb

    def labels() -> Iterator[TextBlock]:
        for widget in App.get_running_app().root.walk():
            if isinstance(widget, TextBlock) and widget.text.strip():
                yield widget

    def screen() -> str:
        question = App.get_running_app().frame.question
        return type(question).__name__ if question else ""

    def texts() -> list[str]:
        return [widget.text for widget in labels()]

    def where(text: str) -> tuple[float, float]:
        found = sorted(
            (widget for widget in labels() if widget.text == text),
            key=lambda widget: not isinstance(widget.parent, Control),
        )
        for widget in found:
            x, y = widget.to_window(*widget.center)
            return round(x), round(Window.height - y)
        raise LookupError(f"no {text!r} among {texts()}")

    def settled() -> bool:
        return bool(App.get_running_app().frame.settled)

    def touch(x: str, y: str) -> None:
        for event in ("on_mouse_down", "on_mouse_up"):
            Window.dispatch(event, float(x), float(y), "left", [])

    def screenshot(file: str) -> list[str]:
        from kivy.graphics.opengl import glFinish

        App.get_running_app().root.canvas.ask_update()
        glFinish()
        Path(Window.screenshot(name=file)).rename(file)
        return texts()

    verbs: dict[str, Callable[..., Any]] = {
        "screen": screen,
        "texts": texts,
        "where": where,
        "settled": settled,
        "touch": touch,
        "screenshot": screenshot,
    }
    ControlServer(path, {name: on_window(work) for name, work in verbs.items()})


def _raise(error: UnexpectedEventError) -> NoReturn:
    """Let a test or a demo see what a kiosk only logs."""
    raise error


def main(config: Path, peephole: Path, linger: str = "") -> None:
    """Run the window of ``config`` and serve ``peephole``; ``linger`` shortens the last pages to these seconds."""
    log_as_json_lines()
    unexpected.handle_with(_raise)
    patience = Timeouts(linger=float(linger)) if linger else Timeouts()
    unseen = os.environ.get("SDL_VIDEODRIVER") == "offscreen"
    window(
        load(config),
        patience,
        on_open=lambda: serve_peephole(peephole),
        offscreen=unseen,
        simulated_reader=True,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
