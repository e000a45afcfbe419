"""The public page: anybody who holds a certificate can see what it has to say."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from central.access.answering import answers
from central.access.kiosks import Caller
from central.access.lanes import Lane
from central.access.limits import RateLimiter
from central.access.proxy import address_of
from central.store.database import reading
from central.store.refusals import RefusedError
from central.store.tables import certificates
from central.verify.copies import copies_of, in_words
from central.verify.moments import in_china
from central.verify.page_sections import sections_of
from sync.protocol.certificate_kinds import CHINA, KINDS
from sync.protocol.documents import Certificate
from sync.protocol.month_ranges import merge
from sync.protocol.verification import VERIFY_CERTIFICATE, VerificationRequest, Verified
from text.masking import mask_card_number, mask_id_number, mask_name

PAGES = Path(__file__).parent

pages = Environment(
    loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
pages.filters.update(
    mask_name=mask_name,
    mask_id_number=mask_id_number,
    mask_card_number=mask_card_number,
    merged=merge,
    in_words=in_words,
    in_china=in_china,
)
# The page is only for the holder of the paper: keep it out of caches, search engines and other sites.
PRIVATE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}


class LookUpLimits:
    """How often codes may be looked up: by one address, and by all together in one worker."""

    def __init__(self) -> None:
        self._of_each, self._of_all = (
            RateLimiter(per_second=1, burst=30),
            RateLimiter(per_second=50, burst=200),
        )

    def take(self, address: str) -> None:
        """Count a look-up.

        :raises Refused: it is one too many.
        """
        self._of_each.take(address)
        self._of_all.take("")


def routes(lane: Lane) -> list[Route]:
    """Return the public routes."""
    limits = LookUpLimits()

    async def show(request: Request) -> Response:
        try:
            limits.take(address_of(request))
            return await lane.run(looked_up, typed(request.path_params["code"]))
        except RefusedError as refusal:
            page = _page("later.html", refusal.status)
            page.headers["Retry-After"] = str(refusal.retry_after)
            return page

    def looked_up(code: str) -> Response:
        with reading(lane.engine) as connection:
            content = _content(connection, code)
        return _page("certificate.html", 200, **content) if content else _page("unknown.html", 404, code=code)

    return [
        Route("/verify", ask),
        Route("/verify/style.css", style),
        Route("/verify/{code}", show),
    ]


@answers(VERIFY_CERTIFICATE)
def verify_certificate(
    tx: Connection, _caller: Caller, request: VerificationRequest, _at: datetime
) -> Verified:
    """Tell a terminal what the page says."""
    content = _content(tx, request.code)
    if content is None:
        raise RefusedError("certificate-unknown")
    html = pages.get_template("certificate.html").render(**content)
    return Verified(number=content["certificate"].number, state=_state(content), sections=sections_of(html))


def _state(content: Mapping[str, Any]) -> Literal["good", "expired", "revoked"]:
    if content["revoked"]:
        return "revoked"
    return "expired" if content["expired"] else "good"


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


def page_view(certificate: Certificate) -> SimpleNamespace:
    """Return what the page may show of a document: the fields that its kind declares for it."""
    kind = KINDS[certificate.kind]
    return SimpleNamespace(kind=kind.name, **{name: getattr(certificate, name) for name in kind.page})


def _content(connection: Connection, code: str) -> dict[str, Any] | None:
    """Return what the page shows of the document with this code, None if there is none."""
    row = connection.execute(select(certificates).where(certificates.c.code == code)).one_or_none()
    if row is None:
        return None
    certificate = msgspec.json.decode(row.document, type=Certificate)
    now = datetime.now(CHINA)
    ends = certificate.valid_until
    loss_ends = getattr(certificate, "expires_at", None)
    return {
        "certificate": page_view(certificate),
        "expired": ends is not None and now.date() > ends,
        "revoked": row.revoked_at and {"at": row.revoked_at.astimezone(CHINA), "reason": row.revoked_for},
        "loss_over": loss_ends is not None and now >= loss_ends,
        "printed": copies_of(connection, certificate.number),
    }


def _page(template: str, status: int, **content: Any) -> HTMLResponse:
    return HTMLResponse(pages.get_template(template).render(**content), status, headers=PRIVATE)
