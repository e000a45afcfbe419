"""One HTML file that verifies QR codes in a browser without the centre: the public keys are in it."""

import base64
import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from central.certificates.signing import Issuer
from sync.protocol.centre_keys import CentreKey
from sync.protocol.certificate_kinds import CHINA, KINDS

FOLDER = Path(__file__).parent
HEADERS = {
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def _day(at: datetime | None) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d}" if at else ""


_pages = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_pages.filters["day"] = _day


class OfflinePage(Struct, frozen=True):
    """The file, and the Content-Security-Policy that it states, for those who send it."""

    text: str
    policy: str


@lru_cache(maxsize=2)
def offline_page(keys: Sequence[CentreKey], host: str, online: str, made_on: date) -> OfflinePage:
    """Return the page.

    :param keys: those that documents are signed with, old and new; a tuple.
    :param online: the address of the page that asks the centre.
    """
    style = "".join((FOLDER / name).read_text("utf-8") for name in ("style.css", "offline.css"))
    script = (FOLDER / "offline.js").read_text("utf-8")
    policy = _policy(script, style)
    text = _pages.get_template("offline.html").render(
        policy=policy,
        style=style,
        script=script,
        host=host,
        online=online,
        keys=keys,
        known=_known(keys),
        made_on=made_on.isoformat(),
    )
    return OfflinePage(text, policy)


def routes(issuer: Issuer) -> list[Route]:
    """Return the route of the page; it must come before those of 校验码."""

    def offline(_request: Request) -> HTMLResponse:
        page = page_of(issuer)
        return HTMLResponse(page.text, headers={"Content-Security-Policy": page.policy, **HEADERS})

    return [Route("/verify/offline.html", offline)]


def page_of(issuer: Issuer) -> OfflinePage:
    """Return the page with the keys of today."""
    today = datetime.now(CHINA).date()
    return offline_page(tuple(issuer.keys.listed()), issuer.host, issuer.verify_url("").rstrip("/"), today)


def _policy(script: str, style: str) -> str:
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}';"
        " base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _known(keys: Sequence[CentreKey]) -> str:
    """Return keys and kinds as the script reads them; nothing in it ends a script in HTML."""
    kinds = {kind.number: {"title": kind.title, "months": kind.valid_months} for kind in KINDS.values()}
    return json.dumps({"keys": list(map(_key, keys)), "kinds": kinds}, ensure_ascii=False).replace(
        "<", "\\u003c"
    )


def _key(key: CentreKey) -> dict[str, Any]:
    return {
        "number": key.number,
        "algorithm": key.algorithm,
        "public": key.public,
        "notBefore": _seconds(key.not_before),
        "notAfter": _seconds(key.not_after),
        "withdrawn": _seconds(key.withdrawn),
    }


def _seconds(at: datetime | None) -> int | None:
    return int(at.timestamp()) if at else None
