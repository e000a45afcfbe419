"""The way between kiosk and centre: a private CA, a certificate on either side, and nginx as deploy/nginx has it."""

import json
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import msgspec
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding
from structlog.testing import capture_logs

import kiosk.config
from central.access import certificate_authority, client_certificates, enrolment, kiosks
from central.access.endpoint import RequestGuards
from kiosk.cli import main as kiosk_command
from sync.client import CentralClient, CentralRefusedError, CentralUnreachableError, Timeout
from sync.feeds.pages import spans
from sync.process import certificate_watch
from sync.protocol.client_certificate import read
from sync.protocol.feeds import FeedHead, SignedManifest, manifest_of, page_path
from sync.store import Store
from sync.store.alarms import alarms
from sync.tls import Tls, TlsError
from sync.tls_files import TlsFiles
from tests.central.centre import an_identity, migrated_file, running_centre, sqlite_url
from tests.central.deliveries import EPOCH
from tests.central.feed_reader import published
from tests.deadline import DEADLINE_SECONDS
from tests.trust.nginx import running_nginx
from tests.trust.private_ca import PrivateCa, run

ID, OTHER, GONE = "610200-001", "610200-002", "610200-003"
HEADER = "X-Client-Cert"
NOBODY = "65534"
USERS = [pytest.param(None, id="as this user"), pytest.param(NOBODY, id="as another user")]


class Place:
    """A centre behind nginx, and three kiosks with certificates, of which one is revoked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca, self.foreign = PrivateCa(folder / "ca"), PrivateCa(folder / "foreign")
        self.identities = {kiosk_id: an_identity(kiosk_id) for kiosk_id in (ID, OTHER, GONE)}
        self.ca.server("kiosks")
        shutil.copy(self.ca.certificate, folder / "ca/kiosk-ca.pem")
        self.foreign.server("public")
        for suffix in ("pem", "key"):  # the public page's is of another CA
            shutil.copy(folder / f"foreign/public.{suffix}", folder / f"ca/public.{suffix}")
        self.fingerprints = {kiosk_id: self.ca.kiosk(kiosk_id, kiosk_id) for kiosk_id in self.identities}

    def begin(self, centre) -> None:
        self.centre = centre
        centre.app.state.door = RequestGuards(certificate_header=HEADER)
        for kiosk_id, identity in self.identities.items():
            with centre.engine.begin() as tx:
                certificate = self.fingerprints[kiosk_id]
                kiosks.enrol(tx, kiosk_id, identity.public_key, datetime.now(UTC), certificate)
        with centre.engine.begin() as tx:
            kiosks.revoke(tx, GONE, datetime.now(UTC))

    def files(self, name: str | None, ca: PrivateCa | None = None, trusted: bool = True) -> TlsFiles:
        """The files of a kiosk with the certificate ``name`` of ``ca``."""
        folder = (ca or self.ca).folder
        pair = (folder / f"{name}.pem", folder / f"{name}.key") if name else (None, None)
        return TlsFiles(self.ca.certificate if trusted else None, *pair)

    def client(self, port: int, kiosk_id: str = ID, files: TlsFiles | None = None) -> CentralClient:
        return CentralClient(
            f"https://localhost:{port}",
            self.identities[kiosk_id],
            timeout=Timeout(DEADLINE_SECONDS, DEADLINE_SECONDS),
            tls=Tls(self.files(kiosk_id) if files is None else files),
        )

    def stranger(self, name: str | None = None) -> httpx.Client:
        """Who speaks HTTP with the certificate ``name``, and is no kiosk."""
        context = Tls(self.files(name)).context
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return httpx.Client(verify=context, trust_env=False, timeout=DEADLINE_SECONDS)


@pytest.fixture(scope="module")
def place():
    folder = Path(tempfile.mkdtemp(prefix="tls-", dir="/tmp"))
    folder.chmod(0o755)  # nginx's user comes by
    shutil.copy(migrated_file(), folder / "central.db")
    for name in ("ca", "foreign"):
        (folder / name).mkdir()
    found = Place(folder)
    with running_centre(sqlite_url(folder)) as centre:
        found.begin(centre)
        yield found
    shutil.rmtree(folder)


def before(place: Place, user: str | None, stack: ExitStack):
    folder = Path(tempfile.mkdtemp(prefix="nginx-", dir=place.folder))
    folder.chmod(0o755)
    tls = folder / "tls"
    shutil.copytree(place.folder / "ca", tls)
    if user:
        if os.geteuid() != 0:
            pytest.skip("only root can become another user")
        for path in (folder, tls, *tls.iterdir()):
            os.chown(path, int(user), int(user))
    return stack.enter_context(running_nginx(folder, place.centre.url.removeprefix("http://"), tls, user))


@pytest.fixture(scope="module")
def nginx(place):
    with ExitStack() as stack:
        yield before(place, None, stack)


def refused(client: CentralClient) -> str:
    with closing(client), pytest.raises(CentralRefusedError) as refusal:
        client.deliver(EPOCH, [])
    return refusal.value.code


def unreachable(client: CentralClient) -> str:
    with closing(client), pytest.raises(CentralUnreachableError) as trouble:
        client.deliver(EPOCH, [])
    return str(trouble.value)


def served(client: CentralClient) -> bool:
    with closing(client):
        return client.deliver(EPOCH, []).held == 0


# nginx as in deploy/nginx


@pytest.mark.parametrize("user", USERS)
def test_a_kiosk_with_its_certificate_is_served_and_without_one_nothing_is(place, user):
    with ExitStack() as stack:
        nginx = before(place, user, stack)
        assert served(place.client(nginx.kiosks))
        assert os.geteuid() or nginx.workers == {int(user) if user else pwd.getpwnam("www-data").pw_uid}
        assert "400" in unreachable(place.client(nginx.kiosks, files=place.files(None)))
        with place.stranger() as stranger:
            answer = stranger.get(f"https://localhost:{nginx.kiosks}/v1/health")
        assert answer.status_code == 400 and "status" not in answer.text


def test_a_revoked_kiosk_is_refused_though_its_certificate_is_good(place, nginx):
    assert refused(place.client(nginx.kiosks, GONE)) == "kiosk-revoked"


def test_the_certificate_of_another_kiosk_is_no_help_to_who_has_a_kiosks_key(place, nginx):
    assert refused(place.client(nginx.kiosks, ID, place.files(OTHER))) == "certificate-wrong"


def test_a_certificate_of_another_ca_is_refused_whatever_name_it_has(place, nginx):
    place.foreign.kiosk(ID, ID)
    assert "400" in unreachable(place.client(nginx.kiosks, files=place.files(ID, place.foreign)))


def test_an_expired_certificate_is_refused(place, nginx):
    request = (place.ca.folder / f"{ID}.csr").read_bytes()
    ca, long_ago = certificate_authority.opened(place.ca.ca), datetime.now(UTC) - timedelta(days=100)
    old = certificate_authority.for_kiosk(ca, ID, request, long_ago, 90)
    pem = old.public_bytes(Encoding.PEM)
    (place.ca.folder / "old.pem").write_bytes(pem)
    shutil.copy(place.ca.folder / f"{ID}.key", place.ca.folder / "old.key")
    with place.centre.engine.begin() as tx:
        client_certificates.accept(tx, ID, read(pem).fingerprint, long_ago)
    assert "400" in unreachable(place.client(nginx.kiosks, files=place.files("old")))


def test_a_forged_header_is_replaced_by_what_nginx_checked(place, nginx):
    """The key of one kiosk was stolen; the thief has the certificate of another, and the victim's, which is public."""
    victims = quote((place.ca.folder / f"{ID}.pem").read_text())
    for name in (HEADER, HEADER.lower(), "X_Client_Cert"):
        client = place.client(nginx.kiosks, ID, place.files(OTHER))
        client._line._always[name] = victims
        assert refused(client) == "certificate-wrong"


def test_the_centre_itself_believes_that_header_only_from_its_own_proxy(place):
    victims = quote((place.ca.folder / f"{ID}.pem").read_text())

    def ask(source: str) -> int:
        transport = httpx.HTTPTransport(local_address=source)
        body = b"{}"
        with httpx.Client(transport=transport, trust_env=False, timeout=DEADLINE_SECONDS) as http:
            request = http.build_request("POST", f"{place.centre.url}/v1/events", content=body)
            signed = place.identities[ID].sign("POST", f"{place.centre.url}/v1/events", body)
            request.headers.update({**signed, HEADER: victims})
            return http.send(request).status_code

    # From the proxy's address it comes as far as the (empty) delivery; from any other the certificate counts nothing.
    assert (ask("127.0.0.1"), ask("127.0.0.2")) == (400, 403)


def test_plain_http_gets_nothing_from_the_port_of_tls(nginx):
    for port in (nginx.kiosks, nginx.public):
        answer = httpx.get(f"http://127.0.0.1:{port}/v1/health", trust_env=False)
        assert answer.status_code == 400 and "status" not in answer.text


def test_everybody_sees_the_public_page_and_nothing_else_there(place, nginx):
    with place.stranger() as browser:
        page = browser.get(f"https://localhost:{nginx.public}/verify/AAAA2345BBBB")
        assert page.status_code == 404 and "text/html" in page.headers["content-type"]
        assert "AAAA2345BBBB" in page.text
        for host in ("localhost", f"localhost:{nginx.kiosks}"):
            for path in ("/v1/health", "/v1/events", "/v1/enrol", "/"):
                answer = browser.get(f"https://localhost:{nginx.public}{path}", headers={"Host": host})
                assert (answer.status_code, "nginx" in answer.text) == (404, True), (host, path)
    logs = "".join(path.read_text() for path in nginx.folder.glob("*.log"))
    assert "AAAA2345BBBB" not in logs and " 404 " in logs


def test_guesses_of_one_address_are_too_many_after_a_while(place, nginx):
    with place.stranger() as browser:
        answers = [
            browser.get(f"https://localhost:{nginx.public}/verify/AAAA{number:04}BBBB").status_code
            for number in range(40)
        ]
    assert set(answers) == {404, 429} and answers.index(429) <= 35


def test_who_is_silent_is_hung_up_on(place, nginx):
    context = Tls(place.files(ID)).context

    def silent(words: bytes | None) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", nginx.kiosks), timeout=DEADLINE_SECONDS)
        if words is None:
            return line
        safe = context.wrap_socket(line, server_hostname="localhost")
        safe.sendall(words)
        return safe

    head = b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
    for line in [silent(None), silent(b""), silent(head), silent(head + b"\r\nhalf")]:
        with line:
            while line.recv(4096):
                pass


def test_openssls_own_client_sees_the_same(place, nginx):
    def ask(*options: str) -> str:
        ca = place.ca.certificate
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{nginx.kiosks}", "-servername", "localhost"]
        command += [
            "-quiet",
            "-no_ign_eof",
            "-verify_return_error",
            "-verify_hostname",
            "localhost",
            *options,
        ]
        asked = "GET /v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        with subprocess.Popen(
            [*command, "-CAfile", str(ca), "-ign_eof"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            return process.communicate(asked, timeout=DEADLINE_SECONDS)[0]

    pair = [str(place.ca.folder / f"{ID}.{suffix}") for suffix in ("pem", "key")]
    assert ask("-cert", pair[0], "-key", pair[1]).startswith("HTTP/1.1 200 OK")
    assert ask().startswith("HTTP/1.1 400 ")
    assert ask("-cert", pair[0], "-key", pair[1], "-tls1_1") == ""


def test_the_last_page_is_asked_of_the_centre_once_wherever_the_kiosks_are(place, nginx):
    published(place.centre.engine, "guides", *((f"{number:03}", f"{number}") for number in range(170)))
    with capture_logs() as logs:
        found = [pages_after(place.client(nginx.kiosks, who)) for who in (ID, OTHER)]
    asked = [each for each in logs if each.get("route", "").startswith("/v1/feeds/{feed}")]
    assert found == [found[0]] * 2 and len(found[0]) == len(asked) == 1


def pages_after(client: CentralClient, cursor: int = 101) -> list[bytes]:
    """Follow the guides from a cursor to their head."""
    with closing(client):
        manifest = manifest_of(msgspec.json.decode(client.read("/v1/feeds").content, type=SignedManifest))
        [head] = [each for each in manifest.feeds if each.name == "guides"]
        assert isinstance(head, FeedHead)
        return [client.read(page_path("guides", head.epoch, *span)).content for span in spans(cursor, head)]


# Whom the kiosk trusts


def handshake(client: ssl.SSLContext, certificate: Path, host: str = "localhost") -> None:
    """Let ``client`` meet a server with a certificate, without a wire between them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        client.wrap_bio(to_client, to_server, server_hostname=host),
        context.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(4):
        for side in sides:
            with suppress(ssl.SSLWantReadError):
                side.do_handshake()


def test_with_a_private_ca_no_other_is_trusted_and_no_kiosk_can_pose_as_the_centre(place):
    kiosk_side = Tls(place.files(ID))
    handshake(kiosk_side.context, place.ca.folder / "kiosks.pem")
    for impostor, host in [
        (place.foreign.folder / "public.pem", "localhost"),  # of a CA that others trust
        (place.ca.folder / f"{OTHER}.pem", "localhost"),  # a stolen kiosk's
        (place.ca.folder / f"{OTHER}.pem", OTHER),
        (place.ca.folder / "kiosks.pem", "rs.example.gov.cn"),  # of another host
    ]:
        with pytest.raises(ssl.SSLCertVerificationError):
            handshake(kiosk_side.context, impostor, host)
    assert kiosk_side.context.cert_store_stats()["x509_ca"] == 1


def test_without_a_private_ca_a_private_centre_is_a_stranger(place):
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(Tls().context, place.ca.folder / "kiosks.pem")


def test_a_certificate_for_a_kiosk_signs_no_other_and_a_request_must_be_ones_own(place, tmp_path):
    leaf = place.ca.folder / f"{ID}.pem"
    verify = ["openssl", "verify", "-x509_strict", "-CAfile", place.ca.certificate]
    assert subprocess.run([*verify, "-purpose", "sslclient", leaf], capture_output=True).returncode == 0
    assert subprocess.run([*verify, "-purpose", "sslserver", leaf], capture_output=True).returncode != 0
    text = subprocess.run(["openssl", "x509", "-in", leaf, "-noout", "-text"], capture_output=True, text=True)
    assert f"URI:urn:kiosk:{ID}" in text.stdout and "CA:FALSE" in text.stdout
    ca = subprocess.run(
        ["openssl", "x509", "-in", place.ca.certificate, "-noout", "-text"], capture_output=True, text=True
    )
    assert "CA:TRUE, pathlen:0" in ca.stdout and (place.ca.ca / "ca.key").stat().st_mode & 0o077 == 0
    told = read(leaf.read_bytes())
    assert timedelta(days=89) < told.not_after - datetime.now(UTC) < timedelta(days=90)


# A certificate is renewed


def copied(place: Place, name: str, folder: Path) -> TlsFiles:
    """Put the pair ``name`` where a kiosk has it; later the other pair takes its place."""
    for suffix in ("pem", "key"):
        draft = folder / f"draft.{suffix}"
        shutil.copy(place.ca.folder / f"{name}.{suffix}", draft)
        draft.rename(folder / f"tls.{suffix}")
    return TlsFiles(place.ca.certificate, folder / "tls.pem", folder / "tls.key")


def test_a_renewed_certificate_is_used_from_the_next_connection_on(place, nginx, tmp_path):
    first, second = (place.ca.kiosk(name, ID) for name in ("first", "second"))
    with place.centre.engine.begin() as tx:
        client_certificates.accept(tx, ID, first, datetime.now(UTC))
        client_certificates.accept(tx, ID, second, datetime.now(UTC))  # they overlap
    files = copied(place, "first", tmp_path)
    with closing(place.client(nginx.kiosks, files=files)) as client:
        assert client.deliver(EPOCH, []).held == 0
        copied(place, "second", tmp_path)
        with place.centre.engine.begin() as tx:
            client_certificates.revoke(tx, first)
        client._line._pool.close()  # connections end after some seconds
        assert client.deliver(EPOCH, []).held == 0
    assert refused(place.client(nginx.kiosks, files=place.files("first"))) == "certificate-wrong"


def test_while_half_a_pair_is_there_the_old_one_goes_on_and_it_is_told_once(place, nginx, tmp_path):
    files = copied(place, ID, tmp_path)
    tls = Tls(files)
    with closing(place.client(nginx.kiosks, files=files)) as client:
        client._tls = tls
        assert client.deliver(EPOCH, []).held == 0
        place.ca.kiosk("third", ID)
        shutil.copy(place.ca.folder / "third.pem", tmp_path / "tls.pem")
        with capture_logs() as logs:
            for _ in range(3):
                client._line._pool.close()
                assert client.deliver(EPOCH, []).held == 0
    assert [each["event"] for each in logs if "tls" in each["event"]] == ["tls_certificate_not_renewed"]


# Configuration and commands

CONFIG = """
kiosk_id = "610200-001"
region = "610200"
branch = "大厅"
data = "data"
printer = { port = "/dev/null", profile = "none" }
[central]
"""
PLAIN = [
    "http://rs.example.gov.cn",
    "http://10.0.0.1:8700",
    "HTTP://rs.example.gov.cn",
    "http://127.0.0.1.example.gov.cn",
    "http://localhost.example.gov.cn",
    "http://127.0.0.1@rs.example.gov.cn",
    "http://[fe80::1]",
    "http://0.0.0.0",
    "http://2130706433.example",
]


def configured(folder: Path, central: str) -> Path:
    file = folder / "kiosk.toml"
    file.write_text(CONFIG + central)
    return file


def failure(*arguments: str | Path) -> tuple[int, str]:
    """Run ``kiosk``; return its exit code and the one line that it says, beside its log."""
    result = CliRunner().invoke(kiosk_command, [str(each) for each in arguments])
    [line] = [each for each in result.stderr.splitlines() if each.startswith("Error: ")]
    assert "Traceback" not in result.output
    return result.exit_code, line


@pytest.mark.parametrize("url", PLAIN)
def test_http_is_refused_except_to_this_very_machine(tmp_path, url):
    file = configured(tmp_path, f'url = "{url}"\n')
    for command, code in [
        (("run",), 2),
        (("sync",), 1),
        (("sync", "once"), 1),
        (("sync", "enrol", "AAAA"), 1),
    ]:
        ended, line = failure(*command, "--config", file)
        assert ended == code and "has no TLS" in line and str(file) in line, command


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8700", "http://localhost:8700", "http://[::1]:8700", "https://rs.example.gov.cn"],
)
def test_what_nobody_can_listen_to_is_taken(tmp_path, url):
    assert kiosk.config.load(configured(tmp_path, f'url = "{url}"\n')).central.url == url


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('url = "http://127.0.0.1"\nca = "ca.pem"', "https://"),
        ('url = "https://rs.example.gov.cn"\ncertificate = "tls.pem"', "belong together"),
        ('url = "https://rs.example.gov.cn"\nkey = "tls.key"', "belong together"),
    ],
)
def test_settings_of_tls_that_would_do_nothing_are_refused(tmp_path, said, told):
    code, line = failure("sync", "once", "--config", configured(tmp_path, said))
    assert code == 1 and told in line


@pytest.fixture
def with_pair(place, tmp_path):
    """A kiosk with a store, and a pair of its own."""
    Store.open(tmp_path / "data", ID).close()
    copied(place, ID, tmp_path)
    shutil.copy(place.ca.certificate, tmp_path / "ca.pem")
    return configured(
        tmp_path,
        'url = "https://localhost:1"\nca = "ca.pem"\ncertificate = "tls.pem"\nkey = "tls.key"\n',
    )


def test_a_pair_that_does_not_fit_or_is_open_to_others_is_one_line(place, with_pair):
    folder = with_pair.parent
    spoilings = {
        "a certificate and its own key": lambda: shutil.copy(
            place.ca.folder / f"{OTHER}.key", folder / "tls.key"
        ),
        "others can read this key": lambda: (folder / "tls.key").chmod(0o640),
        "tls.key: No such file": lambda: (folder / "tls.key").unlink(),
        "ca.pem: there is no CA certificate": lambda: (folder / "ca.pem").write_text("nothing"),
        "this is a pipe": lambda: ((folder / "ca.pem").unlink(), os.mkfifo(folder / "ca.pem")),
    }
    for told, spoil in spoilings.items():
        spoil()
        for command in (("sync", "once"), ("sync", "enrol", "AAAA")):
            code, line = failure(*command, "--config", with_pair)
            assert code == 1 and told in line, (told, line)
        assert told in status(with_pair)["problem"]


def test_a_key_with_a_password_is_refused_and_nobody_is_asked_for_it(with_pair):
    key = with_pair.parent / "tls.key"
    locked = key.with_name("locked.key")
    subprocess.run(
        ["openssl", "pkey", "-in", key, "-aes256", "-passout", "pass:secret", "-out", locked], check=True
    )
    locked.rename(key)
    code, line = failure("sync", "once", "--config", with_pair)
    assert code == 1 and "without a password" in line


def status(file: Path) -> dict:
    result = CliRunner().invoke(kiosk_command, ["sync", "status", "--json", "--config", str(file)])
    return json.loads(result.stdout)["certificate"]


def test_status_says_until_when_the_certificate_is_good(place, with_pair):
    told = status(with_pair)
    pem = (with_pair.parent / "tls.pem").read_bytes()
    assert told["fingerprint"] == place.fingerprints[ID] and told["problem"] == ""
    assert datetime.fromisoformat(told["not_after"]) == read(pem).not_after
    assert told["days_left"] == 89


def test_a_certificate_that_ends_soon_is_an_alarm_once(with_pair):
    folder = with_pair.parent
    tls = Tls(kiosk.config.load(with_pair).central.tls_files)
    end = read((folder / "tls.pem").read_bytes()).not_after
    with closing(Store.open(folder / "data", ID)) as store:
        certificate_watch.watch(store, tls, end - timedelta(days=31))
        assert alarms(store) == []
        for days in (29, 28, -1):
            certificate_watch.watch(store, tls, end - timedelta(days=days))
        assert [each["event"] for each in alarms(store)] == ["tls.certificate_expiring"]


# The centre's own commands


def test_the_fingerprint_goes_with_the_approval_and_can_be_added_to_and_taken_away(place, tmp_path):
    shutil.copy(migrated_file(), tmp_path / "central.db")
    data = ("--data", str(tmp_path))
    fingerprint, renewed = place.fingerprints[ID], place.ca.kiosk("renewed", ID)
    with running_centre(sqlite_url(tmp_path)) as centre:
        with centre.engine.begin() as tx:
            code = enrolment.invite(tx, ID, datetime.now(UTC))
        centre.client(place.identities[ID]).enrol(code)
    openssl = subprocess.run(
        ["openssl", "x509", "-in", place.ca.folder / f"{ID}.pem", "-noout", "-fingerprint", "-sha256"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    run("approve", ID, "--certificate", openssl, "--operator", "赵敏", *data)
    run("ca", "accept", ID, renewed, "--operator", "赵敏", *data)
    listed = [json.loads(line) for line in run("ca", "list", "--json", *data).splitlines()]
    assert [each["fingerprint"] for each in listed] == [fingerprint, renewed]
    run("ca", "revoke", fingerprint, "--operator", "钱进", *data)
    run("revoke", ID, *data)
    assert run("ca", "list", *data) == ""
    acts = run("acts", "--about", ID, *data)
    assert "certificate-accepted" in acts and "certificate-revoked" in acts and "钱进" in acts


@pytest.mark.parametrize("wrong", ["3f0c9d", "A" * 64 + "G", "ab" * 20])
def test_what_is_no_sha256_is_refused(tmp_path, wrong):
    result = CliRunner().invoke(
        central_command(), ["approve", ID, "--certificate", wrong, "--data", str(tmp_path)]
    )
    assert result.exit_code == 2 and "SHA-256" in result.stderr


def central_command():
    import central.program.main

    return central.program.main.main


def test_a_pair_that_is_wrong_is_refused_before_anything_is_sent(place, tmp_path):
    files = TlsFiles(place.ca.certificate, place.ca.folder / f"{ID}.pem", place.ca.folder / f"{OTHER}.key")
    with pytest.raises(TlsError, match="and its own key"):
        Tls(files)
