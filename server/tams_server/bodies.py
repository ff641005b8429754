"""Bodies of requests: JSON, of a size that one request may have."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import Depends, Request

from tams_analytics.errors import BadParameter

MOST_BYTES = 8 << 20
"""More is refused while it comes in; 1000 segments or 6 MB have to work (§184).

What parses them holds the interpreter, in whichever thread: for 60 ms if these are segments, and
meanwhile nobody else is answered.
"""
MOST_BYTES_OF_ONE = 1 << 20
"""The same of one document, each of whose values is looked at: half a million take a second."""


async def body_of(request: Request, most: int) -> bytes:
    """The body, read no further than ``most`` bytes. Raises `BadParameter`."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise BadParameter("body", f"{size} bytes", "is too large", f"at most {most}")
        parts.append(part)
    return b"".join(parts)


async def json_body(request: Request) -> Any:
    """The body as what its JSON says, whatever media type it claims. Raises `BadParameter` (§6)."""
    return parsed(await body_of(request, MOST_BYTES_OF_ONE))


async def long_json_body(request: Request) -> Any:
    """The same of a list of documents."""
    return parsed(await body_of(request, MOST_BYTES))


async def optional_json_body(request: Request) -> Any:
    """The same of one document; no body, or an empty one, is ``None`` (§195)."""
    body = await body_of(request, MOST_BYTES_OF_ONE)
    return parsed(body) if body.strip() else None


def parsed(body: bytes) -> Any:
    """What a JSON text says. Raises `BadParameter`, without the text, which may hold keys."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        size = f"{len(body)} bytes"
        raise BadParameter("body", size, f"is no JSON: {error}", "a JSON document") from error


JsonBody = Annotated[Any, Depends(json_body)]
LongJsonBody = Annotated[Any, Depends(long_json_body)]
OptionalJsonBody = Annotated[Any, Depends(optional_json_body)]
