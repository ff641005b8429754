"""Segments as they are posted: JSON, or in parts, with the bytes of an object (W5, W6).

Parts are read into a temporary file, so that memory does not grow with them, and so that nothing
has happened when a client breaks off.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, BinaryIO

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from tams_analytics.errors import BadParameter
from tams_server.bodies import MOST_BYTES, long_json_body, parsed
from tams_server.context import Ctx

MULTIPART = "multipart/form-data"
SEGMENT, FILE = "segment_data", "file"
MOST_PARTS = 8


@dataclass(frozen=True)
class PostedSegments:
    """What was posted, and the bytes that came with it."""

    document: Any
    file: BinaryIO | None = None


def comes_in_parts(request: Request) -> bool:
    """Whatever else a media type claims is taken for JSON (§6)."""
    media_type = request.headers.get("content-type", "").partition(";")[0]
    return media_type.strip().lower() == MULTIPART


async def posted_segments(request: Request, ctx: Ctx) -> AsyncIterator[PostedSegments]:
    """The body of a registration. Raises `BadParameter`; the file is closed behind the route."""
    if not comes_in_parts(request):
        yield PostedSegments(await long_json_body(request))
        return
    form = await _parts_of(request, ctx.settings.upload_limit)
    try:
        yield await _posted(form)
    finally:
        await form.close()


Posted = Annotated[PostedSegments, Depends(posted_segments)]


class Parts(MultiPartParser):
    """Starlette's parser, for a body of limited size that has to have its end.

    What it raises while it reads closes the temporary files.
    """

    def __init__(self, request: Request, limit: int) -> None:
        stream = self._to_the_end(request, limit)
        super().__init__(request.headers, stream, max_files=MOST_PARTS, max_fields=MOST_PARTS)
        self._has_ended = False

    def on_end(self) -> None:
        self._has_ended = True

    async def _to_the_end(self, request: Request, limit: int) -> AsyncGenerator[bytes, None]:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise BadParameter("body", f"{size} bytes", "is too large", f"at most {limit}")
            yield chunk
        if not self._has_ended:
            raise MultiPartException("it has no boundary behind its last part")


async def _parts_of(request: Request, limit: int) -> FormData:
    try:
        return await Parts(request, limit).parse()
    except MultiPartException as error:
        raise BadParameter("body", "", f"is no {MULTIPART}: {error.message}") from error


async def _posted(form: FormData) -> PostedSegments:
    segment, file = form.get(SEGMENT), form.get(FILE)
    if segment is None:
        raise BadParameter(SEGMENT, None, "is missing", "a part with the segment as JSON")
    text = await segment.read(MOST_BYTES) if isinstance(segment, UploadFile) else segment.encode()
    if isinstance(file, str):  # a part without a filename
        raise BadParameter(FILE, "", "is no file", "a part with a filename")
    return PostedSegments(parsed(text), file.file if file is not None else None)
