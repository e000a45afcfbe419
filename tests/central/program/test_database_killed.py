"""The database server killed under load: who asks is told when to come again, and nothing that was answered is lost."""

import json
import threading
import time

import httpx
import pytest
from uuid_utils import uuid7

from sync.client import CentralUnreachableError
from sync.protocol.certificates import ISSUE_CERTIFICATE
from tests.central.centre import an_identity
from tests.central.certificate_requests import asking
from tests.central.deliveries import EPOCH, event
from tests.central.postgres import kill, running_postgres, start_again
from tests.central.process import CentralProcess, central
from tests.central.program.workers import until, workers_of
from tests.central.visiting import VisitingClient
from tests.deadline import DEADLINE_SECONDS

KIOSKS = 4
AT_LEAST = 15
"""Events and certificates of each kiosk before, between and after the strokes."""


class BusyKiosk(threading.Thread):
    """Delivers one event after the other and issues a certificate with each, asking again whatever is not answered."""

    def __init__(self, url: str, identity) -> None:
        super().__init__(daemon=True)
        self._client = VisitingClient(url, identity)
        self.identity = identity
        self.numbers: dict[str, str] = {}
        self.done, self.stopped = 0, threading.Event()
        self.troubles: list[CentralUnreachableError] = []
        self.broken: list[Exception] = []

    def run(self) -> None:
        try:
            while not self.stopped.is_set():
                sent = event(self.done + 1, kiosk_id=self.identity.kiosk_id, id=str(uuid7()))
                answer = self.until_answered(lambda sent=sent: self._client.deliver(EPOCH, [sent]))
                assert [each.result for each in answer.answers] in (["ok"], ["duplicate"])
                request = asking(request_id=f"{self.identity.kiosk_id}-{self.done}")
                issued = self.until_answered(lambda r=request: self._client.call(ISSUE_CERTIFICATE, r))
                self.numbers[request.request_id] = issued.number
                self.done += 1
        except Exception as error:
            self.broken.append(error)

    def until_answered(self, ask):
        while True:
            try:
                return ask()
            except CentralUnreachableError as trouble:
                self.troubles.append(trouble)
                time.sleep(0.05)


@pytest.fixture
def postgres():
    with running_postgres() as url:
        yield url


def test_a_killed_database_server_loses_nothing_that_was_answered(postgres, tmp_path):
    process = CentralProcess(tmp_path, "--workers", "2", "--database", postgres)
    central(tmp_path, "seed", "--database", postgres)
    kiosks = []
    try:
        for number in range(KIOSKS):
            identity = an_identity(f"610200-{number:03}")
            central(tmp_path, "enrol", identity.kiosk_id, identity.public_key, "--database", postgres)
            kiosks.append(BusyKiosk(process.url, identity))
        workers = workers_of(process.pid)
        for kiosk in kiosks:
            kiosk.start()
        for _ in range(2):
            before = [kiosk.done for kiosk in kiosks]
            until(
                lambda before=before: all(
                    k.done >= b + AT_LEAST or k.broken for k, b in zip(kiosks, before, strict=True)
                )
            )
            kill(postgres)
            ready = httpx.get(f"{process.url}/v1/ready", trust_env=False, timeout=DEADLINE_SECONDS)
            assert (ready.status_code, ready.json()["code"]) == (503, "database-away")
            assert int(ready.headers["Retry-After"]) > 0
            assert (
                httpx.get(f"{process.url}/v1/health", trust_env=False, timeout=DEADLINE_SECONDS).status_code
                == 200
            )
            told = [len(kiosk.troubles) for kiosk in kiosks]
            until(
                lambda told=told: all(
                    len(k.troubles) > t or k.broken for k, t in zip(kiosks, told, strict=True)
                )
            )
            start_again(postgres)
        before = [kiosk.done for kiosk in kiosks]
        until(lambda: all(k.done >= b + AT_LEAST or k.broken for k, b in zip(kiosks, before, strict=True)))
        for kiosk in kiosks:
            kiosk.stopped.set()
        for kiosk in kiosks:
            kiosk.join(DEADLINE_SECONDS)
        assert [kiosk.broken for kiosk in kiosks] == [[]] * KIOSKS
        assert all(
            "503" in str(trouble) and trouble.retry_after for kiosk in kiosks for trouble in kiosk.troubles
        )
        assert workers_of(process.pid) == workers, "no worker had to be started again"
        numbers = [number for kiosk in kiosks for number in kiosk.numbers.values()]
        assert len(set(numbers)) == len(numbers)
        again = {each.identity.kiosk_id: VisitingClient(process.url, each.identity) for each in kiosks}
        for kiosk in kiosks:
            client = again[kiosk.identity.kiosk_id]
            assert client.deliver(EPOCH, []).held == kiosk.done
            for request, number in list(kiosk.numbers.items())[::5]:
                assert client.call(ISSUE_CERTIFICATE, asking(request_id=request)).number == number
        counted = json.loads(central(tmp_path, "summary", "--json", "--database", postgres))
        assert counted["events"] == sum(kiosk.done for kiosk in kiosks)
        assert counted["certificates"] == len(numbers)
        assert counted["quarantine"] == 0
    finally:
        for kiosk in kiosks:
            kiosk.stopped.set()
        process.kill()
