"""Several workers on one database and one port: they share nothing else."""

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from central.api import kiosks
from central.cli import main
from central.database import open_database
from central.workers import listen
from sync.client import CentralClient, CentralRefused, CentralUnreachable
from tests.central.centre import an_identity
from tests.central.postgres import empty
from tests.central.process import CentralProcess
from tests.central.test_inbox import EPOCH, event, results

DEADLINE_SECONDS = 60
CONNECTIONS = 8


def workers_of(pid: int) -> list[int]:
    """Return the processes that the process of a process made: a server of forks stands between."""
    return [worker for child in children_of(pid) for worker in children_of(child)]


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def until(condition) -> None:
    end = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def answers(client: CentralClient) -> bool:
    with suppress(CentralUnreachable):
        return client.deliver(EPOCH, []).held == CONNECTIONS
    return False


@pytest.fixture
def engine(postgres_url):
    engine = open_database(empty(postgres_url))
    yield engine
    engine.dispose()


def test_workers_are_one_centre_and_none_outlives_the_process_that_started_them(
    postgres_url, engine, tmp_path
):
    identity = an_identity()
    with engine.begin() as tx:
        kiosks.enrol(tx, identity.kiosk_id, identity.public_key, datetime.now(UTC))
    process = CentralProcess(tmp_path, "--workers", "2", "--database", postgres_url)
    try:
        # Each client is a connection of its own, so that both workers get some.
        clients = [CentralClient(process.url, identity) for _ in range(CONNECTIONS)]
        until(clients[0].reachable)
        for number, client in enumerate(clients, 1):
            assert results(client.deliver(EPOCH, [event(number)])) == ["ok"]
            assert results(client.deliver(EPOCH, [event(1)])) == ["duplicate"]

        before = workers_of(process.pid)
        assert len(before) == 2
        os.kill(before[0], signal.SIGKILL)
        until(lambda: len(set(workers_of(process.pid)) - set(before)) == 1)
        for client in clients:
            until(lambda client=client: answers(client))

        with engine.begin() as tx:
            kiosks.revoke(tx, identity.kiosk_id, datetime.now(UTC))
        for client in clients:
            with pytest.raises(CentralRefused, match="kiosk-revoked"):
                client.deliver(EPOCH, [])
    finally:
        workers = workers_of(process.pid)
        process.kill()
    until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
    assert "worker_ended" in process.log.read_text()


def test_an_answer_is_not_held_back_until_the_kiosk_has_acknowledged_its_beginning():
    with closing(listen("127.0.0.1", 0, 1)[0]) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_several_workers_on_sqlite_are_refused_with_the_way_out(tmp_path):
    result = CliRunner().invoke(main, ["serve", "--workers", "2", "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert "need PostgreSQL" in result.stderr


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx here to check the configuration with")
def test_nginx_understands_the_configuration_of_the_documentation(tmp_path):
    document = Path(__file__).parents[2] / "docs" / "central.md"
    server = document.read_text().split("```nginx\n")[1].split("```")[0]
    key = ("-newkey", "ed25519", "-keyout", "key.pem", "-out", "certificate.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-nodes", *key, "-subj", "/CN=kiosk"], cwd=tmp_path, check=True
    )
    for name in ("/etc/kiosk/tls.pem", "/etc/kiosk/kiosk-ca.pem"):
        server = server.replace(name, str(tmp_path / "certificate.pem"))
    server = server.replace("listen 443", f"listen unix:{tmp_path}/nginx.socket")  # 443 is root's
    server = server.replace("/etc/kiosk/tls.key", str(tmp_path / "key.pem"))
    # Its own folders are not there when only its files were unpacked.
    folders = "".join(
        f"{kind}_temp_path {kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    http = f"access_log off;\n{folders}{server}"
    (tmp_path / "nginx.conf").write_text(
        f"error_log stderr;\npid nginx.pid;\nevents {{}}\nhttp {{\n{http}\n}}\n"
    )
    checked = subprocess.run(
        ["nginx", "-t", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)], capture_output=True
    )
    assert checked.returncode == 0, checked.stderr.decode()
