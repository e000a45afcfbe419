"""A machine made from a bare system, with this project on it."""

import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENTER = Path(__file__).with_name("enter.sh")
NAMESPACES = ("--mount", "--pid", "--fork", "--uts", "--ipc", "--propagation", "private", "--kill-child")

LISTENERS = r"""
mkdir -p /run/pcscd
unshare --net sh -c '/usr/sbin/pcscd --foreground >/dev/null 2>&1 & sleep 3
awk "\$4 == \"0A\" { print \$2 }" /proc/net/tcp /proc/net/tcp6; kill $!'
"""


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    seconds: float
    output: str


class Machine:
    """A copy of a bare system in ``folder``; ``log`` takes what its commands say."""

    def __init__(self, system: Path, folder: Path, log: Path) -> None:
        self._folder, self._log = folder, log
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["cp", "-a", "--reflink=auto", system, folder], check=True)

    def remove(self) -> None:
        """Remove the copy."""
        shutil.rmtree(self._folder)

    def bring_project(self, user: str) -> None:
        """Put a copy of the working tree into the user's home, as a fresh clone would be there."""
        home = self._folder / ("root" if user == "root" else f"home/{user}")
        (home / "project").mkdir()
        listed = "git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf -"
        subprocess.run(f"{listed} | tar -xf - -C {home}/project", shell=True, cwd=ROOT, check=True)  # noqa: S602
        self.run("root", f"chown -R {user}: ~{user}/project")

    def run(self, user: str, command: str) -> Outcome:
        """Let ``user`` log in and run a shell command, without input."""
        begun = time.monotonic()
        ran = subprocess.run(
            ["unshare", *NAMESPACES, "sh", ENTER, self._folder, user, command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        outcome = Outcome(ran.returncode, time.monotonic() - begun, ran.stdout)
        with self._log.open("a") as log:
            log.write(f"\n=== {user}: {command} → {outcome.code}, {outcome.seconds:.0f} s\n{outcome.output}")
        return outcome

    def listeners(self) -> list[str]:
        """Return the addresses on which a pcscd of this system, started as the system would, is listening."""
        return self.run("root", LISTENERS).output.split()
