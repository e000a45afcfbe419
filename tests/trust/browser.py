"""Debian's Chromium without a window, driven through its debugging pipe: it needs no port and no library."""

import base64
import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.deadline import DEADLINE_SECONDS

CHROMIUM = shutil.which("chromium")
FREE = 50
"""Numbers of files from here on are nobody's."""


class Browser:
    """One browser with one page; what the page says on its console is in ``said``."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        (to_read, self._to), (self._from, to_write) = os.pipe(), os.pipe()
        given = [fcntl.fcntl(number, fcntl.F_DUPFD, FREE) for number in (to_read, to_write)]
        words = [
            *(str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
            *("--disable-dev-shm-usage", "--remote-debugging-pipe", f"--user-data-dir={self._folder.name}"),
        ]
        shell = f'exec "$@" 3<&{given[0]} 4>&{given[1]}'
        self._process = subprocess.Popen(
            ["bash", "-c", shell, "chromium", *words],
            pass_fds=given,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for number in (*given, to_read, to_write):
            os.close(number)
        self._numbers, self._rest = itertools.count(1), b""
        self._session: dict[str, str] = {}
        self.said: list[str] = []
        target = self.do("Target.createTarget", url="about:blank")["targetId"]
        session = self.do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._session = {"sessionId": session}
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.do(f"{domain}.enable")

    def close(self) -> None:
        """End the browser."""
        self._process.kill()
        self._process.wait()
        os.close(self._to)
        os.close(self._from)
        self._folder.cleanup()

    def open(self, url: str) -> None:
        """Go to a page, and wait until it is there."""
        self.said.clear()
        self.do("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def ask(self, expression: str) -> Any:
        """Return what an expression is in the page; of a promise, what it brings."""
        asked = {"expression": expression, "returnByValue": True, "awaitPromise": True}
        answer = self.do("Runtime.evaluate", **asked)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, expression: str) -> None:
        """Wait until an expression is true in the page."""
        end = time.monotonic() + DEADLINE_SECONDS
        while not self.ask(expression):
            assert time.monotonic() < end, expression
            time.sleep(0.02)

    def type(self, text: str) -> None:
        """Type into what has the focus, as a scanner does, and press Enter."""
        self.do("Input.insertText", text=text)
        for kind in ("keyDown", "keyUp"):
            self.do("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13)

    def resize(self, width: int, height: int, scale: float = 1) -> None:
        """Show the page as a screen of this size does."""
        about = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 600}
        self.do("Emulation.setDeviceMetricsOverride", **about)

    def picture(self, file: Path) -> None:
        """Take a picture of the whole page."""
        found = self.do("Page.captureScreenshot", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(found["data"]))

    def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Give a command of the DevTools protocol; return its result."""
        number = next(self._numbers)
        command = {"id": number, "method": method, "params": parameters} | self._session
        os.write(self._to, json.dumps(command).encode() + b"\0")
        while True:
            message = self._message()
            if message.get("id") == number:
                assert "error" not in message, message
                return dict(message["result"])
            if message.get("method") in ("Log.entryAdded", "Runtime.consoleAPICalled"):
                self.said.append(json.dumps(message["params"]))
            if message.get("method") == "Network.requestWillBeSent":
                self.said.append(f"asked {message['params']['request']['url']}")

    def _message(self) -> dict[str, Any]:
        end = time.monotonic() + DEADLINE_SECONDS
        while b"\0" not in self._rest:
            assert select.select([self._from], [], [], max(0.0, end - time.monotonic()))[0], "no answer"
            piece = os.read(self._from, 1 << 20)
            assert piece, "Chromium has ended"
            self._rest += piece
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))
