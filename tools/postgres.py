"""A PostgreSQL server of one's own in a temporary folder, when Debian's binaries are there."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoPostgresError(Exception):
    """There is no PostgreSQL on this machine."""


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[str]:
    """Yield the URL of an empty database; stop and remove the server afterwards.

    :param durable: what is committed is on disk, as in production.
    :raises NoPostgresError: PostgreSQL is not installed.
    """
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        raise NoPostgresError("no PostgreSQL in /usr/lib/postgresql/*/bin")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        as_owner = _owner(folder)
        options = ["-U", "central", "-A", "trust", "-N", "--locale=C", "--encoding=UTF8"]
        _run(as_owner, binaries[-1] / "initdb", "-D", folder / "data", *options)
        settings = f"-k {folder} -c listen_addresses= -c fsync={'on' if durable else 'off'}"
        _run(as_owner, binaries[-1] / "pg_ctl", "-D", folder / "data", "-w", "-o", settings, "start")
        try:
            yield f"postgresql+psycopg://central@/postgres?host={folder}"
        finally:
            _run(as_owner, binaries[-1] / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _owner(folder: Path) -> list[str]:
    """PostgreSQL does not run as root; root lets its own user do it."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres")
    return ["runuser", "-u", "postgres", "--"]


def _run(as_owner: list[str], *command: object) -> None:
    subprocess.run([*as_owner, *map(str, command)], check=True, stdout=subprocess.DEVNULL)
