"""Debian's nginx before a centre, with the very files of deploy/nginx and other places."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deadline import DEADLINE_SECONDS
from tools.demo.stack import free_port

PROGRAM = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Nginx:
    """Where it listens: for kiosks, and for everybody."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kiosks, self.public = free_port(), free_port()
        self.configuration, self.log = folder / "nginx.conf", folder / "error.log"

    def write(self, centre: str, tls: Path) -> None:
        """Write the configuration of deploy/nginx, at ports and in folders of its own.

        :param centre: its host and port. ``tls``: the folder of the certificates.
        """
        moved = {
            "/etc/nginx/conf.d": str(self.folder),
            "/etc/kiosk-central/tls": str(tls),
            "/var/log/nginx": str(self.folder),
            "/var/lib/nginx": str(self.folder),
            "/run/nginx.pid": str(self.folder / "nginx.pid"),
            "listen 8443": f"listen 127.0.0.1:{self.kiosks}",
            "listen 443": f"listen 127.0.0.1:{self.public}",
            "127.0.0.1:8700": centre,
            "worker_rlimit_nofile 65536": "worker_rlimit_nofile 4096",
            "worker_connections 32768": "worker_connections 2048",
            "worker_processes auto": "worker_processes 1",
        }
        # Debian's folders of its temporary files are another user's.
        own = "".join(f"{name}_temp_path {self.folder}/{name};\n" for name in TEMPORARY)
        for file in CONFIGURATION.glob("*.conf"):
            text = file.read_text()
            for before, after in moved.items():
                text = text.replace(before, after)
            (self.folder / file.name).write_text(text.replace("http {", f"http {{\n{own}"))

    @property
    def workers(self) -> set[int]:
        """The users that its workers run as, once they serve."""
        pid = int((self.folder / "nginx.pid").read_text())
        children = [
            Path("/proc", child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
        return {
            each.stat().st_uid for each in children if b"worker process" in (each / "cmdline").read_bytes()
        }

    @property
    def listens(self) -> bool:
        try:
            for port in (self.kiosks, self.public):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return False
        return True


@contextmanager
def running_nginx(folder: Path, centre: str, tls: Path, user: str | None = None) -> Iterator[Nginx]:
    """Run nginx until the block ends; as ``user``, where this process may become another.

    :param folder: an empty one, which nginx's user can reach.
    """
    if PROGRAM is None:
        pytest.skip("no nginx here")
    nginx = Nginx(folder)
    nginx.write(centre, tls)
    become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--"] if user else []
    command = [*become, PROGRAM, "-p", str(folder), "-c", str(nginx.configuration), "-e", str(nginx.log)]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    assert not re.search("emerg|alert|deprecated", checked.stderr), checked.stderr
    process = subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + DEADLINE_SECONDS
        while not nginx.listens:
            assert process.poll() is None, nginx.log.read_text()
            assert time.monotonic() < end
            time.sleep(0.02)
        yield nginx
    finally:
        process.terminate()
        process.wait()
