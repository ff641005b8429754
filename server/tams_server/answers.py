"""Answers as TAMS wants them: exact media types, no nulls, no body where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Response

MEDIA_TYPE = "application/json"
"""Without a charset (§2)."""


def json_answer(
    document: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """``document`` as JSON. What is absent has been left out by whoever made it (§20)."""
    return raw_json(orjson.dumps(document), status, headers)


def raw_json(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON that is written already."""
    return Response(body, status, headers, MEDIA_TYPE)


def no_content() -> Response:
    """204, which has no body (§3)."""
    return Response(status_code=204)
