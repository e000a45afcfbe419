"""nginx before the centre, as the documentation has it."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs

from sync.client import CentralClient
from sync.feeds.pages import spans
from sync.protocol.feeds import FeedHead, SignedManifest, manifest_of, page_path
from tests.central.centre import HTTP, an_identity
from tests.central.feed_reader import published
from tests.central.visiting import VisitingClient
from tools.demo.stack import free_port

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or ""
needs_nginx = pytest.mark.skipif(not NGINX, reason="no nginx here")


def documented() -> str:
    document = Path(__file__).parents[3] / "docs" / "central.md"
    return document.read_text().split("```nginx\n")[1].split("```")[0]


@needs_nginx
def test_nginx_understands_the_configuration_of_the_documentation(tmp_path):
    server = documented()
    key = ("-newkey", "ed25519", "-keyout", "key.pem", "-out", "certificate.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-nodes", *key, "-subj", "/CN=kiosk"], cwd=tmp_path, check=True
    )
    for name in ("/etc/kiosk/tls.pem", "/etc/kiosk/kiosk-ca.pem"):
        server = server.replace(name, str(tmp_path / "certificate.pem"))
    server = server.replace("/etc/kiosk/tls.key", str(tmp_path / "key.pem"))
    server = server.replace("/var/lib/nginx/pages", str(tmp_path / "pages"))
    (tmp_path / "nginx.conf").write_text(f"events {{}}\nhttp {{\n{server}\n}}\n")
    checked = subprocess.run(
        [NGINX, "-t", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)], capture_output=True
    )
    assert checked.returncode == 0, checked.stderr.decode()


@contextmanager
def nginx_before(url: str, folder: Path) -> Iterator[str]:
    """Run nginx before a centre with what the documentation says of pages, without TLS; yield its address."""
    port = free_port()
    [pages] = re.findall(r"    location ~ \^/v1/feeds/.*?\n    }\n", documented(), re.S)
    pages = re.sub(r".*client_(verify|fingerprint).*\n", "", pages)
    server = (
        f"proxy_cache_path {folder}/pages keys_zone=pages:1m;\n"
        f"upstream centre {{ server {url.removeprefix('http://')}; }}\n"
        f"server {{ listen 127.0.0.1:{port}; proxy_http_version 1.1; access_log off;\n{pages}\n"
        "location / { proxy_set_header Host $http_host; proxy_pass http://centre; } }"
    )
    own = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    rest = f"pid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
    (folder / "nginx.conf").write_text(f"{user}\n{rest}http {{\n{own}{server}\n}}\n")
    command = [NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-g", "daemon off;"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with suppress(httpx.HTTPError):
                HTTP.get(f"http://127.0.0.1:{port}/v1/health")
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@needs_nginx
def test_the_last_page_is_asked_of_the_centre_once_wherever_the_kiosks_are(centre, tmp_path):
    published(centre.engine, "guides", *((f"{number:03}", f"{number}") for number in range(170)))
    identities = [centre.enrol(an_identity(f"610200-00{number}")) for number in range(4)]
    with nginx_before(centre.url, tmp_path) as url, capture_logs() as logs:
        kiosks = [VisitingClient(url, identity) for identity in identities]
        found = [read(*each) for each in zip(kiosks, (101, 133, 160, 169), strict=True)]
        for kiosk in kiosks:
            kiosk.close()
    asked = [each for each in logs if each.get("route", "").startswith("/v1/feeds/{feed}")]
    assert found == [found[0]] * 4 and len(found[0]) == len(asked) == 1


def read(kiosk: CentralClient, after: int) -> list[bytes]:
    """Follow the guides from a cursor to their head."""
    manifest = manifest_of(msgspec.json.decode(kiosk.read("/v1/feeds").content, type=SignedManifest))
    [head] = [each for each in manifest.feeds if each.name == "guides"]
    assert isinstance(head, FeedHead)
    return [kiosk.read(page_path("guides", head.epoch, *span)).content for span in spans(after, head)]
