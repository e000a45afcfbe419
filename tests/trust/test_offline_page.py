"""One HTML file, opened from the disk in a browser, tells true codes from false ones, and what it cannot tell."""

import base64
import html
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from central.certificates.signing import open_issuer
from central.keys.providers import KeyProviders, KeySettings
from central.keys.ring import KeyRing
from central.program.main import main
from sync.protocol import certificate_code
from sync.protocol.certificate_code import CertificateCode, id_hash
from tests.central.centre import HTTP
from tests.keys import a_key
from tests.people import WANG
from tests.trust.browser import CHROMIUM, Browser

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")
URL = "https://rs.example.gov.cn"
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
NUMBER = 610200202600000001


def code(key, number: int, at: datetime = NOW, kind: int = 1) -> str:
    """The text of a QR code that this key signs."""
    content = CertificateCode(
        key_id=number,
        kind=kind,
        number=NUMBER,
        issued_at=at,
        region="610200",
        id_hash=id_hash(WANG.id_number, NUMBER),
        name="王建国",
        months=349,
        last_month="2026-10",
    )
    return f"{URL}/verify/TQY6MUFKBZNN#{certificate_code.sign(content, key)}"


class Centre:
    """A centre whose keys 1 to 4 are retired, of them 3 of P-256 and 4 of SM2; 5 was stolen, and 6 signs now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        open_issuer(folder, URL)
        algorithms = {2: "ed25519", 3: "ecdsa-p256-sha256", 4: "sm2-sm3", 5: "ed25519"}
        for number, algorithm in algorithms.items():
            begun = NOW - timedelta(days=100 - 10 * number)
            self.ring(algorithm).rotate(begun, overlap=timedelta(0))
        self.ring("ed25519").withdraw(5, since=NOW - 20 * DAY, at=NOW)

    def ring(self, algorithm: str = "ed25519") -> KeyRing:
        return KeyRing("certificate", KeyProviders(self.folder, KeySettings(algorithm)))

    def key(self, number: int):
        """The private key of this number, and a moment at which it signed."""
        [listed] = [key for key in self.ring().listed() if key.number == number]
        at = NOW if number == 6 else listed.not_after - DAY
        private = KeyProviders(self.folder).open("certificate", number, listed.algorithm)
        return private, at

    def code(self, number: int, at: datetime | None = None, **about) -> str:
        private, then = self.key(number)
        return code(private, number, at or then, **about)


@pytest.fixture(scope="module")
def offline(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("centre")
    Centre(folder)
    page = folder / "核验 page.html"
    words = ["verify-page", "--out", str(page), "--data", str(folder), "--public-url", URL]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    return page


@pytest.fixture(scope="module")
def centre_of_page(offline) -> Centre:
    made = object.__new__(Centre)
    made.folder = offline.parent
    return made


@pytest.fixture(scope="module")
def browser(offline):
    browser = Browser()
    browser.open(offline.as_uri())
    yield browser
    browser.close()


def result_of(browser: Browser, text: str) -> tuple[str, str]:
    """Scan a text into the page; return the kind of its verdict, and all that it says then."""
    browser.ask("document.getElementById('result').hidden = true; document.getElementById('text').value = ''")
    browser.ask("document.getElementById('text').focus()")
    browser.type(text)
    browser.wait("!document.getElementById('result').hidden")
    kind = browser.ask("document.getElementById('verdict').className").removeprefix("verdict ")
    return kind, browser.ask("document.getElementById('result').innerText")


@needs_chromium
def test_a_true_code_is_true_and_says_what_it_holds(browser, centre_of_page):
    kind, said = result_of(browser, centre_of_page.code(6))
    assert kind == "good" and "签名是真的" in said
    assert "社会保险参保证明" in said and str(NUMBER) in said and "610200" in said
    assert "王建国" in said and "349" in said and "2026-10" in said
    assert "有没有作废，只有联网核验才知道" in said


@needs_chromium
def test_the_signed_part_alone_and_white_space_around_it_do_no_harm(browser, centre_of_page):
    assert result_of(browser, "  " + centre_of_page.code(6).partition("#")[2] + " ")[0] == "good"


@needs_chromium
def test_a_code_signed_with_p256_is_true(browser, centre_of_page):
    assert result_of(browser, centre_of_page.code(3, kind=3))[0] == "good"


@needs_chromium
def test_an_old_key_verifies_what_it_signed_in_its_time_and_nothing_later(browser, centre_of_page):
    kind, said = result_of(browser, centre_of_page.code(1, kind=3))
    assert kind == "good" and "长期有效" in said
    kind, said = result_of(browser, centre_of_page.code(1, NOW))
    assert kind == "bad" and "没有在用" in said


@needs_chromium
def test_a_certificate_past_its_last_day_is_told_to_be(browser, centre_of_page):
    kind, said = result_of(browser, centre_of_page.code(1, NOW - timedelta(days=200)))
    assert kind == "old" and "已过有效期" in said


@needs_chromium
@pytest.mark.parametrize("place", [2, 9, 12, 16, 25, 31, 39, 50, 105])
def test_a_changed_code_is_not_true(browser, centre_of_page, place):
    true = centre_of_page.code(6)
    raw = bytearray(base64.urlsafe_b64decode(true.partition("#")[2] + "=="))
    raw[place] ^= 1
    changed = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    kind, said = result_of(browser, f"{URL}/verify/X#{changed}")
    assert kind == "bad" and "签名不对" in said


@needs_chromium
def test_a_foreign_key_under_our_number_and_a_number_that_is_none_of_ours_are_not_true(browser):
    kind, said = result_of(browser, code(a_key(), 6))
    assert kind == "bad" and "签名不对" in said
    kind, said = result_of(browser, code(a_key(), 99))
    assert kind == "bad" and "不在本页里" in said


@needs_chromium
def test_a_withdrawn_key_is_believed_nothing_later_and_the_rest_with_care(browser, centre_of_page):
    private, _ = centre_of_page.key(5)
    kind, said = result_of(browser, code(private, 5, NOW - 10 * DAY))
    assert kind == "bad" and "作废" in said
    kind, said = result_of(browser, code(private, 5, NOW - 25 * DAY))
    assert kind == "old" and "后来作废" in said and "联网" in said


@needs_chromium
def test_a_code_of_sm2_is_sent_to_the_page_of_the_centre(browser, centre_of_page):
    kind, said = result_of(browser, centre_of_page.code(4))
    assert kind == "old" and "SM2" in said and "联网核验" in said


@needs_chromium
@pytest.mark.parametrize(
    "rubbish",
    ["x", "#", "https://rs.examp1e.gov.cn/verify/TQY6MUFKBZNN", "<img src=x onerror=alert(1)>", "A" * 142],
    ids=["a letter", "a hash", "a look-alike", "markup", "zeros"],
)
def test_anything_else_is_none_of_our_codes(browser, rubbish):
    kind, said = result_of(browser, rubbish)
    assert kind == "bad" and "不是本系统证明的二维码" in said
    assert browser.ask("document.querySelectorAll('img').length") == 0


@needs_chromium
def test_a_megabyte_of_rubbish_is_refused_and_the_page_goes_on(browser, centre_of_page):
    set_text = "document.getElementById('text').value = '{}'.repeat(1 << 20)"
    for rubbish in ("A", "#", "字"):
        browser.ask("document.getElementById('result').hidden = true")
        browser.ask(set_text.format(rubbish))
        browser.ask("document.getElementById('form').requestSubmit()")
        browser.wait("!document.getElementById('result').hidden")
        assert browser.ask("document.getElementById('verdict').className") == "verdict bad"
    assert result_of(browser, centre_of_page.code(6))[0] == "good"


@needs_chromium
def test_nothing_is_asked_of_anybody_and_no_other_script_can_run(browser, offline, centre_of_page):
    browser.open(offline.as_uri())
    result_of(browser, centre_of_page.code(6))
    assert [said for said in browser.said if said.startswith("asked")] == [f"asked {offline.as_uri()}"]
    browser.ask(
        "const s = document.createElement('script'); s.textContent = 'globalThis.broken = 1';"
        " document.body.append(s); void fetch('https://127.0.0.1:9/').catch(() => 0)"
    )
    assert browser.ask("globalThis.broken") is None
    assert any("Content Security Policy" in said for said in browser.said)


@needs_chromium
@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 900)])
def test_it_fits_the_screen_of_a_phone_and_of_a_desk(browser, offline, centre_of_page, width, height):
    browser.open(offline.as_uri())
    browser.resize(width, height)
    for text in (centre_of_page.code(6), code(a_key(), 99)):
        result_of(browser, text)
        assert browser.ask("document.documentElement.scrollWidth") <= width


def test_the_file_holds_no_private_key_and_its_policy_names_its_own_script(offline):
    text = offline.read_text("utf-8")
    for file in offline.parent.glob("*.key"):
        assert file.read_text() not in text
    policy = html.unescape(re.search(r'Security-Policy" content="([^"]*)"', text)[1])
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy and "http" not in policy
    assert "开具以后有没有作废" in text


def test_the_centre_serves_the_same_page_and_the_online_page_leads_there(centre):
    served = HTTP.get(f"{centre.url}/verify/offline.html")
    assert served.status_code == 200 and served.headers["content-type"] == "text/html; charset=utf-8"
    assert served.headers["content-security-policy"].startswith("default-src 'none'; script-src 'sha256-")
    [key] = centre.issuer.keys.listed()
    assert key.public in served.text and key.key_id in served.text
    assert "/verify/offline.html" in HTTP.get(f"{centre.url}/verify").text


def test_a_centre_without_keys_says_so_in_a_line(tmp_path):
    words = [
        "verify-page",
        "--out",
        str(tmp_path / "x.html"),
        "--data",
        str(tmp_path / "typo"),
        "--public-url",
        URL,
    ]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1 and "Traceback" not in result.output
    assert not (tmp_path / "x.html").exists()
