"""The addresses of the feeds."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import zstandard
from msgspec import Struct
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from central.access.answers import as_json
from central.access.endpoint import described, read_endpoint
from central.access.kiosks import Caller
from central.access.lanes import Lane
from central.access.roll_call import RollCall
from central.feeds.manifest import Heads, entity_tag, heads, sign
from central.feeds.names import PUBLIC, UnknownFeedError, internal_name
from central.feeds.pages import MustRefetchError, TooManyRowsError, page
from central.feeds.publisher import Publisher
from central.store.database import reading
from central.store.refusals import RefusedError
from sync.protocol.centre_keys import CentreKey
from sync.protocol.feeds import COMMANDS, MUST_REFETCH, SignedManifest
from sync.protocol.signature import sign_answer

FOREVER = "max-age=31536000, immutable"
PAGE_LEVEL = 1
"""Rows in the order of their keys: higher levels take longer, and make the page no smaller."""
PAGES_KEPT = 64
"""In each worker: kiosks that follow a feed ask for the last page of each head within half a minute."""
FILE_PIECE = 1 << 20
ZSTD = "application/zstd"
FILE = {
    206: "The part that Range names",
    404: "There is no such file (or it expired)",
    416: "There is no such part",
}
DIGEST = re.compile(r"[0-9a-f]{64}")


class Seq(IntegerConvertor):
    """A number in an address, of no more digits than numbers have here."""

    regex = "[0-9]{1,16}"


class Snapshot(FileResponse):
    """A file, read in large pieces: each costs a change of threads."""

    chunk_size = FILE_PIECE


register_url_convertor("seq", Seq())


def routes(lane: Lane, publisher: Publisher) -> list[Route]:
    """Return the routes of the feeds."""

    async def manifest(found_heads: Heads, caller: Caller, request: Request, at: datetime) -> Response:
        """Tell how far every feed is that the kiosk follows: JSON within the signed JSON."""
        found = found_heads.of(caller.kiosk_id)
        tag = entity_tag(publisher, found)
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if tag in request.headers.get("if-none-match", ""):
            answer = Response(status_code=304, headers=headers)
        else:
            signed = sign(publisher, caller.kiosk_id, found, found_heads.number, at)
            answer = _with(headers, as_json(signed))
        key, asked = publisher.keys.signing(at).private, request.headers["signature"]
        return _with(sign_answer(key, answer.status_code, tag, bytes(answer.body), asked), answer)

    async def feed_key(_heads: Heads, _caller: Caller, _request: Request, _at: datetime) -> Response:
        """Tell the public key that manifests are signed with now: base64."""
        return as_json(publisher.public_key)

    async def feed_keys(_heads: Heads, _caller: Caller, _request: Request, _at: datetime) -> Response:
        """Tell the public keys of manifests, old and new, each vouched for by the one before."""
        return as_json(publisher.keys.listed())

    # Not signed: who knows the address was told it in a manifest, and a proxy can serve the folder by itself.
    async def snapshot(request: Request) -> Response:
        """Send the file to start from that a manifest names; Range is understood."""
        file = publisher.snapshots / request.path_params["sha256"]
        if not DIGEST.fullmatch(file.name) or not await run_in_threadpool(file.is_file):
            refused = RefusedError("snapshot-unknown")
            return as_json(refused.refusal, refused.status)
        headers = {"ETag": f'"{file.name}"', "Cache-Control": f"public, {FOREVER}"}
        return Snapshot(file, headers=headers, media_type=ZSTD)

    roll_call = RollCall(lane, heads)
    return [
        Route(
            "/v1/feeds",
            read_endpoint(
                roll_call, manifest, SignedManifest, {304: "It is what If-None-Match names"}, as_of_now=True
            ),
        ),
        Route("/v1/feeds/key", read_endpoint(roll_call, feed_key, str, as_of_now=True)),
        Route(
            "/v1/feeds/{feed}/{epoch}/{after:seq}-{upto:seq}",
            read_endpoint(roll_call, Pages(lane).answer, ZSTD),
        ),
        Route("/v1/feeds/keys", read_endpoint(roll_call, feed_keys, list[CentreKey], as_of_now=True)),
        Route(
            "/v1/snapshots/{sha256}", described(snapshot, snapshot, signed=False, contains=ZSTD, also=FILE)
        ),
    ]


class PackedPage(Struct, frozen=True):
    """A page as it is sent, and what names its content."""

    content: bytes
    tag: str


class Pages:
    """Answers with pages; keeps the last ones, which are the same for all kiosks."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._kept: dict[tuple[str, ...], PackedPage] = {}

    async def answer(self, _heads: Heads, caller: Caller, request: Request, _at: datetime) -> Response:
        """Tell what changed in a feed between two numbers: msgpack in zstd, which never changes."""
        asked: Any = request.path_params
        place = tuple(str(asked[part]) for part in ("feed", "epoch", "after", "upto"))
        if (page := self._kept.get(place)) is None:
            page = await self._lane.run(_packed_page, self._lane.engine, caller.kiosk_id, asked)
            self._keep(place, page)
        kept_by = "private" if asked["feed"] == COMMANDS else "public"
        headers = {"Cache-Control": f"{kept_by}, {FOREVER}", "ETag": page.tag}
        return Response(page.content, media_type=ZSTD, headers=headers)

    def _keep(self, place: tuple[str, ...], page: PackedPage) -> None:
        if place[0] not in PUBLIC:  # another page for each kiosk
            return
        self._kept[place] = page
        if len(self._kept) > PAGES_KEPT:
            del self._kept[next(iter(self._kept))]


def _packed_page(engine: Engine, kiosk_id: str, asked: Mapping[str, Any]) -> PackedPage:
    shown = asked["feed"]
    try:
        feed = internal_name(shown, kiosk_id)
        with reading(engine) as connection:
            found = page(connection, feed, shown, asked["epoch"], asked["after"], asked["upto"])
    except UnknownFeedError as error:
        raise RefusedError("feed-unknown") from error
    except MustRefetchError as error:
        raise RefusedError(MUST_REFETCH) from error
    except TooManyRowsError as error:
        raise RefusedError("bad-request") from error
    content = zstandard.ZstdCompressor(PAGE_LEVEL).compress(msgspec.msgpack.encode(found))
    return PackedPage(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def _with(headers: Mapping[str, str], response: Response) -> Response:
    response.headers.update(headers)
    return response
