"""Segments of a flow, read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from tams_analytics.errors import BadParameter
from tams_analytics.representations.pages import AskedSegments, Place, SegmentPage
from tams_analytics.representations.segments import segments_json
from tams_analytics.representations.urls import UrlOptions, UrlWriter
from tams_analytics.span import LEAST, MOST, as_window
from tams_server.answers import raw_json
from tams_server.context import Context, Ctx
from tams_server.paging import limit_of, page_key, paging_headers, place_of
from tams_server.parameters import Flag, FlowId, Limit, Page, Reverse
from tams_server.url_options import Urls

router = APIRouter()
LISTING = {False: "segments", True: "segments reversed"}
"""The name of a page key's listing, by its order."""
KINDS = (int, int, str)
MOST_AT_ONCE = 200
"""Longer pages are written in a thread, as other requests would wait."""


@router.get("/flows/{flowId}/segments", operation_id="GET_flows-flowId-segments")
async def list_segments(  # noqa: PLR0913 - what the specification lets a client say
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
    """The segments of a flow in order of time, with URLs of their bytes (F16, §129 to §157).

    ``async``: what is kept is answered without a thread.
    """
    asked = AskedSegments(
        flow_id,
        as_window(timerange),
        limit_of(limit),
        object_id,
        reverse_order,
        _after(page, reverse=reverse_order),
    )
    shown = Shown(ctx, str(request.base_url), urls, include_object_timerange)
    kept = ctx.kept.at_once(asked) if asked.limit <= MOST_AT_ONCE else None
    if kept is None:
        found, body = await run_in_threadpool(shown.asked, asked)
    else:
        found, body = kept, shown.body(kept)
    return raw_json(body, headers=_headers(request, asked, found))


@dataclass(frozen=True)
class Shown:
    """How a request wants to see segments."""

    ctx: Context
    base_url: str
    urls: UrlOptions
    include_object_timerange: bool

    def asked(self, asked: AskedSegments) -> tuple[SegmentPage, bytes]:
        """The page and its body, where the store may have to be asked."""
        found = self.ctx.kept.page(asked)
        return found, self.body(found)

    def body(self, page: SegmentPage) -> bytes:
        writer = UrlWriter(self.ctx.storages, self.base_url, self.urls, page.columns.backends)
        return segments_json(
            page.columns,
            writer,
            page.numbers,
            include_object_timerange=self.include_object_timerange,
        )


def _after(page: str | None, *, reverse: bool) -> Place | None:
    place = place_of(page, LISTING[reverse], KINDS)
    if not place:
        return None
    if not all(LEAST <= number <= MOST for number in place[:2]):
        raise BadParameter("page", page, "is no key of this listing", "X-Paging-NextKey of a page")
    return Place(*place)


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
