"""Letting kiosks in: invited with a one-time code, approved by somebody who compared the fingerprints."""

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from click.testing import CliRunner

import central.program.main
import kiosk.cli
from central.access import enrolment, kiosks
from central.access.endpoint import RequestGuards
from central.access.kiosks import EnrolmentError
from central.access.limits import RateLimiter
from central.store import tables as models
from sync.client import CentralRefusedError, CentralUnreachableError
from sync.identity import Identity
from sync.protocol.enrolment import EnrolmentRequest
from sync.store import Store
from tests.central.centre import HTTP, Centre, an_identity
from tests.central.deliveries import EPOCH, event, results

ID = "610200-001"


def invite(centre: Centre, at: datetime | None = None, **options) -> str:
    with centre.engine.begin() as tx:
        return enrolment.invite(tx, ID, at or datetime.now(UTC), **options)


def approve(centre: Centre) -> str:
    with centre.engine.begin() as tx:
        return enrolment.approve(tx, ID, datetime.now(UTC))


def status(centre: Centre) -> kiosks.KioskStatus:
    with centre.engine.connect() as connection:
        (found,) = kiosks.statuses(connection)
    return found


def refused(work, *arguments) -> str:
    with pytest.raises(CentralRefusedError) as refusal:
        work(*arguments)
    return refusal.value.code


def test_a_kiosk_is_let_in_when_somebody_approves_the_key_it_brought(any_centre):
    identity = an_identity()
    client = any_centre.client(identity)
    code = invite(any_centre)
    assert status(any_centre).state == "invited"

    assert client.enrol(code).state == "pending"
    assert (status(any_centre).state, status(any_centre).waiting) == ("pending", identity.fingerprint)
    assert refused(client.deliver, EPOCH, []) == "signature-wrong"

    assert approve(any_centre) == identity.fingerprint
    assert client.enrol(code).state == "enrolled"
    assert results(client.deliver(EPOCH, [event(1)])) == ["ok"]
    assert (status(any_centre).state, status(any_centre).waiting) == ("enrolled", None)


def test_for_a_demonstration_the_key_is_let_in_at_once(centre):
    client = centre.client(an_identity())
    code = invite(centre, auto_approve=True)
    assert [client.enrol(code).state for _ in range(2)] == ["enrolled", "enrolled"]
    assert client.deliver(EPOCH, []).held == 0


def test_only_a_digest_of_the_code_is_kept(centre):
    code = invite(centre)
    (row,) = centre.rows(models.invitations)
    assert code.replace("-", "") not in str(row)


def test_a_code_cannot_be_guessed_for_long(centre):
    client = centre.client(an_identity())
    code = invite(centre)
    for _ in range(enrolment.TRIES):
        assert refused(client.enrol, "AAAA-AAAA-AAAA") == "invitation-wrong"
    assert refused(client.enrol, code) == "invitation-wrong"


def test_a_code_is_good_for_a_day(centre):
    client = centre.client(an_identity())
    yesterday = datetime.now(UTC) - enrolment.VALID - timedelta(seconds=1)
    assert refused(client.enrol, invite(centre, yesterday)) == "invitation-wrong"


def test_a_code_is_good_for_one_key_only(centre):
    code = invite(centre)
    centre.client(an_identity()).enrol(code)
    assert refused(centre.client(an_identity()).enrol, code) == "invitation-wrong"


def test_a_code_is_good_for_its_kiosk_only(centre):
    code = invite(centre)
    assert refused(centre.client(an_identity("610200-002")).enrol, code) == "invitation-wrong"


def test_a_key_is_only_taken_from_who_has_its_secret(centre):
    mine, other = an_identity(), an_identity()
    body = msgspec.json.encode(EnrolmentRequest(invite(centre), other.public_key))
    url = f"{centre.url}/v1/enrol"
    answer = HTTP.post(url, content=body, headers=mine.sign("POST", url, body))
    assert answer.json()["code"] == "signature-wrong"
    assert status(centre).state == "invited"


def test_a_machine_set_up_anew_replaces_its_key_only_when_that_is_approved(centre):
    old, new = an_identity(), an_identity()
    before, after = centre.client(centre.enrol(old)), centre.client(new)
    after.enrol(invite(centre))
    assert before.deliver(EPOCH, []).held == 0
    assert refused(after.deliver, EPOCH, []) == "signature-wrong"
    assert status(centre).fingerprint == old.fingerprint
    approve(centre)
    assert after.deliver(EPOCH, []).held == 0
    assert refused(before.deliver, EPOCH, []) == "signature-wrong"


def test_a_revoked_kiosk_is_refused_from_its_next_request_on_and_its_invitation_too(centre):
    identity = an_identity()
    client = centre.client(centre.enrol(identity))
    code = invite(centre)
    client.deliver(EPOCH, [event(1)])
    with centre.engine.begin() as tx:
        kiosks.revoke(tx, identity.kiosk_id, datetime.now(UTC))
    assert refused(client.deliver, EPOCH, [event(2)]) == "kiosk-revoked"
    assert refused(client.enrol, code) == "invitation-wrong"
    assert status(centre).state == "revoked"
    assert centre.count(models.events) == 1


def test_nothing_can_be_approved_that_did_not_ask(centre):
    invite(centre)
    with pytest.raises(EnrolmentError, match="no key"):
        approve(centre)
    with pytest.raises(EnrolmentError, match="not a kiosk's number"), centre.engine.begin() as tx:
        enrolment.invite(tx, "not a number", datetime.now(UTC))


def test_strangers_cannot_ask_without_end(centre):
    centre.app.state.door = RequestGuards(unenrolled=RateLimiter(per_second=0.01, burst=2))
    client = centre.client(an_identity())
    for _ in range(2):
        assert refused(client.enrol, "AAAA") == "invitation-wrong"
    with pytest.raises(CentralUnreachableError, match="429") as busy:
        client.enrol("AAAA")
    assert busy.value.retry_after >= 1


def test_a_kiosk_that_asks_too_often_hears_when_to_come_again(centre):
    centre.app.state.door = RequestGuards(kiosks=RateLimiter(per_second=0.01, burst=1))
    first, second = (centre.client(centre.enrol(an_identity(name))) for name in ("K1", "K2"))
    first.deliver(EPOCH, [])
    with pytest.raises(CentralUnreachableError, match="429") as busy:
        first.deliver(EPOCH, [])
    assert 1 <= busy.value.retry_after <= 100
    assert second.deliver(EPOCH, []).held == 0


def test_a_signed_request_that_is_played_back_changes_nothing(centre):
    identity = centre.enrol(an_identity())
    body = msgspec.json.encode(identity.seal(EPOCH, [event(1)]))
    headers = identity.sign("POST", f"{centre.url}/v1/events", body)
    answers = [HTTP.post(f"{centre.url}/v1/events", content=body, headers=headers).json() for _ in range(3)]
    assert [each["answers"][0]["result"] for each in answers] == ["ok", "duplicate", "duplicate"]
    assert (centre.count(models.events), centre.count(models.seals)) == (1, 1)


def test_the_commands_let_a_kiosk_in(centre, tmp_path):
    config = tmp_path / "kiosk.toml"
    config.write_text(
        f'kiosk_id = "{ID}"\nregion = "610200"\nbranch = "王益大厅"\ndata = "kiosk"\n'
        f'central.url = "{centre.url}"\nprinter = {{ port = "/dev/null", profile = "none" }}\n'
    )

    def at_the_centre(*arguments: str) -> str:
        return run(central.program.main.main, [*arguments, "--data", str(tmp_path)], 0)

    def at_the_kiosk(code: str, exit_code: int) -> str:
        return run(kiosk.cli.main, ["sync", "enrol", code, "--config", str(config)], exit_code)

    code = json.loads(at_the_centre("invite", ID, "--json"))["code"]
    Store.open(tmp_path / "kiosk", ID).close()  # `kiosk run` has begun it
    fingerprint = Identity.of(ID, tmp_path / "kiosk").fingerprint
    assert at_the_kiosk("AAAA-AAAA-AAAA", 1).startswith("Error: 邀请码不对")
    assert at_the_kiosk(code.lower(), 3) == f"pending, fingerprint {fingerprint}"
    assert at_the_centre("approve", ID) == f"enrolled {ID}, fingerprint {fingerprint}"
    assert at_the_kiosk(code, 0) == f"enrolled, fingerprint {fingerprint}"
    assert run(kiosk.cli.main, ["sync", "once", "--config", str(config)], 0) == "still waiting: 0"
    listed = json.loads(at_the_centre("kiosks", "--json"))
    assert (listed["state"], listed["fingerprint"]) == ("enrolled", fingerprint)
    assert listed["version"].startswith("branch-kiosk/") and abs(listed["clock_skew"]) < 60
    at_the_centre("revoke", ID)
    assert f"{ID}  revoked  {fingerprint}" in at_the_centre("kiosks")


def run(command, arguments: list[str], exit_code: int) -> str:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == exit_code, result.output
    lines = (result.stdout or result.stderr).splitlines()
    # The centre that runs beside it logs there too: its lines begin with the time.
    return [line for line in lines if not line.startswith("20")][-1]
