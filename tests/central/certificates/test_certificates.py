"""Issuing certificates: from the holder's own record, once for one request, and bound by a signature."""

import base64
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import segno
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image
from sqlalchemy import delete, update

from central.access import kiosks
from central.store import tables as models
from sync.client import CentralRefusedError
from sync.protocol import certificate_code
from sync.protocol.certificate_kinds import valid_until
from sync.protocol.certificates import ISSUE_CERTIFICATE, IssueRequest
from sync.protocol.verification import CODE_LETTERS
from tests.central.centre import an_identity
from tests.central.certificate_requests import LI, OUYANG, WANG, asking


@pytest.fixture
def kiosk(centre):
    return centre.client(centre.enrol(an_identity()))


def refusal(kiosk, request: IssueRequest) -> str:
    with pytest.raises(CentralRefusedError) as refused:
        kiosk.call(ISSUE_CERTIFICATE, request)
    assert refused.value.message.endswith("。")
    return refused.value.code


def test_months_with_the_employer_end_at_a_gap_and_at_another_employer(centre, kiosk):
    def told(request_id: str) -> int:
        return kiosk.call(ISSUE_CERTIFICATE, asking(request_id=request_id)).months_with_employer

    row = models.contributions.c
    mine = row.id_number == WANG.id_number
    with centre.engine.begin() as tx:
        tx.execute(delete(models.contributions).where(mine, row.month == "2026-04"))
    assert told("gap") == len(("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"))
    with centre.engine.begin() as tx:
        tx.execute(update(models.contributions).where(mine, row.month == "2026-07").values(employer="别处"))
    assert told("other") == len(("2026-08", "2026-09", "2026-10"))


def test_a_holder_gets_what_is_on_record(kiosk):
    certificate = kiosk.call(ISSUE_CERTIFICATE, WANG)
    assert certificate.holder_name == "王建国"
    assert certificate.title == "社会保险参保证明（个人专用）"
    assert [each.status for each in certificate.insurances] == ["正常参保"] * 3
    assert (certificate.months[0].month, certificate.months[-1].month) == ("2024-11", "2026-10")
    assert certificate.months[-1].base == Decimal("4562.00")
    assert certificate.months[-1].personal == Decimal("364.96")
    assert certificate.total_months == 185 + 142 + 22
    assert certificate.number.startswith(f"610200{certificate.issued_at:%Y}")
    assert len(certificate.code) == 12 and set(certificate.code) <= set(CODE_LETTERS)


def test_a_pensioner_gets_the_months_of_long_ago(kiosk):
    certificate = kiosk.call(ISSUE_CERTIFICATE, asking(kind="contributions", **LI))
    assert [each.status for each in certificate.insurances] == ["领取待遇"]
    assert certificate.months[-1].month == "1998-09"
    assert len(certificate.months) == 48
    assert certificate.total_months == 144


@pytest.mark.parametrize(
    ("issued", "last_day"),
    [
        (date(2026, 11, 22), date(2027, 2, 22)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2026, 3, 31), date(2026, 6, 30)),
    ],
)
def test_a_certificate_is_valid_for_three_calendar_months(issued, last_day):
    assert valid_until(issued) == last_day


def test_asking_again_with_the_same_request_brings_the_same_certificate(centre, kiosk):
    assert kiosk.call(ISSUE_CERTIFICATE, WANG) == kiosk.call(ISSUE_CERTIFICATE, WANG)
    assert centre.count(models.certificates) == 1


def test_a_new_request_brings_a_new_number_and_a_new_code(kiosk):
    first, second = (kiosk.call(ISSUE_CERTIFICATE, asking(request_id=name)) for name in ("a", "b"))
    assert first.number != second.number
    assert first.code != second.code


def test_the_same_request_on_many_connections_at_once_is_issued_once(any_centre):
    identity = any_centre.enrol(an_identity())
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: any_centre.client(identity).call(ISSUE_CERTIFICATE, WANG), range(6)))
    assert len({certificate.number for certificate in found}) == 1
    assert any_centre.count(models.certificates) == 1


def test_a_request_id_used_for_something_else_is_refused(kiosk):
    kiosk.call(ISSUE_CERTIFICATE, WANG)
    assert refusal(kiosk, asking(**OUYANG)) == "request-reused"


def test_another_kiosk_does_not_get_a_certificate_by_repeating_the_request_id(centre, kiosk):
    first = kiosk.call(ISSUE_CERTIFICATE, WANG)
    other = centre.client(centre.enrol(an_identity("610200-002")))
    assert other.call(ISSUE_CERTIFICATE, WANG).number != first.number


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (asking(card_identity="0" * 32), "card-unknown"),
        (asking(id_number=LI["id_number"]), "card-not-holders"),
        (asking(region="370200"), "other-region"),
        (asking(kind="pension"), "kind-unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_agree_is_refused(centre, kiosk, request_, code):
    assert refusal(kiosk, request_) == code
    assert centre.count(models.certificates) == 0


def test_without_a_record_there_is_no_certificate(centre, kiosk):
    with centre.engine.begin() as tx:
        tx.execute(delete(models.contributions).where(models.contributions.c.id_number == WANG.id_number))
    assert refusal(kiosk, WANG) == "no-record"


def test_a_lost_card_gets_no_certificate(centre, kiosk):
    with centre.engine.begin() as tx:
        tx.execute(update(models.cards).values(status="lost-formal"))
    assert refusal(kiosk, WANG) == "card-not-valid"


def test_only_an_enrolled_kiosk_with_its_own_key_is_served(centre):
    stranger = an_identity("610200-009")
    assert refusal(centre.client(stranger), WANG) == "signature-wrong"
    centre.enrol(an_identity("610200-009"))
    assert refusal(centre.client(stranger), WANG) == "signature-wrong"
    centre.enrol(stranger)
    assert centre.client(stranger).call(ISSUE_CERTIFICATE, WANG)


def test_a_revoked_kiosk_is_served_no_more(centre, kiosk):
    certificate = kiosk.call(ISSUE_CERTIFICATE, WANG)
    with centre.engine.begin() as tx:
        kiosks.revoke(tx, "610200-001", certificate.issued_at)
    assert refusal(kiosk, WANG) == "kiosk-revoked"


def test_openssl_agrees_that_the_centre_signed_the_qr_code(centre, kiosk, tmp_path):
    raw = base64.urlsafe_b64decode(kiosk.call(ISSUE_CERTIFICATE, WANG).qr.split("#")[1] + "==")
    files = {"body": raw[:42], "signature": raw[42:]}
    [key] = centre.issuer.keys.listed()
    public = Ed25519PublicKey.from_public_bytes(key.octets)
    files["key"] = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for name, content in files.items():
        Path(tmp_path, name).write_bytes(content)
    command = "openssl pkeyutl -verify -pubin -inkey key -rawin -in body -sigfile signature"
    assert subprocess.run(command.split(), cwd=tmp_path, stdout=subprocess.DEVNULL).returncode == 0
    Path(tmp_path, "body").write_bytes(b"\x11\x02" + raw[2:42])
    assert subprocess.run(command.split(), cwd=tmp_path, stdout=subprocess.DEVNULL).returncode == 1


def test_the_qr_code_binds_the_certificates_content_and_a_reader_reads_it(centre, kiosk, tmp_path):
    certificate = kiosk.call(ISSUE_CERTIFICATE, WANG)
    segno.make(certificate.qr, error="m", boost_error=False).save(tmp_path / "qr.png", scale=5)
    (seen,) = zxingcpp.read_barcodes(Image.open(tmp_path / "qr.png"))
    address, signed = seen.text.split("#")
    content = certificate_code.verify(signed, centre.issuer.keys.listed()[0])
    assert address == certificate.verify_url
    assert str(content.number) == certificate.number
    assert content.name == "王建国"
    assert content.id_hash == certificate_code.id_hash(WANG.id_number, int(certificate.number))
    assert (content.months, content.last_month) == (certificate.total_months, "2026-10")
    assert content.issued_at == certificate.issued_at.replace(microsecond=0)
