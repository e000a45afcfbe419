"""The public page: it shows what the certificate says, to whoever has its code, and no more of the person."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import httpx
import msgspec
import pytest
from sqlalchemy import update

from central.store import tables as models
from sync.protocol.certificates import ISSUE_CERTIFICATE
from sync.protocol.messages import CertificatePrinted, Event
from sync.protocol.month_ranges import merge
from tests.central.centre import an_identity
from tests.central.certificates.test_certificates import OUYANG, WANG, asking
from text.masking import mask_name


@pytest.fixture
def kiosk(centre):
    return centre.client(centre.enrol(an_identity()))


class Page(HTMLParser):
    """The words of a page; it complains when tags do not match, as a strict reader would."""

    VOID = frozenset({"meta", "link", "input", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def show(centre, path: str, status: int = 200) -> Page:
    response = httpx.get(centre.url + path)
    assert response.status_code == status
    page = Page(response.text)
    assert "script" not in page.tags
    return page


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
    html = httpx.get(certificate.verify_url).text
    assert WANG.id_number not in html
    assert "19750317" not in html
    assert "王建国" not in html


def test_the_page_is_kept_by_no_cache_and_runs_no_script(centre, kiosk):
    headers = httpx.get(kiosk.call(ISSUE_CERTIFICATE, WANG).verify_url).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]


def test_copies_that_kiosks_reported_are_counted(centre, kiosk):
    certificate = kiosk.call(ISSUE_CERTIFICATE, WANG)
    copies = [CertificatePrinted(certificate.number, result) for result in ("confirmed", "uncertain")]
    kiosk.deliver("e", [printed(seq, copy) for seq, copy in enumerate(copies, 1)])
    assert "已打印 1 份，另有 1 份打印结果未能确认" in show(centre, f"/verify/{certificate.code}").text


def printed(seq: int, body: CertificatePrinted) -> Event:
    return Event(
        id=f"e{seq}",
        kiosk_id="610200-001",
        install_epoch="e",
        seq=seq,
        type="certificate.printed",
        occurred_at=datetime.now(UTC),
        body=msgspec.to_builtins(body),
    )


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
    found = httpx.get(
        f"{centre.url}/verify", params={"code": f" {code[:4]}-{code[4:]} "}, follow_redirects=True
    )
    assert certificate.number in found.text


def test_without_a_code_there_is_a_labelled_field_for_it(centre):
    page = show(centre, "/verify")
    assert {"label", "input", "button"} <= set(page.tags)


def test_markup_in_a_code_stays_out_of_the_page(centre):
    html = httpx.get(f"{centre.url}/verify/<script>alert(1)<b>").text
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
