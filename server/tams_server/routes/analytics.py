"""``/analytics``: the library's verbs and questions as rows (an extension; F24).

Rows are objects with the columns of the verb, integers exact; in Python they are read as they are,
in JavaScript with a reader that keeps large integers. ``TAMS_ANALYTICS_URL`` names another store
that answers instead, so that a large question takes nothing from the requests.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from tams_analytics.queries import analytics
from tams_server.answers import json_answer
from tams_server.context import Ctx
from tams_server.filters import Format, Timerange
from tams_server.parameters import Id, Limit

router = APIRouter(prefix="/analytics")

DEFAULT_LIMIT = 1000
HIGHEST_LIMIT = 100_000
NANOSECONDS = re.compile(r"0|[1-9][0-9]{0,18}")
MinDuration = Annotated[
    str, Query(description="of a gap: nanoseconds, or a timestamp such as 0:200000000")
]


@dataclass(frozen=True)
class Narrowed:
    """Which flows and when, and how many rows at most."""

    arguments: dict[str, Any]
    limit: int


async def narrowed(
    flow_id: Annotated[Id | None, Query()] = None,
    source_id: Annotated[Id | None, Query()] = None,
    format: Format = None,
    timerange: Timerange = None,
    limit: Limit = None,
) -> Narrowed:
    """``async``, so that FastAPI needs no thread for it."""
    given = {"flow_id": flow_id, "source_id": source_id, "format": format, "timerange": timerange}
    most = DEFAULT_LIMIT if limit is None else min(limit, HIGHEST_LIMIT)
    return Narrowed(given, most)


Asked = Annotated[Narrowed, Depends(narrowed)]


def rows(ctx: Ctx, question: Callable[..., Any], asked: Narrowed, **more: Any) -> Response:
    """The first rows of the answer, and in a header how many there are at most."""
    found = ctx.analytics.results.ask(question, **asked.arguments, **more, limit=asked.limit)
    return json_answer(found.to_pylist(), headers={"X-Paging-Limit": str(asked.limit)})


@router.get("/coverage", operation_id="GET_analytics-coverage")
def show_coverage(ctx: Ctx, asked: Asked) -> Response:
    """How much of its time each flow covers: `intervals.coverage`."""
    return rows(ctx, analytics.coverage, asked)


@router.get("/gaps", operation_id="GET_analytics-gaps")
def show_gaps(ctx: Ctx, asked: Asked, min_duration: MinDuration = "0") -> Response:
    """What no segment covers: `intervals.gaps`."""
    least = int(min_duration) if NANOSECONDS.fullmatch(min_duration) else min_duration
    return rows(ctx, analytics.gaps, asked, min_duration=least)


@router.get("/overlaps", operation_id="GET_analytics-overlaps")
def show_overlaps(ctx: Ctx, asked: Asked) -> Response:
    """Segments of one flow that share time: `intervals.overlaps`; a store of ours has none."""
    return rows(ctx, analytics.overlaps, asked)


@router.get("/flow-usage", operation_id="GET_analytics-flow-usage")
def show_flow_usage(ctx: Ctx, asked: Asked) -> Response:
    """Segments, objects, time and bytes of each flow."""
    return rows(ctx, analytics.flow_usage, asked)


@router.get("/storage-usage", operation_id="GET_analytics-storage-usage")
def show_storage_usage(
    ctx: Ctx, asked: Asked, storage_id: Annotated[Id | None, Query()] = None
) -> Response:
    """Objects and bytes of each storage backend."""
    return rows(ctx, analytics.storage_usage, asked, storage_id=storage_id)


@router.get("/time-range-analysis", operation_id="GET_analytics-time-range-analysis")
def show_time_range_analysis(ctx: Ctx, asked: Asked) -> Response:
    """How the time of each flow is filled, and by segments of which lengths."""
    return rows(ctx, analytics.time_range_analysis, asked)
