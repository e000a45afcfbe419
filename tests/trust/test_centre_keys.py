"""The centre's keys: told to kiosks before they sign, withdrawn when stolen, and old signatures good for ever."""

import json
import multiprocessing
import time
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from click.testing import CliRunner

from central.certificates.signing import Issuer, open_issuer
from central.keys.key_list import KeyListError
from central.keys.providers import KeyProviders, KeySettings
from central.keys.ring import KeyRing
from central.keys.token import Token, TokenError, TokenSettings
from central.program.main import main
from kiosk.commands.certificate import certificate
from kiosk.paper.certificates.verification import Reason, load_keys, verify
from sync.centre_keys import known_keys, learn_keys
from sync.feeds import feed_status
from sync.feeds.follower import FEED_KEYS
from sync.protocol import certificate_code
from sync.protocol.algorithms import as_text
from sync.protocol.centre_keys import CentreKey, of_role, vouched_for
from sync.protocol.certificate_code import CertificateCode, id_hash
from sync.protocol.feeds import Manifest
from sync.protocol.secret_file import SecretFileError
from tests import softhsm
from tests.deadline import DEADLINE_SECONDS
from tests.keys import a_key, known
from tests.people import WANG
from tests.sync.feed_kiosk import Kiosk, fill
from tests.sync.publisher import Publisher

NOW = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
WEEK, DAY = timedelta(days=7), timedelta(days=1)
ALGORITHMS = ["ed25519", "sm2-sm3", "ecdsa-p256-sha256"]


def ring(folder, role="certificate", algorithm="ed25519") -> KeyRing:
    """The keys of a centre; the first is made if there is none."""
    made = KeyRing(role, KeyProviders(folder, KeySettings(algorithm)))
    made.begin()
    return made


def code_of(issuer: Issuer, at: datetime) -> str:
    """A signed QR code of that moment."""
    key = issuer.keys.signing(at)
    number = 610200202600000001
    content = CertificateCode(
        key_id=key.number,
        kind=1,
        number=number,
        issued_at=at,
        region="610200",
        id_hash=id_hash(WANG.id_number, number),
        name="王建国",
        months=24,
        last_month="2026-10",
    )
    return issuer.qr("TQY6MUFKBZNN", content, key)


def verdict(issuer: Issuer, code: str):
    return verify(code, {key.number: key for key in issuer.keys.listed()}, date(2026, 11, 27))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_code_is_verified_with_the_key_that_signed_it_whatever_its_algorithm(tmp_path, algorithm):
    issuer = open_issuer(tmp_path, "https://rs.example.gov.cn", KeySettings(algorithm))
    code = code_of(issuer, NOW)
    assert (
        len(code) == len("https://rs.example.gov.cn/verify/TQY6MUFKBZNN#") + 142
    )  # as long with each algorithm
    assert verdict(issuer, code).genuine
    assert not verdict(issuer, code[:-6] + "AAAAAA").genuine


def test_a_key_of_another_algorithm_verifies_nothing_under_the_same_number(tmp_path):
    issuer = open_issuer(tmp_path, "https://rs.example.gov.cn", KeySettings("sm2-sm3"))
    p256 = known(a_key("ecdsa-p256-sha256"))
    assert verify(code_of(issuer, NOW), {1: p256}, date(2026, 11, 27)).reason is Reason.WRONG_SIGNATURE
    [sm2] = issuer.keys.listed()
    disguised = msgspec.structs.replace(sm2, algorithm="ed25519")
    with pytest.raises(certificate_code.CodeError):
        certificate_code.verify(code_of(issuer, NOW).partition("#")[2], disguised)


def test_the_next_key_is_listed_at_once_and_signs_when_the_overlap_is_over(tmp_path):
    keys = ring(tmp_path)
    new = keys.rotate(NOW, overlap=WEEK)
    assert [key.number for key in keys.listed()] == [1, 2]
    assert keys.signing(NOW + WEEK - timedelta(seconds=1)).number == 1
    assert keys.signing(NOW + WEEK).number == new.number == 2


def test_another_worker_uses_the_new_key_without_being_told(tmp_path):
    worker = ring(tmp_path)
    assert worker.signing(NOW).number == 1
    ring(tmp_path).rotate(NOW, overlap=timedelta(0))
    assert worker.signing(NOW).number == 2


def test_old_documents_are_verified_for_ever_and_the_old_key_signs_nothing_new(tmp_path):
    issuer = open_issuer(tmp_path, "https://rs.example.gov.cn")
    old, late = code_of(issuer, NOW), code_of(issuer, NOW + 2 * WEEK)  # the second, by who kept the key
    ring(tmp_path).rotate(NOW, overlap=WEEK)
    assert verdict(issuer, old).genuine
    assert verdict(issuer, late).reason is Reason.KEY_RETIRED
    assert verdict(issuer, code_of(issuer, NOW + 2 * WEEK)).genuine


def test_a_document_dated_before_its_key_is_none(tmp_path):
    issuer = open_issuer(tmp_path, "https://rs.example.gov.cn")
    ring(tmp_path).rotate(NOW - WEEK, overlap=timedelta(0))
    key = issuer.keys.signing(NOW)
    assert key.number == 2
    at = NOW - 2 * WEEK
    content = certificate_code.read(code_of(issuer, NOW).partition("#")[2])
    backdated = certificate_code.sign(msgspec.structs.replace(content, issued_at=at), key.private)
    assert verdict(issuer, backdated).reason is Reason.KEY_NOT_YET


def test_what_a_stolen_key_signs_after_its_withdrawal_is_refused_and_what_it_signed_before_is_told_with_care(
    tmp_path,
):
    issuer = open_issuer(tmp_path, "https://rs.example.gov.cn")
    before, forged = code_of(issuer, NOW - WEEK), code_of(issuer, NOW + DAY)
    ring(tmp_path).withdraw(1, since=NOW - DAY, at=NOW)
    assert issuer.keys.signing(NOW).number == 2
    assert verdict(issuer, forged).reason is Reason.KEY_WITHDRAWN
    assert verdict(issuer, before).genuine
    assert verdict(issuer, before).key_withdrawn == NOW - DAY
    assert verdict(issuer, code_of(issuer, NOW)).key_withdrawn is msgspec.UNSET


def test_a_withdrawal_brings_the_listed_key_forward(tmp_path):
    keys = ring(tmp_path)
    keys.rotate(NOW, overlap=WEEK)
    assert keys.withdraw(1, since=NOW + DAY, at=NOW + DAY).number == 2
    assert keys.signing(NOW + DAY).number == 2
    assert len(keys.listed()) == 2


def test_the_withdrawal_of_a_key_that_was_still_to_come_leaves_no_gap(tmp_path):
    keys = ring(tmp_path)
    keys.rotate(NOW, overlap=WEEK)
    keys.withdraw(2, since=NOW, at=NOW)
    assert [keys.signing(at).number for at in (NOW, NOW + DAY, NOW + WEEK, NOW + 2 * WEEK)] == [1, 1, 3, 3]


def test_a_key_is_rotated_to_another_algorithm_and_both_are_verified(tmp_path):
    issuer = open_issuer(tmp_path, "https://rs.example.gov.cn")
    old = code_of(issuer, NOW - DAY)
    ring(tmp_path, algorithm="sm2-sm3").rotate(NOW, overlap=timedelta(0))
    issuer = open_issuer(tmp_path, "https://rs.example.gov.cn", KeySettings("sm2-sm3"))
    assert issuer.keys.listed()[1].algorithm == "sm2-sm3"
    assert verdict(issuer, old).genuine
    assert verdict(issuer, code_of(issuer, NOW)).genuine


def test_the_key_of_a_centre_that_is_older_than_the_list_stays_what_it_was(tmp_path):
    (tmp_path / "certificate.key").write_text("11" * 32)
    (tmp_path / "certificate.key").chmod(0o600)
    for algorithm in ALGORITHMS:
        [key] = ring(tmp_path, algorithm=algorithm).listed()
        assert (key.number, key.algorithm) == (1, "ed25519")


def test_a_list_that_went_missing_is_told_and_no_old_key_is_used_again(tmp_path):
    ring(tmp_path).rotate(NOW, overlap=timedelta(0))
    (tmp_path / "keys.json").unlink()
    with pytest.raises(KeyListError, match="restore"):
        KeyRing("certificate", KeyProviders(tmp_path)).signing(NOW)


def test_another_key_in_the_place_of_the_listed_one_signs_nothing(tmp_path):
    ring(tmp_path)
    (tmp_path / "certificate.key").write_text("22" * 32)
    with pytest.raises(KeyListError, match="not the one"):
        KeyRing("certificate", KeyProviders(tmp_path)).signing(NOW)
    (tmp_path / "certificate.key").unlink()
    with pytest.raises(SecretFileError, match="restore"):
        KeyRing("certificate", KeyProviders(tmp_path)).signing(NOW)


def test_a_credential_of_systemd_comes_before_a_file(tmp_path, monkeypatch):
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "kiosk-central-certificate").write_text("33" * 32)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    keys = ring(tmp_path)
    assert keys.signing(NOW).number == 1
    assert not (tmp_path / "certificate.key").exists()


# A security module.


@pytest.fixture(scope="module")
def token():
    """The settings that lead to a token of SoftHSM2."""
    module = softhsm.module()
    return TokenSettings(str(module), "centre", str(softhsm.new_token("centre")))


@pytest.mark.parametrize("algorithm", ["ed25519", "ecdsa-p256-sha256"])
def test_a_key_in_a_security_module_signs_and_is_rotated_and_no_file_holds_it(tmp_path, token, algorithm):
    settings = KeySettings(algorithm, token)
    role = "certificate" if algorithm == "ed25519" else "feed"  # the token has one key of each name
    keys = KeyRing(role, KeyProviders(tmp_path, settings))
    keys.begin()
    keys.rotate(NOW, overlap=timedelta(0))
    first, second = keys.listed()
    for listed, at in ((first, NOW - DAY), (second, NOW)):
        signing = keys.signing(at)
        assert signing.number == listed.number
        listed.verify(signing.private.sign(b"data"), b"data")
    assert vouched_for(first, [first, second]) == [second]
    assert list(tmp_path.glob("*.key")) == []
    again = KeyRing(role, KeyProviders(tmp_path, settings)).signing(NOW)
    assert again.private.public_key == second.octets


def test_a_forked_worker_signs_with_a_session_of_its_own(tmp_path, token):
    keys = KeyRing("feed", KeyProviders(tmp_path, KeySettings("ed25519", token)))
    keys.begin()
    key = keys.signing(NOW).private
    key.sign(b"parent")
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    worker = context.Process(target=lambda: queue.put(key.sign(b"child")))
    worker.start()
    worker.join(DEADLINE_SECONDS)  # a signature is less than a pipe holds
    assert worker.exitcode == 0
    keys.listed()[0].verify(queue.get(), b"child")
    key.sign(b"parent, still")


def test_a_security_module_that_does_not_do_it_says_so_and_tells_no_pin(tmp_path, token):
    sm2 = KeyRing("certificate", KeyProviders(tmp_path, KeySettings("sm2-sm3", _with(token, token="none"))))
    with pytest.raises(TokenError) as caught:
        sm2.begin()
    assert "none" in str(caught.value)
    other = KeyProviders(tmp_path, KeySettings("sm2-sm3", token))
    with pytest.raises(TokenError, match="sm2-sm3"):
        other.make("certificate", 77)
    missing = KeyProviders(tmp_path, KeySettings("ed25519", _with(token, module="/nowhere.so")))
    with pytest.raises(TokenError, match="nowhere") as caught:
        missing.make("certificate", 78)
    assert softhsm.PIN not in str(caught.value)
    assert not (tmp_path / "keys.json").exists()


def test_a_pin_that_the_token_refused_is_not_tried_again_until_it_is_corrected(tmp_path, token):
    pin = tmp_path / "pin"
    in_a_process_of_its_own = multiprocessing.get_context("spawn").Pool(1)  # where nobody has logged in yet
    with in_a_process_of_its_own as other:
        wrong, again, corrected = other.apply(_three_tries, (_with(token, pin_file=str(pin)), pin))
    assert ("PinIncorrect" in wrong, "not tried again" in again, corrected) == (True, True, "None")


def _three_tries(settings, pin):
    token, told = Token(settings), []
    for text in ("000000", "000000", softhsm.PIN):
        pin.write_text(text)
        try:
            told.append(str(token.find("any")))
        except TokenError as error:
            told.append(str(error))
    return told


def _with(settings, **changes):
    return msgspec.structs.replace(settings, **changes)


# What kiosks learn.


class RotatingCentre(Publisher):
    """A centre in memory that publishes with the keys of a real ring, at a time of the test's."""

    def __init__(self, folder) -> None:
        super().__init__()
        self.ring, self.certificates, self.at = ring(folder, "feed"), ring(folder), NOW
        self.listed = self.ring.listed

    @property
    def public_key(self) -> str:
        return next(key.written for key in self.ring.listed() if key.number == 1)

    def pass_time(self, span: timedelta) -> None:
        self.at += span
        self.key = self.ring.signing(self.at).private

    def read(self, path: str, unless: str = ""):
        self.key = self.ring.signing(self.at).private
        if path != FEED_KEYS:
            return super().read(path, unless)
        self.asked.append(path)
        content = msgspec.json.encode(self.listed())
        return self.answer(200, '"keys"', content)

    def manifest(self) -> Manifest:
        keys = [*self.ring.listed(), *self.certificates.listed()]
        return msgspec.structs.replace(super().manifest(), issued_at=self.at, keys=keys)


@pytest.fixture
def rotating(tmp_path):
    return RotatingCentre(tmp_path)


@pytest.fixture
def kiosk(tmp_path, rotating):
    kiosk = Kiosk(tmp_path / "kiosk", rotating)
    yield kiosk
    kiosk.close()


def follows(kiosk) -> bool:
    """Have the kiosk follow the feeds once; tell whether it believed what it was told."""
    before = len(kiosk.rows())
    fill(kiosk.centre["guides"], 1, first=before)
    kiosk.follow()
    return len(kiosk.rows()) == before + 1 and not feed_status.trouble(kiosk.store)


def numbers(kiosk, role) -> list[int]:
    return list(of_role(known_keys(kiosk.store), role))


def test_a_kiosk_learns_the_next_keys_before_they_are_used(kiosk, rotating):
    assert follows(kiosk)
    rotating.ring.rotate(rotating.at, overlap=WEEK)
    rotating.certificates.rotate(rotating.at, overlap=WEEK)
    assert follows(kiosk)
    assert numbers(kiosk, "feed") == numbers(kiosk, "certificate") == [1, 2]
    assert rotating.ring.signing(rotating.at).number == 1
    rotating.pass_time(WEEK)
    assert rotating.ring.signing(rotating.at).number == 2
    assert follows(kiosk)
    assert FEED_KEYS not in rotating.asked, "it knew the key from the manifest"


def test_a_kiosk_that_was_off_for_the_whole_rotation_catches_up(kiosk, rotating):
    assert follows(kiosk)
    for _ in range(3):
        rotating.ring.rotate(rotating.at, overlap=DAY)
        rotating.pass_time(WEEK)
    assert rotating.ring.signing(rotating.at).number == 4
    kiosk.restart()
    assert follows(kiosk)
    assert follows(kiosk)
    assert rotating.asked.count(FEED_KEYS) == 1


def test_a_kiosk_goes_from_ed25519_to_sm2(kiosk, rotating, tmp_path):
    assert follows(kiosk)
    ring(tmp_path, "feed", "sm2-sm3").rotate(rotating.at, overlap=timedelta(0))
    assert follows(kiosk)
    assert follows(kiosk)


def test_a_kiosk_that_was_given_an_sm2_key_believes_it(tmp_path):
    ring(tmp_path, "feed", "sm2-sm3")
    centre = RotatingCentre(tmp_path)
    assert centre.public_key.startswith("sm2-sm3:")
    kiosk = Kiosk(tmp_path / "kiosk", centre)
    assert follows(kiosk)
    kiosk.close()


def test_who_kept_the_old_key_is_not_believed_once_the_kiosk_has_gone_on(kiosk, rotating):
    assert follows(kiosk)
    rotating.ring.rotate(rotating.at, overlap=DAY)
    rotating.pass_time(WEEK)
    assert follows(kiosk)
    rotating.at -= 2 * WEEK  # signs with key 1 again
    kiosk.restart()
    assert not follows(kiosk)


def forged_successor(rotating) -> list[CentreKey]:
    """A list with a second key that nobody has vouched for."""
    thief = a_key()
    rotating.ring.signing = lambda at: type("K", (), {"private": thief, "number": 2})
    [first] = rotating.ring.listed()
    fake = known(thief, "feed", 2)
    own = as_text(thief.sign(fake.statement()))
    return [first, msgspec.structs.replace(fake, vouched=own)]


def test_a_key_that_the_last_one_has_not_vouched_for_is_not_followed(kiosk, rotating):
    assert follows(kiosk)
    listed = forged_successor(rotating)
    rotating.listed = lambda: listed
    assert not follows(kiosk)
    assert "another key than the one that is trusted" in feed_status.trouble(kiosk.store)


@pytest.mark.parametrize("change", ["public", "number", "role", "algorithm"])
def test_what_was_vouched_for_is_this_key_in_this_place(tmp_path, change):
    keys = ring(tmp_path, "feed")
    keys.rotate(NOW, overlap=DAY)
    first, second = keys.listed()
    assert vouched_for(first, keys.listed()) == [second]
    other = {"public": known(a_key()).public, "number": 3, "role": "certificate", "algorithm": "sm2-sm3"}
    spoilt = msgspec.structs.replace(second, **{change: other[change]})
    assert vouched_for(first, [first, spoilt]) == []


def test_a_withdrawn_certificate_key_is_known_to_the_kiosk_with_the_next_manifest(kiosk, rotating):
    assert follows(kiosk)
    rotating.certificates.withdraw(1, since=rotating.at, at=rotating.at)
    assert follows(kiosk)
    keys = of_role(known_keys(kiosk.store), "certificate")
    assert keys[1].withdrawn == NOW and not keys[2].withdrawn


def test_keys_survive_a_restart_of_the_kiosk(kiosk):
    with kiosk.store.transaction() as tx:
        learn_keys(tx, [known(a_key())])
    kiosk.restart()
    assert numbers(kiosk, "certificate") == [1]


# The commands.


def run(*words, code=0):
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.stdout


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("centre")
    run("seed", "--data", folder)
    return folder


def test_keys_prints_what_it_always_did_and_more_once_there_is_more(tmp_path, seeded):
    first = json.loads(run("keys", "--data", seeded))
    assert list(first) == ["1"] and isinstance(first["1"], str)
    said = run("keys", "rotate", "certificate", "--overlap", 0, "--operator", "赵敏", "--data", seeded)
    assert said.startswith("certificate-2 (ed25519, ")
    (tmp_path / "keys.json").write_text(run("keys", "--data", seeded))
    keys = load_keys(tmp_path / "keys.json")
    assert [key.number for key in keys.values()] == [1, 2]
    assert keys[1].public == first["1"] and keys[1].not_after == keys[2].not_before


def test_keys_lists_withdraws_and_records_who_did_it(seeded):
    listed = json.loads(run("keys", "list", "--json", "--data", seeded))["keys"]
    now = [key for key in listed if key["role"] == "certificate" and key["signs_now"]]
    number = now[0]["number"]
    run(
        "keys",
        "withdraw",
        "certificate",
        number,
        "--since",
        "2026-01-01",
        "--operator",
        "赵敏",
        "--data",
        seeded,
    )
    listed = json.loads(run("keys", "list", "--json", "--data", seeded))["keys"]
    mine = {key["number"]: key for key in listed if key["role"] == "certificate"}
    assert mine[number]["withdrawn"] == "2026-01-01T00:00+08:00"
    assert [key["number"] for key in mine.values() if key["signs_now"]] == [number + 1]
    lines = run("acts", "--about", f"certificate-{number}", "--json", "--data", seeded).splitlines()
    acts = {act["act"]: act for act in map(json.loads, lines)}
    assert acts["key-withdrawn"]["by"] == "赵敏"


@pytest.mark.parametrize(
    "words",
    [
        ("keys", "withdraw", "certificate", 99),
        ("keys", "withdraw", "feed", 1, "--since", "2999-01-01"),
        ("keys", "rotate", "seal"),
        ("keys", "rotate", "feed", "--overlap", -1),
    ],
)
def test_a_wrong_call_changes_nothing_and_says_why_in_a_line(seeded, words):
    before = (seeded / "keys.json").read_bytes()
    result = CliRunner().invoke(main, [*map(str, words), "--data", str(seeded)])
    assert result.exit_code in (1, 2) and "Traceback" not in result.output
    assert len(result.stderr.strip().splitlines()) == 1
    assert (seeded / "keys.json").read_bytes() == before


def test_the_kiosks_command_tells_a_withdrawn_key_in_words(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "centre").mkdir()
    issuer = open_issuer(tmp_path / "centre", "https://rs.example.gov.cn")
    before, forged = code_of(issuer, NOW - WEEK), code_of(issuer, NOW)
    ring(tmp_path / "centre").withdraw(1, since=NOW - DAY, at=NOW)
    listed = {str(key.number): msgspec.to_builtins(key) for key in issuer.keys.listed()}
    (tmp_path / "certificate-keys.json").write_text(json.dumps(listed))
    refused = CliRunner().invoke(certificate, ["verify", forged])
    assert refused.exit_code == 1 and "作废" in refused.output
    told = CliRunner().invoke(certificate, ["verify", before])
    assert told.exit_code == 0 and "上网核验" in told.output
    as_json = json.loads(CliRunner().invoke(certificate, ["verify", before, "--json"]).output)
    assert as_json["key_withdrawn"] == "2026-11-26T04:00:00Z"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_certificate_is_signed_and_checked_within_milliseconds(tmp_path, algorithm):
    """The target is 5 ms; this machine's own time, of which the load of others takes none, may be thrice that."""
    issuer = open_issuer(tmp_path, "https://rs.example.gov.cn", KeySettings(algorithm))
    spent = []
    for _ in range(20):
        begun = time.process_time()
        assert verdict(issuer, code_of(issuer, NOW)).genuine
        spent.append(time.process_time() - begun)
    assert sorted(spent)[10] < 0.015
