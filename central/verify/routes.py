"""The public page: anybody who holds a certificate can see what it has to say."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection, Engine, func, select
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from central.database import reading
from central.models import certificates, prints
from central.verify.masking import masked_id_number, masked_name
from sync.protocol.certificate_kinds import CHINA
from sync.protocol.documents import Certificate
from sync.protocol.month_ranges import merge

PAGES = Path(__file__).parent

pages = Environment(
    loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
pages.filters.update(masked_name=masked_name, masked_id_number=masked_id_number, merged=merge)
# The page belongs to whoever holds the paper: no cache, no search engine and no other site shall have it.
PRIVATE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}


def routes(engine: Engine) -> list[Route]:
    """Return the public routes."""

    def show(request: Request) -> Response:
        code = typed(request.path_params["code"])
        with reading(engine) as connection:
            row = connection.execute(select(certificates).where(certificates.c.code == code)).one_or_none()
            if row is None:
                return _page("unknown.html", 404, code=code)
            certificate = msgspec.json.decode(row.document, type=Certificate)
            printed = _printed(connection, certificate.number)
        return _page("certificate.html", 200, **_content(certificate), printed=printed)

    return [
        Route("/verify", ask),
        Route("/verify/style.css", style),
        Route("/verify/{code}", show),
    ]


def ask(request: Request) -> Response:
    """Show the field for a 校验码; go to its page when one was entered."""
    code = typed(request.query_params.get("code", ""))
    if code:
        return RedirectResponse(f"/verify/{code}", 303, headers=PRIVATE)
    return _page("ask.html", 200)


def style(_request: Request) -> Response:
    """Send the style sheet."""
    return FileResponse(PAGES / "style.css", media_type="text/css")


def typed(code: str) -> str:
    """Return a 校验码 as it is kept, however a person wrote it."""
    return "".join(letter for letter in code.upper() if letter.isascii() and letter.isalnum())[:20]


def _content(certificate: Certificate) -> dict[str, Any]:
    last_day = certificate.valid_until
    expired = last_day is not None and datetime.now(CHINA).date() > last_day
    return {"certificate": certificate, "expired": expired}


def _printed(connection: Connection, number: str) -> Mapping[str, int]:
    """Return how many copies kiosks have reported, by how sure they were."""
    rows = connection.execute(
        select(prints.c.result, func.count().label("copies"))
        .where(prints.c.certificate_number == number)
        .group_by(prints.c.result)
    )
    return {"confirmed": 0, "uncertain": 0} | {row.result: row.copies for row in rows}


def _page(template: str, status: int, **content: Any) -> HTMLResponse:
    return HTMLResponse(pages.get_template(template).render(**content), status, headers=PRIVATE)
