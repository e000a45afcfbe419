"""A real pcscd whose readers are virtual: the program, its driver, and how they are started and end."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from hardware.simulator.places import clear_socket

SOCKET, LOG = "pcscd", "pcscd.log"
DRIVER = "usr/lib/pcsc/drivers/serial/libifdvpcd.so"
DRIVER_ROOTS = (Path(sys.prefix) / "share/branch-kiosk/unpacked", Path("/"))
"""Our own unpacked copy first: one that is installed has the system's pcscd listen on every address."""

PATIENCE = 30
"""Seconds for pcscd to start."""


class ReaderStartError(RuntimeError):
    """The simulated reader cannot run here; the message says why, in one line."""


def find_pcscd() -> str:
    """Return the path of pcscd, which is not in the PATH of an ordinary Debian user.

    :raises ReaderStartError: it is not installed.
    """
    folders = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin", "/sbin"])
    if found := shutil.which("pcscd", path=folders):
        return found
    raise ReaderStartError("pcscd is not installed (Debian package pcscd)")


def find_driver() -> Path:
    """Return the path of the virtual reader's driver.

    :raises ReaderStartError: it is not installed.
    """
    for root in DRIVER_ROOTS:
        if (root / DRIVER).exists():
            return root / DRIVER
    raise ReaderStartError("the driver of the virtual reader is not there (Debian package vsmartcard-vpcd)")


def _driver(number: int) -> str:
    if number == 0:
        return str(find_driver())
    # vpcd keeps its slots in global variables, so that a second reader needs a library of its own
    return str(shutil.copy(find_driver(), Path(f"vpcd{number}.so").absolute()))


def _options(pcscd: str) -> list[str]:
    """Newer versions ask polkit about each client, and there is none in the namespace."""
    told = subprocess.run([pcscd, "--help"], capture_output=True, text=True, timeout=PATIENCE)
    return ["--disable-polkit"] if "--disable-polkit" in told.stdout + told.stderr else []


def listening(port: int) -> bool:
    """Return whether something in this network listens on ``port`` (connecting to vpcd would be a card put in)."""
    everywhere, listen = f"00000000:{port:04X}", "0A"
    lines = Path("/proc/self/net/tcp").read_text().splitlines()[1:]
    return any(line.split()[1:4:2] == [everywhere, listen] for line in lines)


class PcscDaemon:
    """The pcscd of this process. Only its main thread may start it: it dies with the thread that did."""

    def __init__(self, readers: Mapping[int, str]) -> None:
        """:param readers: the names of the readers by the first of their ports."""
        self._process: subprocess.Popen[bytes] | None = None
        self._socket_is_ours = False
        self._ports = tuple(readers)
        self._pcscd = find_pcscd()
        self._options = _options(self._pcscd)
        Path("readers").mkdir(exist_ok=True)
        entries = (
            f'FRIENDLYNAME "{name}"\nDEVICENAME /dev/null:{port:#x}\n'
            f"LIBPATH {_driver(number)}\nCHANNELID {port:#x}\n"
            for number, (port, name) in enumerate(readers.items())
        )
        Path("readers/simulated").write_text("\n".join(entries))

    def start(self) -> None:
        """Start pcscd on a new socket, and wait until its readers are there.

        :raises ReaderStartError: it ended, or the readers did not come; the message has pcscd's last words.
        :raises PlaceTakenError: another one answers at that socket.
        """
        clear_socket(Path(SOCKET))
        with socket.socket(socket.AF_UNIX) as listener, Path(LOG).open("ab") as log:
            listener.bind(SOCKET)
            self._socket_is_ours = True
            listener.listen(64)
            # pcscd takes a socket over as systemd hands it: as descriptor 3, for the process LISTEN_PID.
            script = 'exec 3<&"$0"; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"'
            command = ["setpriv", "--pdeathsig", "KILL", "sh", "-c", script, str(listener.fileno())]
            command += [self._pcscd, "--foreground", *self._options, "-c", str(Path("readers").absolute())]
            self._process = subprocess.Popen(
                command, pass_fds=[listener.fileno()], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._wait_for_readers()

    def _wait_for_readers(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not all(map(listening, self._ports)):
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                raise ReaderStartError(f"pcscd did not start: {self._last_words()}")
            time.sleep(0.01)

    def _last_words(self) -> str:
        lines = Path(LOG).read_text(errors="replace").splitlines()
        ended = f"it said nothing ({self._process.poll() if self._process else None})"
        return f"{lines[-1].strip() if lines else ended} (more in {LOG})"

    def kill(self) -> None:
        """Kill pcscd, if it runs."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """Kill pcscd, if it runs, and remove its socket."""
        self.kill()
        if self._socket_is_ours:
            Path(SOCKET).unlink(missing_ok=True)

    def restart(self) -> None:
        """Kill pcscd, if it runs, and start it again."""
        self.kill()
        self.start()
