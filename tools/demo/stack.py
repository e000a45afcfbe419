"""Every process of the demo, started in order and all stopped."""

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

import httpx

from central.simulator.national_platform import SHOW
from hardware.simulator.control import tell
from hardware.simulator.face import SimulatedFaceService
from hardware.simulator.id_reader import SimulatedIdReader
from hardware.simulator.personalisation import load
from hardware.simulator.scanner import SimulatedScanner
from kiosk.config import Panel
from sync.centre_keys import known_keys
from sync.identity import Identity
from sync.keys.tpm import CONNECTION
from sync.store import Store
from tools.demo.processes import Process, ProcessError

KIOSK_ID = "610200-001"
REGION = "610200"
BRANCH = "铜川市社会保险服务大厅（演示）"
PRINTER_PROFILE = "epson-tm-t88v"

ACTS = ("certificates", "applications", "loss", "pin-reset", "id-card", "face")
"""What the demo's kiosk is approved for: it has an ID card reader and a camera, and people read its ID cards' names."""
LOCAL = httpx.Client(trust_env=False)

BIN = Path(sys.executable).parent
WINDOW = "tools.inspected_window"


class Stack:
    """A demo kiosk in ``folder`` (a short path: it holds sockets).

    :param display: the X display to open the window on, or None for SDL's offscreen driver.
    :param window_environment: what else the window's process is to know.
    :param printer_speed: how many times faster than real time the printer is.
    :param linger: seconds for which the window shows its last pages; empty for as long as a kiosk does.
    """

    def __init__(
        self,
        folder: Path,
        display: str | None = None,
        panel: Panel | None = None,
        linger: str = "",
        window_environment: Mapping[str, str] = MappingProxyType({}),
        printer_speed: float = 1.0,
    ) -> None:
        self.folder = folder
        self.port, self.platform_port = free_port(), free_port()
        self.peephole = folder / "window"
        self._display = display
        self._linger = linger
        self._window_environment = window_environment
        self._printer_speed = printer_speed
        self._processes: dict[str, Process] = {}
        self._devices = ExitStack()
        self.seconds_to_idle = 0.0
        self.config = write_config(folder, self.url, panel or Panel(), DEVICES.format(folder=folder))

    @property
    def url(self) -> str:
        """Where the centre answers."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        os.environ.setdefault(CONNECTION, "")  # a demo leaves nothing in this machine's TPM
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    # The whole

    def start(self) -> None:
        """Start everything; the window is open when this returns."""
        self.start_platform()
        self.start_reader()
        self.start_printer()
        self.start_devices()
        self.fill_centre()
        self.start_centre()
        self.start_sync()
        self.start_window()

    def stop(self) -> None:
        """Stop everything that is still running, the window first."""
        for name in ("window", "sync", "centre", "platform", "printer", "reader"):
            self.end(name)
        self._devices.close()

    def end(self, name: str, at_once: bool = False) -> None:
        """Stop one process; ``at_once`` is a power cut."""
        if process := self._processes.pop(name, None):
            process.kill() if at_once else process.stop()

    def ended(self) -> list[Process]:
        """Return the processes that have ended although nobody stopped them."""
        return [process for process in self._processes.values() if not process.running]

    def process(self, name: str) -> Process:
        """Return a running process of the stack."""
        return self._processes[name]

    def runs(self, name: str) -> bool:
        """Whether a process was started and has not ended."""
        process = self._processes.get(name)
        return process is not None and process.running

    # The devices

    def start_reader(self) -> None:
        """Start the card reader: pcscd and the simulated card, in a namespace of their own."""
        folder = self.folder / "card"
        self._start("reader", [str(BIN / "kiosk"), "simulate", "card", "--folder", str(folder)])
        self._wait("reader", lambda: tell(folder / "control", "cards") is not None)

    def insert_card(self, card: str) -> None:
        """Put a card into the reader, in place of the one that is there."""
        tell(self.folder / "card/control", "swap", card)

    def remove_card(self) -> None:
        """Pull the card."""
        tell(self.folder / "card/control", "remove")

    def renew_cards(self) -> None:
        """Give every card its first PIN and all its tries."""
        tell(self.folder / "card/control", "renew")

    def start_printer(self) -> None:
        """Start the printer behind its pty."""
        places = {name: str(self.folder / name) for name in ("printer", "paper", "printer.control")}
        command = [str(BIN / "kiosk"), "simulate", "printer", "--profile", PRINTER_PROFILE]
        command += ["--link", places["printer"], "--paper", places["paper"]]
        command += ["--control", places["printer.control"], "--speed", str(self._printer_speed)]
        self._start("printer", command)
        self._wait("printer", lambda: self.tell_printer("status") is not None)

    def tell_printer(self, *words: str) -> Any:
        """Do something to the printer: ``paper out``, ``cover open``, …"""
        return tell(self.folder / "printer.control", *words)

    def tickets(self) -> list[Path]:
        """Return the tickets that were cut off, oldest first."""
        return sorted((self.folder / "paper").glob("ticket-*.png"))

    def start_devices(self) -> None:
        """Start the small devices in this very process: the ID card reader, the scanner, and who compares faces."""
        for name, device in DEVICE_SIMULATORS.items():
            self._devices.enter_context(device(self.folder / name, self.folder / f"{name}.control"))

    def lay_id_card(self, name: str) -> None:
        """Lay somebody's ID card on the reader."""
        tell(self.folder / "id-reader.control", "put", name)

    def lift_id_card(self) -> None:
        """Take the ID card away."""
        tell(self.folder / "id-reader.control", "lift")

    def script_face(self, name: str) -> None:
        """Say whose face is before the camera: matches, differs, picture or nobody."""
        tell(self.folder / "face.control", "script", name)

    # The national platform

    def start_platform(self) -> None:
        """Start the national platform, which issues and resolves the codes of electronic cards."""
        words = ["simulate", "national-platform", "--port", str(self.platform_port)]
        self._start("platform", [str(BIN / "kiosk-central"), *words])

    @property
    def platform_url(self) -> str:
        """Where the national platform answers."""
        return f"http://127.0.0.1:{self.platform_port}"

    def show_e_card(self, name: str) -> str:
        """Hold somebody's telephone before the scanner, with a new code of their electronic card; return the code."""
        self._wait("platform", lambda: LOCAL.get(self.platform_url).is_client_error)
        holder = load(name).holder
        asked = {"id_number": holder.id_number if holder else ""}
        code: str = LOCAL.post(f"{self.platform_url}{SHOW}", json=asked).raise_for_status().json()["token"]
        scanner = self.folder / "scanner.control"
        self._wait("window", lambda: bool(tell(scanner, "status")["heard"]))
        tell(scanner, "scan", code)
        return code

    # The centre

    def fill_centre(self) -> None:
        """Give the centre its citizens, and let it know this kiosk."""
        self._central("seed")
        # `kiosk sync identity` prints it too, once the kiosk has begun its store.
        key = Identity.of(KIOSK_ID, self.folder / "data").public_key
        self._central("enrol", KIOSK_ID, key, *(word for act in ACTS for word in ("--act", act)))

    def start_centre(self) -> None:
        """Start the central system on this stack's port."""
        command = [str(BIN / "kiosk-central"), "serve", "--data", str(self.folder / "centre")]
        command += ["--national-platform", self.platform_url]
        self._start("centre", [*command, "--port", str(self.port), "--public-url", self.url])
        self._wait("centre", lambda: LOCAL.get(f"{self.url}/v1/health").is_success)

    def restart_centre(self) -> None:
        """Start the central system, in place of the one that may be running."""
        self.end("centre")
        self.start_centre()

    def central_summary(self) -> dict[str, int]:
        """Return how much of everything the centre holds."""
        counts: dict[str, int] = json.loads(self._central("summary", "--json"))
        return counts

    def _central(self, verb: str, *words: str) -> str:
        return _run(BIN / "kiosk-central", verb, "--data", str(self.folder / "centre"), *words)

    # The kiosk

    def start_sync(self) -> None:
        """Start the process that delivers events."""
        self._start("sync", [str(BIN / "kiosk"), "sync", "--config", str(self.config)])
        self._wait("sync", lambda: self.knows_centre)  # without its keys, no certificate can be printed

    @property
    def knows_centre(self) -> bool:
        """Whether the kiosk has ever heard of the centre's keys."""
        if not (self.folder / "data/ops.db").exists():
            return False
        with closing(Store.open(self.folder / "data", KIOSK_ID)) as store:
            return bool(known_keys(store))

    def start_window(self, program: str = WINDOW) -> None:
        """Start the window and wait until it shows something."""
        environment = {"PCSCLITE_CSOCK_NAME": str(self.folder / "card/pcscd"), **self._window_environment}
        environment |= {"DISPLAY": self._display} if self._display else {"SDL_VIDEODRIVER": "offscreen"}
        command = [sys.executable, "-m", program, str(self.config), str(self.peephole), self._linger]
        begun = time.monotonic()
        self._start("window", command, environment)
        self._wait("window", lambda: tell(self.peephole, "screen") != "Working")
        self.seconds_to_idle = time.monotonic() - begun

    def sync_status(self) -> dict[str, Any]:
        """Return what ``kiosk sync status --json`` says."""
        status: dict[str, Any] = json.loads(
            self._kiosk("sync", "status", "--config", str(self.config), "--json")
        )
        return status

    def wait_until_delivered(self, seconds: float = 20) -> None:
        """Wait until the outbox is empty, or ``seconds`` are over."""
        deadline = time.monotonic() + seconds
        while self.sync_status()["outbox"]["queued"] and time.monotonic() < deadline:
            time.sleep(0.1)

    def records(self, sql: str) -> list[dict[str, Any]]:
        """Read from the kiosk's own store."""
        with closing(Store.open(self.folder / "data", KIOSK_ID)) as store:
            return store.rows(sql)

    def _kiosk(self, *words: str) -> str:
        return _run(BIN / "kiosk", *words)

    # Processes

    def _start(self, name: str, command: list[str], environment: dict[str, str] | None = None) -> None:
        self._processes[name] = Process(name, command, self.folder / f"{name}.log", environment)

    def _wait(self, name: str, ready: Callable[[], bool]) -> None:
        def answered() -> bool:
            try:
                return ready()
            except (OSError, httpx.HTTPError):
                return False

        self._processes[name].wait_until(answered)


DEVICE_SIMULATORS: Mapping[str, Callable[[Path, Path], AbstractContextManager[Any]]] = {
    "id-reader": SimulatedIdReader,
    "scanner": SimulatedScanner,
    "face": SimulatedFaceService,
}
"""The devices that run in the demo's own process, by the names of their links."""
DEVICES = """
[id_card]
port = "{folder}/id-reader"

[scanner]
port = "{folder}/scanner"

[camera]
device = "{folder}/face"
"""


def write_config(
    folder: Path,
    central_url: str,
    panel: Panel = Panel(),  # noqa: B008
    devices: str = "",
) -> Path:
    """Write the configuration of a demo kiosk whose devices are in ``folder``, and return its path.

    :param devices: the sections of those that not every kiosk has.
    """
    path = folder / "kiosk.toml"
    path.write_text(
        f"""kiosk_id = "{KIOSK_ID}"
region = "{REGION}"
branch = "{BRANCH}"
data = "data"

[central]
url = "{central_url}"

[printer]
port = "{folder / "printer"}"
profile = "{PRINTER_PROFILE}"

[panel]
width = {panel.width}
height = {panel.height}
width_mm = {panel.width_mm}
{devices}"""
    )
    return path


def _run(*command: object) -> str:
    words = [str(word) for word in command]
    ran = subprocess.run(words, capture_output=True, text=True)
    if ran.returncode:
        said = ran.stderr.strip().splitlines()[-1:]
        raise ProcessError(f"{Path(words[0]).name} {words[1]} ended with {ran.returncode}: {''.join(said)}")
    return ran.stdout


def free_port() -> int:
    """Return a free port that no outgoing connection is given, so that it stays free until a server takes it.

    :raises OSError: there is none.
    """
    for port in random.SystemRandom().sample(range(20_000, 32_000), 50):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError("no free port")
