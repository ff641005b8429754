"""Listings as the API pages them: a question for a page, keys, headers (§21 to §45)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from tams_analytics.queries import keyset
from tams_analytics.queries.keyset import Order
from tams_server.answers import json_answer
from tams_server.context import Ctx
from tams_server.paging import HIGHEST_LIMIT, limit_of, page_key, paging_headers, place_of
from tams_server.parameters import Limit, Page, Reverse

STEPS = (1, 3, 10, 30, 100, 300, HIGHEST_LIMIT)
"""Limits that are asked for: on VAST a limit is part of a plan, and each new one is made."""


@dataclass(frozen=True)
class Listing:
    """What is listed: a question of the library, and the document of one of its rows.

    The first of ``orders`` is the default; ``is_sortable``: clients may name another; and
    ``is_counted``: the headers tell the count and the direction (§30).
    """

    name: str
    question: Callable[..., Any]
    document: Callable[[dict[str, Any]], dict[str, Any]]
    orders: Mapping[str, Order]
    is_sortable: bool = True
    is_counted: bool = True


@dataclass(frozen=True)
class Paged:
    """Which page of a listing is asked for, and in which order."""

    limit: int
    page: str | None
    sort_by: str | None = None
    is_reversed: bool = False


async def one_way(limit: Limit = None, page: Page = None) -> Paged:
    """``async``, so that FastAPI needs no thread for it."""
    return Paged(limit_of(limit), page)


async def both_ways(
    limit: Limit = None, page: Page = None, reverse_order: Reverse = False
) -> Paged:
    return Paged(limit_of(limit), page, None, reverse_order)


async def in_order(
    limit: Limit = None,
    page: Page = None,
    sort_by: Annotated[str | None, Query(description="what to sort by")] = None,
    reverse_order: Reverse = False,
) -> Paged:
    return Paged(limit_of(limit), page, sort_by, reverse_order)


OneWay = Annotated[Paged, Depends(one_way)]
BothWays = Annotated[Paged, Depends(both_ways)]
InOrder = Annotated[Paged, Depends(in_order)]


@dataclass(frozen=True)
class Found:
    """A page of a listing: its rows, the key of the next one, and what the question was given."""

    rows: list[dict[str, Any]]
    next_key: str | None
    asked: dict[str, Any]


def listed(
    request: Request, ctx: Ctx, listing: Listing, paged: Paged, filters: Mapping[str, Any]
) -> Response:
    """A page of a listing with its headers. Raises `BadParameter`."""
    found = page_of(ctx, listing, paged, filters)
    counts = _counts(len(found.rows), paged.is_reversed) if listing.is_counted else {}
    headers = paging_headers(request, paged.limit, found.next_key, **counts)
    return json_answer([listing.document(row) for row in found.rows], headers=headers)


def page_of(ctx: Ctx, listing: Listing, paged: Paged, filters: Mapping[str, Any]) -> Found:
    """A page of a listing. Raises `BadParameter`."""
    sort_by = next(iter(listing.orders)) if paged.sort_by is None else paged.sort_by
    order = keyset.chosen(listing.orders, sort_by)
    name = f"{listing.name} {sort_by} {'down' if paged.is_reversed else 'up'}"
    after = keyset.arguments_after(place_of(paged.page, name, keyset.KINDS), order)
    asked = {each: value for each, value in filters.items() if value is not None}
    asked |= _direction(listing, sort_by, paged.is_reversed) | after
    limit = STEPS[bisect_left(STEPS, paged.limit)] + 1
    rows = ctx.store.ask(listing.question, limit=limit, **asked).to_pylist()
    shown = rows[: paged.limit]
    key = page_key(name, keyset.place_of(shown[-1], order)) if len(rows) > len(shown) else None
    return Found(shown, key, asked)


def _direction(listing: Listing, sort_by: str, is_reversed: bool) -> dict[str, Any]:
    sorting = {"sort_by": sort_by} if listing.is_sortable else {}
    return {**sorting, "reverse": is_reversed} if listing.is_counted else sorting


def _counts(count: int, is_reversed: bool) -> dict[str, str | int]:
    return {"X-Paging-Count": count, "X-Paging-Reverse-Order": str(is_reversed).lower()}
