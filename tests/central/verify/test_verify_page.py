"""The public page: it shows what the certificate says, to whoever has its code, and no more of the person."""

import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import update

from central.store import tables as models
from sync.client import CentralRefusedError
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.protocol.events import CertificatePrinted
from sync.protocol.month_ranges import merge
from sync.protocol.verification import VERIFY_CERTIFICATE, VerificationRequest
from tests.central.centre import HTTP, an_identity
from tests.central.certificate_requests import OUYANG, WANG, asking
from tests.central.verify.page import show
from tests.events import sent
from text.masking import mask_name


@pytest.fixture
def kiosk(centre):
    return centre.client(centre.enrol(an_identity()))


def test_the_page_shows_what_the_certificate_says(centre, kiosk):
    certificate = kiosk.call(ISSUE_CERTIFICATE, WANG)
    text = show(centre, f"/verify/{certificate.code}").text
    for words in (
        certificate.title,
        certificate.number,
        "王*国",
        "企业职工基本养老保险",
        "2025-01 至 2026-10",
        "4562.00",
        "364.96",
        "铜川市新区惠民物业服务有限公司",
        "累计缴费 349 个月",
        certificate.valid_until.isoformat(),
        certificate.issued_at.strftime("%Y-%m-%d %H:%M"),
        "尚未收到打印记录",
    ):
        assert words in text


def test_the_page_does_not_tell_the_name_or_the_id_number(centre, kiosk):
    certificate = kiosk.call(ISSUE_CERTIFICATE, WANG)
    html = HTTP.get(certificate.verify_url).text
    assert WANG.id_number not in html
    assert "19750317" not in html
    assert "王建国" not in html


def test_the_page_is_kept_by_no_cache_and_runs_no_script(centre, kiosk):
    headers = HTTP.get(kiosk.call(ISSUE_CERTIFICATE, WANG).verify_url).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]


def test_copies_that_kiosks_reported_are_counted(centre, kiosk):
    certificate = kiosk.call(ISSUE_CERTIFICATE, WANG)
    copies = [
        CertificatePrinted(number=certificate.number, result=result) for result in ("confirmed", "uncertain")
    ]
    events = [
        sent(copy, id=f"e{seq}", install_epoch="e", seq=seq, occurred_at=datetime.now(UTC))
        for seq, copy in enumerate(copies, 1)
    ]
    kiosk.deliver("e", events)
    assert "已打印 1 份，另有 1 份打印结果未能确认" in show(centre, f"/verify/{certificate.code}").text


def test_a_certificate_past_its_date_is_shown_as_such(centre, kiosk):
    certificate = kiosk.call(ISSUE_CERTIFICATE, WANG)
    old = msgspec.structs.replace(certificate, valid_until=certificate.issued_at.date() - timedelta(1))
    with centre.engine.begin() as tx:
        tx.execute(update(models.certificates).values(document=msgspec.json.encode(old).decode()))
    text = show(centre, f"/verify/{certificate.code}").text
    assert "已过有效期" in text
    assert certificate.number in text


def test_an_unknown_code_is_called_unknown(centre):
    text = show(centre, "/verify/ABCDEFGHJKMN", 404).text
    assert "没有查到校验码为 ABCDEFGHJKMN 的证明" in text


def test_a_code_is_found_however_it_was_typed(centre, kiosk):
    certificate = kiosk.call(ISSUE_CERTIFICATE, WANG)
    code = certificate.code.lower()
    found = HTTP.get(
        f"{centre.url}/verify", params={"code": f" {code[:4]}-{code[4:]} "}, follow_redirects=True
    )
    assert certificate.number in found.text


def test_without_a_code_there_is_a_labelled_field_for_it(centre):
    page = show(centre, "/verify")
    assert {"label", "input", "button"} <= set(page.tags)


def test_markup_in_a_code_stays_out_of_the_page(centre):
    html = HTTP.get(f"{centre.url}/verify/<script>alert(1)<b>").text
    assert "<script>" not in html


@pytest.mark.parametrize(
    ("name", "shown"), [("王建国", "王*国"), ("李秀", "李*"), ("欧阳青青", "欧*青"), ("王", "王*")]
)
def test_names_are_masked(name, shown):
    assert mask_name(name) == shown


def test_the_periods_of_a_real_record_add_up(kiosk):
    certificate = kiosk.call(ISSUE_CERTIFICATE, asking(kind="contributions", **OUYANG))
    found = merge(certificate.months)
    assert [each.each.employer for each in found] == ["铜川市耀州区青禾网络科技有限公司", "灵活就业人员"]
    assert sum(each.count for each in found) == len(certificate.months)


def test_a_terminal_is_told_what_the_page_says_and_no_more(any_centre):
    kiosk = any_centre.client(any_centre.enrol(an_identity()))
    certificate = kiosk.call(ISSUE_CERTIFICATE, WANG)

    told = kiosk.call(VERIFY_CERTIFICATE, VerificationRequest(certificate.code))

    assert (told.number, told.state) == (certificate.number, "good")
    assert [each.heading for each in told.sections] == ["", certificate.title, "参保险种", "缴费情况"]
    said = {line for each in told.sections for line in each.text.split("\n")}
    assert {
        "本系统开具过这份文书",
        "姓名：王*国",
        "社会保障号码：999999********0619",
        "打印情况：尚未收到打印记录",
        "起止年月 · 月数 · 参保单位 · 缴费基数（元） · 个人缴费（元） · 状态",
        "2025-01 至 2026-10 · 22 · 铜川市新区惠民物业服务有限公司 · 4562.00 · 364.96 · 正常缴费",
    } <= said
    page = "".join(show(any_centre, f"/verify/{certificate.code}").text.split())
    assert [line for line in said if not all(part in page for part in re.split("[ ：·]+", line))] == []
    assert WANG.id_number not in str([each.text for each in told.sections])


def test_a_terminal_is_told_what_became_of_a_document(centre, kiosk):
    revoked, expired = (kiosk.call(ISSUE_CERTIFICATE, asking(request_id=name)) for name in ("one", "two"))
    with centre.engine.begin() as tx:
        number = models.certificates.c.number
        tx.execute(
            update(models.certificates)
            .where(number == revoked.number)
            .values(revoked_at=datetime.now(UTC), revoked_for="信息有误")
        )
        aged = msgspec.structs.replace(expired, valid_until=expired.issued_at.date() - timedelta(days=1))
        document = msgspec.json.encode(aged).decode()
        tx.execute(update(models.certificates).where(number == expired.number).values(document=document))

    for certificate, state, words in ((revoked, "revoked", "信息有误"), (expired, "expired", "已过有效期")):
        told = kiosk.call(VERIFY_CERTIFICATE, VerificationRequest(certificate.code))
        assert told.state == state
        assert words in told.sections[0].text


def test_a_code_that_was_never_given_is_unknown(centre, kiosk):
    with pytest.raises(CentralRefusedError) as refusal:
        kiosk.call(VERIFY_CERTIFICATE, VerificationRequest("2222222222ZZ"))
    assert refusal.value.code == "certificate-unknown"
