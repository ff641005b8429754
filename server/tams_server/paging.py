"""Pages of a listing: the key of the next one, and the headers (§21 to §36).

A key is opaque to clients: the listing's name and order, and the place of the page's last row. So
a key of another listing, or of another order, is refused and not misread.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from fastapi import Request

from tams_analytics.errors import BadParameter

DEFAULT_LIMIT = 100
HIGHEST_LIMIT = 1000
"""A larger limit is lowered to this (§33)."""


def limit_of(asked: int | None) -> int:
    """The limit in use."""
    return DEFAULT_LIMIT if asked is None else min(asked, HIGHEST_LIMIT)


def page_key(listing: str, place: Sequence[Any]) -> str:
    """The key of the page after ``place``, values of the last row that order the listing."""
    return base64.urlsafe_b64encode(orjson.dumps([listing, *place])).decode().rstrip("=")


def place_of(key: str | None, listing: str, kinds: Sequence[type | tuple[type, ...]]) -> list[Any]:
    """The place that a key of ``listing`` names, a value of each of ``kinds``; none: ``[]``.

    Raises `BadParameter` for a key that this listing never gave (§31).
    """
    if key is None:
        return []
    try:
        found = orjson.loads(base64.b64decode(key + "=" * (-len(key) % 4), b"-_", validate=True))
    except (ValueError, binascii.Error) as error:
        raise _no_key(key) from error
    if not isinstance(found, list) or found[:1] != [listing] or len(found) != len(kinds) + 1:
        raise _no_key(key)
    place = found[1:]
    if not all(_is(value, kind) for value, kind in zip(place, kinds, strict=True)):
        raise _no_key(key)
    return place


def _is(value: Any, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _no_key(key: str) -> BadParameter:
    return BadParameter("page", key, "is no key of this listing", "X-Paging-NextKey of a page")


def paging_headers(
    request: Request, limit: int, next_key: str | None, **more: str | int
) -> dict[str, str]:
    """``X-Paging-Limit``, with ``next_key`` also the key and an absolute ``Link``; and ``more``.

    ``Link`` keeps every parameter of the request, ``access_token`` too (§18, §23, §24).
    """
    headers = {"X-Paging-Limit": str(limit), **{name: str(value) for name, value in more.items()}}
    if next_key is not None:
        headers["X-Paging-NextKey"] = next_key
        headers["Link"] = f'<{_with_page(request, next_key)}>; rel="next"'
    return headers


def _with_page(request: Request, key: str) -> str:
    asked = parse_qsl(request.url.query, keep_blank_values=True)
    kept = [(name, value) for name, value in asked if name != "page"]
    return str(request.url.replace(query=urlencode([*kept, ("page", key)])))
