"""The addresses of the feeds."""

import hashlib
import re
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import zstandard
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from central.access.answers import as_json
from central.access.endpoint import described, read_endpoint
from central.access.kiosks import Caller
from central.access.lanes import Lane
from central.feeds.manifest import entity_tag, heads, sign
from central.feeds.names import PUBLIC, UnknownFeedError, internal_name
from central.feeds.pages import MustRefetchError, TooManyRowsError, page
from central.feeds.publisher import Publisher
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

    def manifest(connection: Connection, caller: Caller, request: Request, at: datetime) -> Response:
        """Tell how far every feed is that the kiosk follows: JSON within the signed JSON."""
        found, last = heads(connection, caller.kiosk_id)
        tag = entity_tag(publisher, found)
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if tag in request.headers.get("if-none-match", ""):
            answer = Response(status_code=304, headers=headers)
        else:
            signed = sign(publisher, caller.kiosk_id, found, last, at)
            answer = _with(headers, as_json(signed))
        key, asked = publisher.keys.signing(at).private, request.headers["signature"]
        return _with(sign_answer(key, answer.status_code, tag, bytes(answer.body), asked), answer)

    def feed_key(_connection: Connection, _caller: Caller, _request: Request, _at: datetime) -> Response:
        """Tell the public key that manifests are signed with now: base64."""
        return as_json(publisher.public_key)

    def feed_keys(_connection: Connection, _caller: Caller, _request: Request, _at: datetime) -> Response:
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

    return [
        Route(
            "/v1/feeds",
            read_endpoint(lane, manifest, SignedManifest, {304: "It is what If-None-Match names"}),
        ),
        Route("/v1/feeds/key", read_endpoint(lane, feed_key, str)),
        Route("/v1/feeds/keys", read_endpoint(lane, feed_keys, list[CentreKey])),
        Route("/v1/feeds/{feed}/{epoch}/{after:seq}-{upto:seq}", read_endpoint(lane, Pages().answer, ZSTD)),
        Route(
            "/v1/snapshots/{sha256}", described(snapshot, snapshot, signed=False, contains=ZSTD, also=FILE)
        ),
    ]


class Pages:
    """Answers with pages; keeps the last ones, which are the same for all kiosks."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], bytes] = {}
        self._lock = threading.Lock()

    def answer(self, connection: Connection, caller: Caller, request: Request, _at: datetime) -> Response:
        """Tell what changed in a feed between two numbers: msgpack in zstd, which never changes."""
        asked: Any = request.path_params
        place = tuple(str(asked[part]) for part in ("feed", "epoch", "after", "upto"))
        if (content := self._kept.get(place)) is None:
            content = _packed_page(connection, caller, asked)
            self._keep(place, content)
        kept_by = "private" if asked["feed"] == COMMANDS else "public"
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        headers = {"Cache-Control": f"{kept_by}, {FOREVER}", "ETag": tag}
        return Response(content, media_type=ZSTD, headers=headers)

    def _keep(self, place: tuple[str, ...], content: bytes) -> None:
        if place[0] not in PUBLIC:  # another page for each kiosk
            return
        with self._lock:
            self._kept[place] = content
            if len(self._kept) > PAGES_KEPT:
                del self._kept[next(iter(self._kept))]


def _packed_page(connection: Connection, caller: Caller, asked: Mapping[str, Any]) -> bytes:
    shown = asked["feed"]
    try:
        feed = internal_name(shown, caller.kiosk_id)
        found = page(connection, feed, shown, asked["epoch"], asked["after"], asked["upto"])
    except UnknownFeedError as error:
        raise RefusedError("feed-unknown") from error
    except MustRefetchError as error:
        raise RefusedError(MUST_REFETCH) from error
    except TooManyRowsError as error:
        raise RefusedError("bad-request") from error
    return zstandard.ZstdCompressor(PAGE_LEVEL).compress(msgspec.msgpack.encode(found))


def _with(headers: Mapping[str, str], response: Response) -> Response:
    response.headers.update(headers)
    return response
