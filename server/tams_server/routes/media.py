"""Bytes of a storage backend that is a folder, under signed URLs (`tams_analytics.media.signing`).

GET and HEAD with ranges, PUT of a whole object; all of them stream. An extension: in 8.2 these are
URLs of a storage. Who comes with a credential instead of a signature is let in as well, and sent on
where the storage backend is S3.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import contextmanager_in_threadpool, run_in_threadpool
from fastapi.responses import FileResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Message, Receive, Scope, Send

from tams_analytics.errors import NotFound
from tams_analytics.media.checksums import ContentMd5
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.signing import READING, WRITING
from tams_analytics.media.storage import CHUNK_BYTES, PresigningStorage
from tams_analytics.writes.holding import Renewal
from tams_server.context import Context, Ctx
from tams_server.errors import error_answer
from tams_server.heads import is_head
from tams_server.parameters import Id, Name
from tams_server.principals import showed_nothing

router = APIRouter()

PATH = "/media/{storage_id}/{key:path}"
UNKNOWN_TYPE = "application/octet-stream"
Expires = Annotated[str, Query(description="the second until which the URL holds")]
Signature = Annotated[str, Query(description="what says that this server made the URL")]


FILES = StaticFiles()
"""Starlette's, which know what a client need not be sent again."""
HARMLESS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
"""A browser that opens what a client stored neither guesses its type nor runs its scripts."""


class Bytes(FileResponse):
    """A file, or ranges of it; of a HEAD, which came as a GET, nothing is read.

    Raises `NotFound` where it has gone since it was looked at.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = "HEAD" if is_head(scope) else scope["method"]
        refused: list[Message] = []
        begun: list[Message] = []

        async def send_unless_refused(message: Message) -> None:
            """Starlette refuses ranges in plain text; §9 has a body for all errors."""
            if refused or message.get("status", 200) >= 400:
                refused.append(message)
            elif message["type"] == "http.response.start":
                begun.append(message)  # sent with the first bytes: the file is not open yet
            else:
                while begun:
                    await send(begun.pop())
                await send(message)

        try:
            await super().__call__({**scope, "method": method}, receive, send_unless_refused)
        except FileNotFoundError as error:
            raise NotFound("stored object", Path(self.path).name) from error
        if refused:
            await _no_range(*refused)(scope, receive, send)


def _no_range(start: Message, body: Message) -> Response:
    """Starlette's refusal in our words: malformed, or outside the file."""
    status, headers = start["status"], dict(start["headers"])
    if status != 416:
        return error_answer(status, "BadParameter", f"range: {body['body'].decode()}")
    size = headers[b"content-range"].decode()
    said = "range: these bytes lie behind the end"
    return error_answer(status, "RangeNotSatisfiable", said, {"Content-Range": size})


@router.get(PATH, operation_id="GET_media-storageId-key")
def get_bytes(
    request: Request,
    storage_id: Id,
    key: Name,
    ctx: Ctx,
    expires: Expires = "",
    signature: Signature = "",
) -> Response:
    """The bytes of an object, or a range of them (F70)."""
    if not _is_permitted(ctx, request, READING, storage_id, key):
        return _forbidden()
    kept = ctx.store.writes.object_at(storage_id, key)
    storage = ctx.storages.of(storage_id)
    if isinstance(storage, PresigningStorage):
        return RedirectResponse(storage.presign_get(key))
    folder = ctx.storages.folder(storage_id)
    content_type = kept["content_type"] or UNKNOWN_TYPE
    answer = Bytes(
        folder.path(key),
        media_type=content_type,
        headers=HARMLESS,
        stat_result=folder.stat(key),
    )
    if FILES.is_not_modified(answer.headers, request.headers):
        return NotModifiedResponse(answer.headers)
    return answer


@router.put(PATH, operation_id="PUT_media-storageId-key")
async def put_bytes(
    request: Request,
    storage_id: Id,
    key: Name,
    ctx: Ctx,
    expires: Expires = "",
    signature: Signature = "",
) -> Response:
    """All bytes of an object: readers see what was there, or all that came."""
    if not _is_permitted(ctx, request, WRITING, storage_id, key):
        return _forbidden()
    asked = functools.partial(
        ctx.store.writes.object_to_fill, ctx.storages, storage_id, key, is_signed=bool(signature)
    )
    filled = await run_in_threadpool(asked)  # and again at the end: it may be registered meanwhile
    storage = ctx.storages.of(storage_id)
    if isinstance(storage, PresigningStorage):
        return RedirectResponse(storage.presign_put(key))
    folder = ctx.storages.folder(storage_id)
    checksum = ContentMd5(request.headers.get("content-md5"))
    renewal = Renewal(lambda: ctx.store.writes.prolong([filled["id"]]))
    filling = ctx.store.writes.filling(folder, key, asked)
    async with contextmanager_in_threadpool(filling) as target:
        async for chunk in _chunks(request, ctx.settings.upload_limit):
            await run_in_threadpool(target.write, chunk)
            await run_in_threadpool(checksum.update, chunk)
            await run_in_threadpool(renewal)
        checksum.verify()
    return Response(status_code=200)


async def _chunks(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body in chunks that are worth a thread each. Raises a 413 beyond ``limit`` bytes."""
    held, size = bytearray(), 0
    _refuse_large(int(request.headers.get("content-length", 0)), limit)
    async for part in request.stream():
        held += part
        size += len(part)
        _refuse_large(size, limit)
        if len(held) >= CHUNK_BYTES:
            yield bytes(held)
            held.clear()
    yield bytes(held)


def _refuse_large(size: int, limit: int) -> None:
    if size > limit:
        raise HTTPException(413, f"an object of {size} bytes is too large; at most {limit}")


def _is_permitted(ctx: Context, request: Request, permits: str, storage_id: str, key: str) -> bool:
    """By the URL's signature, or because authentication let it in without one (§198)."""
    given = request.query_params
    storage = ctx.storages.known.get(storage_id)
    if "signature" not in given and not showed_nothing(request):
        return storage is not None
    if not isinstance(storage, DirectoryStorage):
        return False  # this server signs no URLs of others
    expires, signature = given.get("expires", ""), given.get("signature", "")
    signer = ctx.storages.signer(storage_id)
    return signer.is_permitted(permits, storage_id, key, expires, signature)


def _forbidden() -> Response:
    said = "the URL is not signed by this server for this, or has expired; ask for a new one"
    return error_answer(403, "Forbidden", said)
