"""A PostgreSQL server for a test run, when Debian's binaries are there."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from tests.deadline import DEADLINE_SECONDS
from tools import postgres


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yield the URL of an empty database; stop and remove the server afterwards."""
    try:
        with postgres.running_postgres() as url:
            yield url
    except postgres.NoPostgresError as error:
        pytest.skip(str(error))


def empty(url: str) -> str:
    """Remove all tables; return the URL."""
    engine = create_engine(url)
    with engine.begin() as tx:
        tx.execute(text("DROP SCHEMA public CASCADE"))
        tx.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url


@contextmanager
def running_pgbouncer(url: str) -> Iterator[str]:
    """Yield the URL of a PgBouncer before the server at ``url``: each transaction may get another session."""
    if not (program := shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")):
        pytest.skip("no pgbouncer here")
    folder = Path(tempfile.mkdtemp(prefix="pgb-", dir="/tmp"))
    host = make_url(url).query["host"]
    (folder / "ini").write_text(
        f"[databases]\npostgres = host={host} dbname=postgres user=central\n"
        f"[pgbouncer]\nlisten_port = 6432\nunix_socket_dir = {folder}\nauth_type = any\n"
        "pool_mode = transaction\ndefault_pool_size = 3\n"
    )
    as_owner = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        as_owner = ["runuser", "-u", "postgres", "--"]
    process = subprocess.Popen([*as_owner, program, "-q", str(folder / "ini")], stderr=subprocess.DEVNULL)
    try:
        pooled = f"postgresql+psycopg://central@/postgres?host={folder}&port=6432"
        wait_for(pooled)
        yield pooled
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def wait_for(url: str, seconds: float = DEADLINE_SECONDS) -> None:
    """Wait until somebody can connect."""
    engine, end = create_engine(url), time.monotonic() + seconds
    while True:
        try:
            engine.connect().close()
            break
        except OperationalError:
            assert time.monotonic() < end, "the database does not answer"
            time.sleep(0.05)
    engine.dispose()
