"""Segments of a flow, read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from tams_analytics.queries import segments
from tams_analytics.representations.columns import SegmentColumns
from tams_analytics.representations.pages import AskedSegments, Place, SegmentPage
from tams_analytics.representations.segments import segments_json
from tams_analytics.representations.urls import UrlWriter
from tams_analytics.span import as_window
from tams_server.answers import raw_json
from tams_server.context import Ctx
from tams_server.paging import limit_of, page_key, paging_headers, place_of
from tams_server.parameters import Flag, FlowId, Limit, Page, Reverse
from tams_server.url_options import Urls

router = APIRouter()
LISTING = {False: "segments", True: "segments reversed"}
"""The name of a page key's listing, by its order."""
KINDS = (int, int, str)


@router.get("/flows/{flowId}/segments", operation_id="GET_flows-flowId-segments")
def list_segments(  # noqa: PLR0913 - what the specification lets a client say
    request: Request,
    *,
    flow_id: FlowId,
    ctx: Ctx,
    urls: Urls,
    timerange: Annotated[str | None, Query(description="those that overlap it")] = None,
    object_id: Annotated[str | None, Query(description="those of this object")] = None,
    include_object_timerange: Annotated[Flag, Query(description="of the object too")] = False,
    reverse_order: Reverse = False,
    limit: Limit = None,
    page: Page = None,
) -> Response:
    """The segments of a flow in order of time, with URLs of their bytes (F16, §129 to §157)."""
    place = place_of(page, LISTING[reverse_order], KINDS)
    after = Place(*place) if place else None
    window = as_window(timerange)
    asked = AskedSegments(flow_id, window, limit_of(limit), object_id, reverse_order, after)
    columns = SegmentColumns.of(ctx.store.ask(segments.shown, **asked.arguments))
    found = SegmentPage.of_all(columns, asked.limit)
    writer = UrlWriter(ctx.storages, str(request.base_url), urls, columns.backends)
    body = segments_json(
        columns, writer, found.numbers, include_object_timerange=include_object_timerange
    )
    return raw_json(body, headers=_headers(request, asked, found))


def _headers(request: Request, asked: AskedSegments, found: SegmentPage) -> dict[str, str]:
    """§22, §28, §29, §139."""
    place = found.next
    listing = LISTING[asked.reverse]
    key = page_key(listing, place.short(reverse=asked.reverse)) if place else None
    more: dict[str, str | int] = {
        "X-Paging-Count": len(found),
        "X-Paging-Reverse-Order": str(asked.reverse).lower(),
        "X-Paging-Timerange": found.timerange,
    }
    return paging_headers(request, asked.limit, key, **more)
