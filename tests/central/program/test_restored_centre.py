"""A centre put back from its backup as the documents say: no document's number is given twice, no event is lost."""

import json
import shutil
from pathlib import Path

import pytest

from sync.identity import Identity
from sync.protocol.certificates import ISSUE_CERTIFICATE
from tests.central.centre import an_identity
from tests.central.certificate_requests import asking
from tests.central.deliveries import EPOCH, event
from tests.central.process import CentralProcess, central
from tests.central.program.workers import until
from tests.central.visiting import VisitingClient

A_BLOCK_AND_MORE = 120


def numbers(process: CentralProcess, identity: Identity, named: str, count: int) -> set[str]:
    client = VisitingClient(process.url, identity)
    until(client.reachable)
    found = {
        client.call(ISSUE_CERTIFICATE, asking(request_id=f"{named}-{place}")).number for place in range(count)
    }
    client.close()
    assert len(found) == count
    return found


@pytest.mark.parametrize("whole", [False, True], ids=["its database", "its folder"])
def test_a_centre_that_is_put_back_gives_no_number_twice(whole, tmp_path):
    process = CentralProcess(tmp_path / "centre")
    identity = an_identity()
    central(process.folder, "seed")
    central(process.folder, "enrol", identity.kiosk_id, identity.public_key)
    try:
        given = numbers(process, identity, "before", 5)
        assert process.stop() == 0
        shutil.copytree(process.folder, tmp_path / "backup")
        process.start()
        after = numbers(process, identity, "forgotten", A_BLOCK_AND_MORE)
        VisitingClient(process.url, identity).deliver(EPOCH, [event(1), event(2)])
        assert process.stop() == 0

        put_back(tmp_path / "backup", process.folder, whole=whole)
        if whole:
            assert "begin a new epoch" in central(process.folder, "feeds", "new-epoch")
        process.start()
        again = numbers(process, identity, "afterwards", A_BLOCK_AND_MORE)
        assert not again & (given | after)
        assert numbers(process, identity, "before", 5) == given
        client = VisitingClient(process.url, identity)
        assert client.deliver(EPOCH, [], acknowledged=2).held == 0, "the kiosk is told, and sends all again"
        delivered = client.deliver(EPOCH, [event(1), event(2)])
        assert [each.result for each in delivered.answers] == ["ok", "ok"]
        counted = json.loads(central(process.folder, "summary", "--json"))
        assert (counted["events"], counted["quarantine"]) == (2, 0)
    finally:
        process.kill()


def put_back(backup: Path, folder: Path, *, whole: bool) -> None:
    if whole:
        shutil.rmtree(folder)
        shutil.copytree(backup, folder)
        return
    for left in folder.glob("central.db*"):
        left.unlink()
    for kept in backup.glob("central.db*"):
        shutil.copy(kept, folder)
