"""The X display that the window opens on: the one that is there, or one of our own."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from tools.demo.processes import Process


def display_for(folder: Path) -> AbstractContextManager[str]:
    """Use the display that is there, or else open our own; ``folder`` takes its log."""
    display = os.environ.get("DISPLAY")
    return nullcontext(display) if display else own_display(folder)


@contextmanager
def own_display(folder: Path, size: str = "1080x1920") -> Iterator[str]:
    """Run an Xvfb, of the size of a kiosk's panel, and give its name."""
    number = folder / "display"
    with number.open("w") as file:
        command = [
            "Xvfb",
            "-displayfd",
            str(file.fileno()),
            "-screen",
            "0",
            f"{size}x24",
            "-nolisten",
            "tcp",
        ]
        server = Process("Xvfb", command, folder / "Xvfb.log", keep=(file.fileno(),))
    try:
        server.wait_until(lambda: number.read_text().endswith("\n"))
        yield f":{number.read_text().strip()}"
    finally:
        server.stop()
