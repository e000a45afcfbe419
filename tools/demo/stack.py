"""Every process of the demo: centre, card reader, printer, sync and window, started in order and all stopped."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from kiosk.config import Panel
from tools.demo.processes import Process

KIOSK_ID = "610200-001"
REGION = "610200"
BRANCH = "铜川市社会保险服务大厅（演示）"
PRINTER_PROFILE = "epson-tm-t88v"


class Stack:
    """A demo kiosk in ``folder``; ``display`` is an X display, or None for SDL's offscreen driver."""

    def __init__(
        self, folder: Path, display: str | None = None, panel: Panel | None = None, fast: bool = False
    ) -> None:
        self.folder = folder
        self.display = display
        self.panel = panel or Panel()
        self._fast = ["--fast"] if fast else []
        self._exit = ExitStack()
        self._processes: dict[str, Process] = {}
        self.port = _free_port()
        self.config = folder / "kiosk.toml"
        self.card_socket = folder / "pcscd"
        self.peephole = folder / "window"

    @property
    def url(self) -> str:
        """Where the centre answers."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything; the window shows its first screen when this returns."""
        self._write_config()
        self.start_reader()
        self.start_printer()
        self.prepare_centre()
        self.start_centre()
        self.start_sync()
        self.start_window()

    def stop(self) -> None:
        """Stop everything that is still running, the window first."""
        for name in ("window", "sync", "centre", "printer", "reader"):
            self.end(name)

    def end(self, name: str, at_once: bool = False) -> None:
        """Stop one process; ``at_once`` is a power cut."""
        if process := self._processes.pop(name, None):
            process.kill() if at_once else process.stop()
